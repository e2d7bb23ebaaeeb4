"""Broadcasts: what owners tell everybody, or many."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.areas.messages import MessageKind
from lockbay.postgres.queries import Operation, View

State: TypeAlias = Literal["running", "paused", "done", "cancelled"]
Move: TypeAlias = Literal["pause", "resume", "cancel"]


@frozen
class Announced:
    """What one says, to somebody whom it could not be sent at once."""

    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)


@frozen
class Audience:
    """`name` is "all", "active" (in the last 30 days), or a language; `muted` of its people want no announcements."""

    name: str
    people: int
    muted: int


@frozen
class Audiences(View):
    """Those that have anybody in them; for owners."""

    file: ClassVar[str] = "broadcasts/audiences"

    audiences: tuple[Audience, ...]


@frozen
class Broadcast:
    """How far one is, in people: of `total` when it began. `blocked` have blocked the bot, and were found out by this.
    It `waits` while an older one is under way. `unknown`: who may have it, of whom Telegram did not say so.
    """

    id: int
    kind: MessageKind
    text: str
    audience: str
    state: State
    total: int
    sent: int
    blocked: int
    failed: int
    muted: int
    waits: bool = False
    unknown: int = 0


@frozen
class BroadcastLine(Broadcast):
    """One of the list; its text is cut."""

    at: datetime = field(kw_only=True)


@frozen
class Broadcasts(View):
    """A page of them, the newest first: chat.read(Broadcasts, 0) begins; for owners."""

    file: ClassVar[str] = "broadcasts/list"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    broadcasts: tuple[BroadcastLine, ...]
    next: int | None


@frozen
class BroadcastCase(View):
    """One with all that is known of it; for owners."""

    file: ClassVar[str] = "broadcasts/view"
    keys: ClassVar[tuple[str, ...]] = ("broadcast_id",)
    passes: ClassVar[bool] = True

    id: int
    kind: MessageKind
    text: str
    file_id: str = field(repr=False)
    audience: str
    state: State
    total: int
    sent: int
    blocked: int
    failed: int
    muted: int
    unknown: int
    at: datetime
    by: str
    ended_at: datetime | None
    waits: bool

    @property
    def progress(self) -> Broadcast:
        """How far it is."""
        return Broadcast(
            self.id, self.kind, self.text, self.audience, self.state, self.total, self.sent, self.blocked, self.failed,
            self.muted, self.waits, self.unknown,
        )  # fmt: skip


@frozen
class StartBroadcast(Operation[int]):
    """An owner tells an audience something; answers its id. Refused: `not_staff`, `bad_text` (nothing, or more than
    1000 characters; a file without its id), `nobody` (the audience is empty).
    """

    file: ClassVar[str] = "broadcasts/start"
    user_id: int
    kind: MessageKind
    text: str
    file_id: str = field(repr=False)
    audience: str


@frozen
class SteerBroadcast(Operation[State]):
    """An owner pauses, resumes or cancels one; answers its state. Refused: `not_staff`, `wrong_state`."""

    file: ClassVar[str] = "broadcasts/steer"
    user_id: int
    broadcast_id: int
    move: Move
