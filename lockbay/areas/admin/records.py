"""Administration: the state of the house, payments that fit nothing and how they end, providers against the books.

Every view of them has no row for whoever is not of the staff, and every operation is refused to them: `not_staff`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.actors.person import Role
from lockbay.areas.admin.cashout_records import CashoutCounts
from lockbay.postgres.queries import Operation, Statement, View

How: TypeAlias = Literal["credited", "refunded", "attached"]


@frozen
class TradeCount:
    """How many open trades are in a state."""

    state: str
    trades: int


@frozen
class HeldMoney:
    """What is held in open trades."""

    currency: str
    amount: Decimal


@frozen
class ProviderAnswer:
    """When a provider last answered our questions about payments, and since when it has not; None: it does."""

    provider: str
    answered_at: datetime | None
    away_since: datetime | None


@frozen
class AdminDashboard(View):
    """The house at a glance. The ages are the oldest waiting rows' times; None: nothing waits. `differences` are
    payins of which a provider says other than we have, `payout_alarms` what was told of payouts and fits nothing,
    `corrections` wait for a second of the staff, `tickets` for an answer. `role` is the viewer's; with a `maintenance`
    text nobody else is let in.
    """

    file: ClassVar[str] = "admin/dashboard"
    passes: ClassVar[bool] = True

    users: int
    onboarded: int
    open_trades: tuple[TradeCount, ...]
    held: tuple[HeldMoney, ...]
    unapplied_count: int
    differences: int
    providers: tuple[ProviderAnswer, ...]
    dead_letters: int
    oldest_update_at: datetime | None
    oldest_notice_at: datetime | None
    cashouts: CashoutCounts = field(factory=CashoutCounts)
    payout_alarms: int = 0
    corrections: int = 0
    tickets: int = 0
    disputes: int = 0
    role: Role = "owner"
    maintenance: str | None = None


@frozen
class Clearing:
    """A provider and a currency: `told` by its events, of which `waits` is unapplied and `returned` went back without
    having been in the books; `came_in` by the clearing account. Right when told = waits + returned + came_in.
    """

    provider: str
    currency: str
    told: Decimal
    waits: Decimal
    returned: Decimal
    came_in: Decimal


@frozen
class Difference:
    """A payin of which its provider says other than we have. `reference` names it to the provider."""

    id: int
    at: datetime
    provider: str
    reference: str
    currency: str
    told: Decimal
    ours: Decimal
    person_id: int | None
    person: str | None


@frozen
class AdminBooks(View):
    """Providers against the books, and a page of differences, the oldest first: chat.read(AdminBooks, 0) begins,
    chat.read(AdminBooks, page.next) goes on.
    """

    file: ClassVar[str] = "admin/books"
    keys: ClassVar[tuple[str, ...]] = ("after",)

    clearings: tuple[Clearing, ...]
    differences: tuple[Difference, ...]
    next: int | None


@frozen
class WaitingPayment:
    """A line of the list of unapplied payments."""

    id: int
    at: datetime
    reason: str
    amount: Decimal
    currency: str
    person_id: int | None
    person: str | None


@frozen
class UnappliedList(View):
    """A page of them, the oldest first: chat.read(UnappliedList, 0) begins, chat.read(UnappliedList, page.next) goes
    on. `waiting` is how many there are.
    """

    file: ClassVar[str] = "admin/unapplied"
    keys: ClassVar[tuple[str, ...]] = ("after",)

    payments: tuple[WaitingPayment, ...]
    next: int | None
    waiting: int


@frozen
class Payer:
    """Whose payin it came to."""

    id: int
    name: str


@frozen
class PayersTrade:
    """The trade that the payin was for."""

    id: int
    slug: str
    state: str
    payable: bool


@frozen
class Ending:
    """How an unapplied payment ended: by whom, to whom, and why."""

    how: How
    at: datetime
    by: str
    person_id: int | None
    person: str | None
    trade_id: int | None
    slug: str | None
    note: str


@frozen
class UnappliedPayment(View):
    """Money that arrived and fitted nothing. What a provider said may be anything: the currency need not be one of
    ours. Without `bookable` the books cannot hold it, so it can only go back. `provider_id` is the provider's name of
    it. `correction_id` proposes to credit it to somebody, and waits for a second of finance.
    """

    file: ClassVar[str] = "admin/payment"
    keys: ClassVar[tuple[str, ...]] = ("unapplied_id",)

    id: int
    at: datetime
    reason: str
    amount: Decimal
    currency: str
    network: str
    provider: str
    provider_id: str
    address: str | None
    txid: str
    reference: str | None
    bookable: bool
    person: Payer | None
    trade: PayersTrade | None
    ending: Ending | None
    correction_id: int | None = None


@frozen
class PayableTrade(View):
    """A trade, and what an unapplied payment is `worth` in its currency; None: there is no fresh price."""

    file: ClassVar[str] = "admin/trade"
    keys: ClassVar[tuple[str, ...]] = ("unapplied_id", "slug")

    id: int
    slug: str
    state: str
    payable: bool
    currency: str
    buyer: str
    seller: str | None
    total: Decimal
    missing: Decimal
    worth: Decimal | None


@frozen
class Ended:
    """What became of an unapplied payment. `credited` went to the wallet of `person`; `slug` and `state` are those of
    the trade that it was attached to.
    """

    how: How
    amount: Decimal
    currency: str
    credited: Decimal
    person: str | None
    slug: str | None
    state: str | None


@frozen
class CreditUnapplied(Operation[Ended]):
    """Ends an unapplied payment in somebody's wallet. `amount` is what was shown, `note` the reason, 1-500 characters.

    Refused: `not_staff`, `unknown_payment`, `already_ended`, `terms_changed`, `bad_note`, `not_bookable`,
    `unknown_person`, `own_wallet`, `second_needed`.
    """

    file: ClassVar[str] = "admin/credit_unapplied"
    user_id: int
    unapplied_id: int
    amount: Decimal
    receiver: int
    note: str


@frozen
class RefundUnapplied(Operation[Ended]):
    """Ends an unapplied payment that was sent back outside of LockBay; `note` says how, and its payer is told.
    Refused: `not_staff`, `unknown_payment`, `already_ended`, `terms_changed`, `bad_note`.
    """

    file: ClassVar[str] = "admin/refund_unapplied"
    user_id: int
    unapplied_id: int
    amount: Decimal
    note: str


@frozen
class AttachUnapplied(Operation[Ended]):
    """Ends an unapplied payment in a trade that is not paid yet, as if it had come for it; what is over goes to the
    buyer's wallet. `worth` is what was shown of it, in the trade's currency.

    Refused as RefundUnapplied, and: `not_bookable`, `unknown_trade`, `own_trade`, `second_needed`, `wrong_state`,
    `no_rate`.
    """

    file: ClassVar[str] = "admin/attach_unapplied"
    user_id: int
    unapplied_id: int
    amount: Decimal
    trade_id: int
    worth: Decimal
    note: str


@frozen
class SaveStaff(Statement[None]):
    """Remembers who runs LockBay and hears what the house must know. Idempotent."""

    file: ClassVar[str] = "admin/staff"
    user_ids: list[int]
