"""Tickets in the console: the list, and a conversation. For those who answer people; see sql/console."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from attrs import field, frozen

from lockbay.postgres.queries import View
from lockbay.web.console.house_records import Act


@frozen
class ListedTicket:
    """`waits_since`: nobody has answered since then; None: somebody has. `first` is how it begins."""

    id: int
    slug: str
    person_id: int
    person: str
    opened_at: datetime
    waits_since: datetime | None
    closed_at: datetime | None
    assigned: str | None
    messages: int
    first: str


@frozen
class Tickets(View):
    """A page of 25: the open ones, the oldest first, or (`closed` 1) the others, the newest first."""

    file: ClassVar[str] = "console/tickets"
    keys: ClassVar[tuple[str, ...]] = ("closed", "after")

    tickets: tuple[ListedTicket, ...]
    next: int | None
    waiting: int
    open: int


@frozen
class Line:
    """Something that was written; of a file its caption."""

    n: int
    role: Literal["user", "staff"]
    author: str
    kind: Literal["text", "photo", "document"]
    text: str = field(repr=False)
    at: datetime


@frozen
class TicketFile(View):
    """A ticket with 50 of its messages: the newest, or those before one. `next`: there are older ones than that."""

    file: ClassVar[str] = "console/ticket"
    keys: ClassVar[tuple[str, ...]] = ("ticket_id", "before")

    id: int
    slug: str
    state: Literal["open", "closed"]
    person_id: int
    person: str
    opened_at: datetime
    waits_since: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    assigned: str | None
    messages: tuple[Line, ...]
    next: int | None
    actions: tuple[Act, ...]
