"""What reconciliation asks the database, and what it writes down there."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.areas.deposits.records import Payin
from lockbay.postgres.queries import Statement


@frozen
class DuePayin:
    payin: Payin


@frozen
class DuePayins(Statement[list[DuePayin]]):
    """At most `most` payins of a provider that are to be asked about by now."""

    file: ClassVar[str] = "reconciliation/due"
    provider: str
    most: int


@frozen
class KnownKeys(Statement[list[str]]):
    """Which of these requests have been answered."""

    file: ClassVar[str] = "reconciliation/known"
    keys: list[str]


@frozen
class IsOverdue(Statement[bool]):
    """Whether so much or more of a payment was seen by `seen_by`, or is known to be verified."""

    file: ClassVar[str] = "reconciliation/overdue"
    payin_id: int
    provider: str
    event_id: str
    currency: str
    value: Decimal
    seen_by: datetime


@frozen
class NoteAsked(Statement[int]):
    """A payin was asked about: plans the next time, keeps differences and tells the staff of new ones, whose number it
    answers. `told` are the confirmed sums by `currencies`. What came to us after `settled_by` may be missing in them.
    """

    file: ClassVar[str] = "reconciliation/asked"
    payin_id: int
    currencies: list[str]
    told: list[Decimal]
    settled_by: datetime


@frozen
class Postpone(Statement[None]):
    """Asks about a payin again, not before `again_at`; `as_answered`: nor before it would be, had it been answered."""

    file: ClassVar[str] = "reconciliation/postpone"
    payin_id: int
    again_at: datetime
    as_answered: bool


@frozen
class NoteAnswered(Statement[datetime | None]):
    """Remembers whether a provider answers, and answers since when it has not. Idempotent."""

    file: ClassVar[str] = "reconciliation/answered"
    provider: str
    is_away: bool


@frozen
class SaveAsked(Statement[None]):
    """Remembers which providers are asked; of the others nobody knows whether they are away. Idempotent."""

    file: ClassVar[str] = "reconciliation/asked_providers"
    providers: list[str]
