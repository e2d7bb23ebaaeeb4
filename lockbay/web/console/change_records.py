"""What the staff changes by hand, and who did when: corrections, for finance; terms and maintenance, for owners. See
sql/console.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

from attrs import frozen

from lockbay.areas.admin.correction_records import Correction
from lockbay.areas.admin.terms_records import NetworkFee, Term
from lockbay.postgres.queries import View


@frozen
class ListedCorrection(Correction):
    """`transfer_id`: it is posted."""

    cashout_id: int | None
    transfer_id: int | None


@frozen
class CorrectionBook(View):
    """A page of 25: the open ones, the oldest first, or (`ended` 1) the newest of the others."""

    file: ClassVar[str] = "console/corrections"
    keys: ClassVar[tuple[str, ...]] = ("ended", "after")

    corrections: tuple[ListedCorrection, ...]
    next: int | None


@frozen
class TermChange:
    """`before` and `after`: a term's value as TermsHistory has it, or a network's fee, with its least."""

    id: int
    subject: str
    by: str
    action: Literal["set_term", "reset_term", "set_fee"]
    why: str
    before: str | None
    after: str | None
    least_before: Decimal | None
    least_after: Decimal | None
    at: datetime

    @property
    def name(self) -> str:
        """Of the term; of a network's fee the coin and the network."""
        return self.subject.partition(" ")[2]


@frozen
class TermsHistory(View):
    """All terms that can be changed, and the last 50 changes, the newest first."""

    file: ClassVar[str] = "console/terms"

    terms: tuple[Term, ...]
    fees: tuple[NetworkFee, ...]
    changes: tuple[TermChange, ...]

    def term(self, change: TermChange) -> Term | None:
        """What was changed; None: a network's fee, or what is no term any more."""
        return next((term for term in self.terms if term.name == change.name), None)


@frozen
class Closing:
    """LockBay was closed, and people were `told` that; or opened again (None)."""

    id: int
    by: str
    action: Literal["close_house", "open_house"]
    why: str
    told: str | None
    at: datetime


@frozen
class ClosingTimes(View):
    """What everybody but the staff is told, since when (None: LockBay is open), and the last 50 changes of that."""

    file: ClassVar[str] = "console/maintenance"

    maintenance: str | None
    since: datetime | None
    changes: tuple[Closing, ...]
