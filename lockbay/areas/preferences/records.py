"""Preferences: what is asked of the database, and what it answers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import field, frozen

from lockbay.actors.person import Role
from lockbay.areas.speech import Speak as Speak
from lockbay.areas.speech import Spoken
from lockbay.areas.topics import Topic
from lockbay.postgres.queries import Operation, View


@frozen
class Preferences(View):
    """What a person chose, and what they have proven. The night is in minutes of their day; None: there is none."""

    file: ClassVar[str] = "preferences/view"

    first_name: str
    language: str
    time_zone: str
    muted: tuple[str, ...]
    quiet_from: int | None
    quiet_until: int | None
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    is_public: bool
    may_announce: bool
    role: Role | None


@frozen
class Hear(Operation[Spoken]):
    """Mutes a topic, or lets it be heard again. Doing it again changes nothing."""

    file: ClassVar[str] = "preferences/hear"
    user_id: int
    topic: Topic
    muted: bool


@frozen
class Rest(Operation[Spoken]):
    """When nothing sounds, in minutes of the day (the end is not in it); None twice: never. Refused: `no_night`."""

    file: ClassVar[str] = "preferences/rest"
    user_id: int
    begins: int | None
    ends: int | None


@frozen
class ShowMe(Operation[Spoken]):
    """Whether others can look them up, and whether groups may be told of their trades; None leaves one as it is."""

    file: ClassVar[str] = "preferences/show"
    user_id: int
    is_public: bool | None = None
    may_announce: bool | None = None


@frozen
class Owned:
    """An amount of theirs."""

    currency: str
    amount: Decimal


@frozen
class Closing(View):
    """What stands in the way of closing the account. `money` must go first; `small`, which is less than can be cashed
    out, and `credit` would stay where they are.
    """

    file: ClassVar[str] = "preferences/closing"

    open_trades: int
    open_cashouts: int
    open_tickets: int
    is_staff: bool
    money: tuple[Owned, ...]
    small: tuple[Owned, ...]
    credit: tuple[Owned, ...]


@frozen
class Closed:
    """The account is closed since then."""

    closed_at: datetime


@frozen
class CloseAccount(Operation[Closed]):
    """Refused, and then nothing is changed: `staff`, `open_trades`, `open_cashouts`, `open_tickets`, `money_left`,
    `closed` (already), `blocked`.
    """

    file: ClassVar[str] = "preferences/close"
    user_id: int


@frozen
class Reopened:
    """The account is open again since then."""

    reopened_at: datetime


@frozen
class ReopenAccount(Operation[Reopened]):
    """Refused: `not_closed`."""

    file: ClassVar[str] = "preferences/reopen"
    user_id: int
