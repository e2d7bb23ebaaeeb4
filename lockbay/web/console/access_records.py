"""Who is in the console: links and sessions; see sql/console."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.postgres.queries import Statement

Role: TypeAlias = Literal["support", "finance", "owner"]


@frozen
class EnterConsole(Statement["int | None"]):
    """A link becomes a session, once: answers whose. None: it is used, or too old, or none of ours. All three are
    hashes. `before` is of the session that the browser had; it ends.
    """

    file: ClassVar[str] = "console/enter"
    link: bytes = field(repr=False)
    session: bytes = field(repr=False)
    csrf: str = field(repr=False)
    before: bytes = field(repr=False)


@frozen
class Session:
    """Who looks, in which role, and what is in every form of theirs."""

    id: int
    user_id: int
    csrf: str = field(repr=False)
    role: Role
    name: str


@frozen
class FindSession(Statement["Session | None"]):
    """Whose a cookie is, while they are of the staff. `touches`: somebody looks; else the session ages on."""

    file: ClassVar[str] = "console/session"
    hash: bytes = field(repr=False)
    touches: bool


@frozen
class LeaveConsole(Statement[int]):
    """Ends all sessions of somebody, and their links; answers how many sessions. Idempotent."""

    file: ClassVar[str] = "console/leave"
    user_id: int
