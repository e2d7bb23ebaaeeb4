"""The outbox: what is asked of the database, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.postgres.queries import Statement

Means: TypeAlias = Literal["telegram", "email", "nobody", "unknown"]


@frozen
class DueNotice:
    """A row that can be told now. `recipient` is the address, or else the user; `email` is proven to be theirs.
    `unreachable`: by Telegram, as far as we know; `by_mail`: it goes by e-mail first. `role`: of those who run LockBay,
    now. `muted` topics and the night, in minutes of their day, are what they chose; `has_waited`: it was put off
    before. With a `subject` it shows progress, in the place of message `edits`.
    """

    id: int
    user_id: int | None
    address: str | None = field(repr=False)
    recipient: str = field(repr=False)
    kind: str
    data: object = field(repr=False)  # may hold what makes a code
    created_at: datetime
    attempts: int
    language: str
    time_zone: str
    email: str | None = field(repr=False)
    unreachable: bool
    by_mail: bool
    closed: bool
    muted: tuple[str, ...]
    role: str | None
    quiet_from: int | None
    quiet_until: int | None
    has_waited: bool
    subject: str | None
    edits: int | None


@frozen
class DueNotices(Statement[list[DueNotice]]):
    """The oldest first, of recipients who are not `busy`; without `mails` of none who is written to first, without
    `chats` of nobody else; without `…_again` of none whose first was tried before. Nobody's overtake each other.
    """

    file: ClassVar[str] = "outbox/due"
    busy: list[str] = field(repr=False)
    chats: bool
    mails: bool
    most: int
    chats_again: bool = True
    mails_again: bool = True


@frozen
class NoticesSent(Statement[None]):
    """Many notices are over; `errors` say why nobody was told, `message_ids` where Telegram shows them. Idempotent."""

    file: ClassVar[str] = "outbox/sent"
    ids: list[int]
    sent_by: list[Means]
    errors: list[str | None]
    message_ids: list[int | None]


@frozen
class NoticeUnknown(Statement[None]):
    """A notice is over, and nobody knows whether it was heard: its announcement counts it so. Idempotent."""

    file: ClassVar[str] = "outbox/unknown"
    id: int
    error: str | None


@frozen
class NoticeFailed(Statement[None]):
    """A notice is to be tried again at `due_at`. Repeated, it counts one attempt too many."""

    file: ClassVar[str] = "outbox/failed"
    id: int
    due_at: datetime
    error: str


@frozen
class NoticeHeld(Statement[None]):
    """A notice waits, as until the night is over. Idempotent."""

    file: ClassVar[str] = "outbox/hold"
    id: int
    due_at: datetime


@frozen
class ForgetNotices(Statement[int]):
    """Deletes the oldest that were over before then, `most` at most; answers how many it were."""

    file: ClassVar[str] = "outbox/forget"
    before: datetime
    most: int
