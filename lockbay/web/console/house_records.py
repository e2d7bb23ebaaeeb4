"""How the house stands: what happened lately, what did not get through, what the staff did, whether providers answer.
Each view has no row for whoever may not see it; see sql/console.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

from attrs import frozen

from lockbay.postgres.queries import Statement, View


@frozen
class RollActivity(Statement[None]):
    """Adds up the hours that are over. Any time, any number of times."""

    file: ClassVar[str] = "console/roll"


@frozen
class Slot:
    """What happened in an hour or a day that begins at `at`."""

    kind: Literal["trades", "volume", "cashouts", "deposits"]
    at: datetime
    n: int
    usd: Decimal


@frozen
class Activity(View):
    """24 hours and 30 days, each kind's slots in their order."""

    file: ClassVar[str] = "console/activity"

    day: tuple[Slot, ...]
    month: tuple[Slot, ...]


@frozen
class DeadLetter:
    """An update that failed three times, without what somebody wrote."""

    update_id: int
    person_id: int
    person: str | None
    at: datetime
    error: str


@frozen
class DeadLetters(View):
    """A page of 25, the newest first."""

    file: ClassVar[str] = "console/dead_letters"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    letters: tuple[DeadLetter, ...]
    next: int | None


@frozen
class ListedNotice:
    """`due_at` is None while the announcement that it is of is paused."""

    id: int
    kind: str
    person_id: int | None
    person: str | None
    at: datetime
    due_at: datetime | None
    attempts: int
    error: str | None


@frozen
class Notices(View):
    """What waits to be told, and a page of 25 of what nobody could be told."""

    file: ClassVar[str] = "console/notices"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    waiting: tuple[ListedNotice, ...]
    untold: tuple[ListedNotice, ...]
    next: int | None


@frozen
class Act:
    """What one of the staff did to this."""

    id: int
    by: str
    action: str
    why: str
    at: datetime


@frozen
class LoggedAct:
    id: int
    by_id: int
    by: str
    action: str
    subject: str
    why: str
    before: str | None
    after: str | None
    at: datetime


@frozen
class AdminLog(View):
    """A page of 50 of what the staff did, the newest first; of one of them, or (0) of all."""

    file: ClassVar[str] = "console/log"
    keys: ClassVar[tuple[str, ...]] = ("by", "before")

    actions: tuple[LoggedAct, ...]
    next: int | None


@frozen
class ProviderHealth:
    provider: str
    answered_at: datetime | None
    away_since: datetime | None


@frozen
class HouseHealth(View):
    """What the database knows of how the house is."""

    file: ClassVar[str] = "console/health"

    providers: tuple[ProviderHealth, ...]
    inbox: int
    inbox_since: datetime | None
    outbox: int
    outbox_since: datetime | None
    dead_letters: int
    untold: int
    sessions: int
