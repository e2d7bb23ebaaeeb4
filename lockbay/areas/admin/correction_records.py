"""What two of the staff book by hand: of a person's wallet, with a payment that fitted nothing or without, or of what
was told of a payout. For finance.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.postgres.queries import Operation, Refused, View

Standing: TypeAlias = Literal["proposed", "approved", "declined", "expired"]


@frozen
class CorrectionLine:
    """A line of the list. `about` is a person, or a cash-out's code."""

    id: int
    at: datetime
    currency: str
    amount: Decimal
    about: str
    state: Standing


@frozen
class Corrections(View):
    """A page of them: `which` is open (the oldest first) or ended. chat.read(Corrections, "open", 0) begins.
    `counts_from`: the viewer's role is new, and nothing that they propose or approve counts before.
    """

    file: ClassVar[str] = "admin/corrections"
    keys: ClassVar[tuple[str, ...]] = ("which", "after")

    corrections: tuple[CorrectionLine, ...]
    next: int | None
    counts_from: datetime | None


@frozen
class Correction:
    """Of a person's wallet, with payment `unapplied_id` or without, or of what `provider` told of the payment of a
    cash-out, `slug`. Above zero the person gets `amount`, below it is taken; of a payout: so much left again, or came
    back.
    """

    id: int
    person_id: int | None
    person: str | None
    slug: str | None
    provider: str | None
    currency: str
    amount: Decimal
    usd_worth: Decimal | None
    why: str
    state: Standing
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    unapplied_id: int | None


@frozen
class CorrectionCase(Correction, View):
    """One of them. `told` is what was told of the payout; an unapplied payment came to a place of `payer` ("":
    nobody's). `mine`: who looks has proposed it. `is_own`: it is about their wallet or cash-out, and others decide.
    """

    file: ClassVar[str] = "admin/correction"
    keys: ClassVar[tuple[str, ...]] = ("correction_id",)

    told: str | None
    txid: str | None
    payer: str
    mine: bool
    is_own: bool


@frozen
class Recipient(View):
    """Who could get an unapplied payment; `needs_second`: only by two of finance (ProposeCorrection)."""

    file: ClassVar[str] = "admin/recipient"
    keys: ClassVar[tuple[str, ...]] = ("unapplied_id", "handle")

    id: int
    name: str
    needs_second: bool


@frozen
class PayoutEvent(View):
    """What was told of a cash-out's payment. Booking it as `amount` explains it to the audit; `problem`: why it cannot
    be booked.
    """

    file: ClassVar[str] = "admin/payout_event"
    keys: ClassVar[tuple[str, ...]] = ("event_id",)

    id: int
    provider: str
    txid: str | None
    slug: str
    state: str
    currency: str
    amount: Decimal
    problem: str | None


@frozen
class ProposeCorrection(Operation[int]):
    """One of finance proposes a correction of `person`'s wallet, or of the payout's event `event_id`; the other is
    None. With `unapplied_id` the person gets that payment, whole. Nothing moves. Good for 24 h; answers its id.
    Refused: `not_staff`, `bad_note`, `unknown_person`, `role_new` (details: until), `own_wallet`, `bad_amount`,
    `no_rate`, `too_large`, `daily_limit` (details: until), `insufficient`, `same_waits` (details: id, of the same one
    that is proposed already); of an event: `own_cashout`, `unknown_event`, `already_booked`, `not_ended`,
    `not_strange`, `terms_changed`; of a payment as CreditUnapplied.
    """

    file: ClassVar[str] = "admin/propose"
    user_id: int
    person: int | None
    event_id: int | None
    currency: str
    amount: Decimal
    why: str
    unapplied_id: int | None = None


@frozen
class DecideCorrection(Operation[int]):
    """Another one of finance approves it, and it is posted at once; or one declines it, its proposer too, but not whom
    it is about. `amount` is what was shown. Refused as ProposeCorrection, and: `unknown_correction`, `wrong_state`,
    `same_person`, `expired`, `proposer_gone`.
    """

    file: ClassVar[str] = "admin/decide"
    user_id: int
    correction_id: int
    amount: Decimal
    approve: bool
    why: str


def named(made: int | Refused) -> int:
    """The correction that was made, or that a refusal names; 0: none."""
    return int(made.details.get("id", 0)) if isinstance(made, Refused) else made
