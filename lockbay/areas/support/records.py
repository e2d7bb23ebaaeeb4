"""Support: what is asked of the database, and what it answers.

A ticket is a conversation of one person with the staff. Its messages are numbered 1, 2, 3, … without gaps, in the order
in which they were committed. Views of the staff have no row for whoever does not answer people, and operations refuse
them: `not_staff`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.areas.messages import MessageKind
from lockbay.areas.standing import Standing
from lockbay.postgres.queries import Operation, View

Side: TypeAlias = Literal["user", "staff"]
State: TypeAlias = Literal["open", "closed"]
Began: TypeAlias = Literal["opened", "reopened", "resumed"]


@frozen
class TicketMessage:
    """Something that was written. `author` is None to the person who asked when the staff wrote it: they hear which
    side it was, not who. `text` is a file's caption; `file_id` is Telegram's, "" for a text.
    """

    n: int
    role: Side
    author: str | None
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)
    at: datetime


@frozen
class SupportPage(View):
    """The ticket that a person goes on with when they write: the open one, or one that was closed in the last 7 days;
    None: writing opens another. At most ten messages, the oldest first: chat.read(SupportPage, 0) the newest,
    chat.read(SupportPage, 30) those up to the thirtieth.
    """

    file: ClassVar[str] = "support/page"
    keys: ClassVar[tuple[str, ...]] = ("last",)

    ticket_id: int | None
    slug: str | None
    state: State | None
    newest: int
    messages: tuple[TicketMessage, ...]


@frozen
class Seen:
    """How many answers were new."""

    unread: int


@frozen
class SeeSupport(Operation[Seen]):
    """Somebody looks at what was answered."""

    file: ClassVar[str] = "support/see"
    user_id: int


@frozen
class Asked:
    """A message that the staff has now. `began`: whether its ticket was opened, or opened again, by it."""

    ticket_id: int
    slug: str
    n: int
    began: Began


@frozen
class AskSupport(Operation[Asked]):
    """Writes to the staff, and tells whoever looks after the ticket, or all of support. Blocked people may.

    Refused: `too_fast` (details: most, in a minute), `bad_message` (details: longest).
    """

    file: ClassVar[str] = "support/say"
    user_id: int
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)


@frozen
class Asker:
    """Somebody who has a ticket, as the staff has to know them. `closed`: they have closed their account."""

    id: int
    name: str
    standing: Standing
    onboarded: bool
    blocked: bool
    closed: bool
    unreachable: bool
    has_email: bool


@frozen
class Place:
    """Behind which ticket the next page of the queue begins. `since` in microseconds since 1970."""

    answered: int
    since: int
    after: int


@frozen
class QueuedTicket:
    """An open ticket. `since`: it waits since then, or its last message is of then. `last` is how that begins."""

    id: int
    slug: str
    person: str
    waits: bool
    since: datetime
    assigned: str | None
    mine: bool
    last: str


@frozen
class TicketQueue(View):
    """A page of the open tickets: those that wait for an answer first, the longest wait first.
    chat.read(TicketQueue, 0, 0, 0) begins, chat.read(TicketQueue, *next) goes on.
    """

    file: ClassVar[str] = "support/queue"
    keys: ClassVar[tuple[str, ...]] = ("answered", "since", "after")

    tickets: tuple[QueuedTicket, ...]
    next: Place | None
    waiting: int
    open: int


@frozen
class PersonTicket:
    """A line of somebody's tickets. `first` is how its first message begins."""

    id: int
    slug: str
    state: State
    opened_at: datetime
    last_at: datetime
    messages: int
    first: str


@frozen
class PersonTickets(View):
    """A page of somebody's tickets, the newest first: chat.read(PersonTickets, 17, 0) begins,
    chat.read(PersonTickets, 17, page.next) goes on. None: there is no such person.
    """

    file: ClassVar[str] = "support/of_person"
    keys: ClassVar[tuple[str, ...]] = ("person_id", "before")

    person_id: int
    name: str
    tickets: tuple[PersonTicket, ...]
    next: int | None


@frozen
class Colleague:
    """Somebody else who answers people."""

    id: int
    name: str


@frozen
class TicketPage(View):
    """A ticket as the staff sees it, with its messages as on a SupportPage."""

    file: ClassVar[str] = "support/ticket"
    keys: ClassVar[tuple[str, ...]] = ("ticket_id", "last")

    id: int
    slug: str
    state: State
    waits_since: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    person: Asker
    assigned_to: int | None
    assigned: str | None
    newest: int
    messages: tuple[TicketMessage, ...]
    colleagues: tuple[Colleague, ...]


@frozen
class Answered:
    """An answer that is on its way to `person`. `also`: who of the staff had answered the same before; `took`: nobody
    looked after the ticket, now its author does.
    """

    ticket_id: int
    slug: str
    n: int
    person: str
    also: str | None
    took: bool
    reopened: bool


@frozen
class AnswerTicket(Operation[Answered]):
    """Answers a person, by Telegram or else by e-mail. A closed ticket is open again.

    Refused: `not_staff`, `unknown_ticket`, `other_open` (details: slug; the person has another one), `bad_message`.
    """

    file: ClassVar[str] = "support/answer"
    user_id: int
    ticket_id: int
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)


@frozen
class Moved:
    """A ticket that was closed, opened again or given to somebody."""

    ticket_id: int
    slug: str


@frozen
class CloseTicket(Operation[Moved]):
    """Closes one's own ticket, or as one of the staff anybody's.

    Refused: `not_staff`, `unknown_ticket`, `wrong_state`.
    """

    file: ClassVar[str] = "support/close"
    user_id: int
    ticket_id: int


@frozen
class ReopenTicket(Operation[Moved]):
    """Opens a closed ticket again.

    Refused: `not_staff`, `unknown_ticket`, `wrong_state`, `other_open` (details: slug).
    """

    file: ClassVar[str] = "support/reopen"
    user_id: int
    ticket_id: int


@frozen
class AssignTicket(Operation[Moved]):
    """Gives a ticket to somebody of the staff. `was` is who had it when the author looked, 0 nobody.

    Refused: `not_staff`, `not_theirs` (that one answers nobody), `unknown_ticket`, `wrong_state`, `own_ticket` (they
    asked it), `taken` (details: name; somebody else has it by now).
    """

    file: ClassVar[str] = "support/assign"
    user_id: int
    ticket_id: int
    was: int
    to: int


@frozen
class RepliedTicket(View):
    """The ticket that one of our messages told of, when somebody replies to it; None: it told of something else. `own`:
    it is their own; otherwise they got it as one of the staff.
    """

    file: ClassVar[str] = "support/replied"
    keys: ClassVar[tuple[str, ...]] = ("message_id",)

    ticket_id: int
    own: bool
