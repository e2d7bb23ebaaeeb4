"""What owners change while LockBay runs: its terms, its network fees."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.areas.terms import Kind
from lockbay.postgres.queries import Operation, View


@frozen
class Term:
    """What holds, and what the settings say; durations are in seconds. `changed_by` None: it follows the settings."""

    name: str
    kind: Kind
    lowest: Decimal
    highest: Decimal
    value: str
    setting: str
    changed_by: str | None
    changed_at: datetime | None


@frozen
class NetworkFee:
    """What a cash-out over a network costs, and the least of it, in its currency."""

    currency: str
    network: str
    fee: Decimal
    least: Decimal


@frozen
class TermsBook(View):
    """All terms that can be changed; for owners."""

    file: ClassVar[str] = "admin/terms"

    terms: tuple[Term, ...]
    fees: tuple[NetworkFee, ...]


@frozen
class SetTerm(Operation[str]):
    """An owner changes a term; None: it follows the settings again. `expected` is the value that was shown. Answers
    the value that holds. Refused: `not_staff`, `unknown_term`, `bad_note`, `terms_changed`, `bad_value` (details:
    lowest, highest), `crossed` (a least above its most).
    """

    file: ClassVar[str] = "admin/set_term"
    user_id: int
    name: str
    expected: str
    value: str | None
    why: str


@frozen
class SetFee(Operation[str]):
    """An owner changes what a network costs, and the least of it. `expected` and `expected_least` are what was shown;
    answers the new fee. Refused as SetTerm.
    """

    file: ClassVar[str] = "admin/set_fee"
    user_id: int
    currency: str
    network: str
    expected: Decimal
    expected_least: Decimal
    fee: Decimal
    least: Decimal
    why: str
