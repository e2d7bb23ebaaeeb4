"""Cash-outs: what is asked of the database, and what it answers. Amounts are exact in their currency, times in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final

from attrs import evolve, field, frozen

from lockbay.areas.destinations import Saved
from lockbay.areas.payout import Cashout, State
from lockbay.money import CURRENCIES, EXACT, USD, Currency, rounded
from lockbay.postgres.queries import Operation, View

CANCELLABLE: Final[frozenset[State]] = frozenset({"awaiting_approval", "requested"})  # nobody has begun to send it


@frozen
class Cost:
    """What a network takes, and the least that leaves a wallet over it; in the coin."""

    network: str
    fee: Decimal
    least: Decimal


@frozen
class Coin:
    """What there is of a currency that can be cashed out. `recent` went out within the hour. `usd` is the price of one;
    None: nobody knows. `networks`: the cheapest first, at least one.
    """

    currency: str
    available: Decimal
    recent: Decimal
    usd: Decimal | None
    networks: tuple[Cost, ...]

    @property
    def unit(self) -> Currency:
        return CURRENCIES[self.currency]

    @property
    def ceiling(self) -> Decimal:
        """More than that cannot be meant. A cash-out of the person's own does not change it: whoever is replayed after
        one gives the same answers.
        """
        return EXACT.add(self.available, self.recent)

    def least(self, costs: Sequence[Cost]) -> Decimal:
        """The least that one of them sends."""
        return min(cost.least for cost in costs)

    def worth(self, amount: Decimal) -> Decimal | None:
        """In USD, as the statement rounds it."""
        return None if self.usd is None else rounded(EXACT.multiply(amount, self.usd), USD)


@frozen
class Spent:
    """A cash-out that counts against the limits of a day, so long."""

    currency: str
    amount: Decimal
    usd: Decimal
    until: datetime


@frozen
class CashoutStart(View):
    """Everything that the questions of a cash-out need. `needs_code`: one is mailed before the money goes.

    `count_limit` and `usd_limit` are what may go out within 24 hours, None: any; `spent` is what did, the oldest first,
    where there is a limit. `approval_usd` is from where on somebody of the staff has to approve, None: never.
    `lower_until`: so long the limit of whoever has no proven e-mail address holds for them as well. `barred_until`:
    nothing goes out before, because a proven e-mail address was replaced. `ours`: where the person pays in.
    """

    file: ClassVar[str] = "cashout/start"

    coins: tuple[Coin, ...]
    saved: tuple[Saved, ...]
    needs_code: bool
    count_limit: int | None
    usd_limit: Decimal | None
    spent: tuple[Spent, ...]
    is_verified: bool
    lower_until: datetime | None
    approval_usd: Decimal | None
    barred_until: datetime | None
    ours: tuple[str, ...]

    def coin(self, code: str) -> Coin | None:
        """None: it cannot be cashed out."""
        return next((coin for coin in self.coins if coin.currency == code), None)

    def at(self, now: datetime) -> CashoutStart:
        """What was read a while ago, without what counts no more."""
        counts = tuple(each for each in self.spent if each.until > now)
        return self if len(counts) == len(self.spent) else evolve(self, spent=counts)

    @property
    def count_left(self) -> int | None:
        """None: as many as they like."""
        return None if self.count_limit is None else max(self.count_limit - len(self.spent), 0)

    @property
    def usd_left(self) -> Decimal | None:
        """None: as much as they like."""
        if self.usd_limit is None:
            return None
        return max(EXACT.subtract(self.usd_limit, sum((each.usd for each in self.spent), Decimal(0))), Decimal(0))


@frozen
class CashoutPage(View):
    """One cash-out of the person's: chat.find(CashoutPage, 17). `problem` is why it ended without being paid."""

    file: ClassVar[str] = "cashout/page"
    keys: ClassVar[tuple[str, ...]] = ("cashout_id",)

    id: int
    slug: str
    state: State
    currency: str
    network: str
    amount: Decimal
    net: Decimal
    usd_worth: Decimal | None
    address: str
    bank_name: str
    account_name: str
    txid: str | None
    problem: str | None
    created_at: datetime
    ended_at: datetime | None


@frozen
class Listed:
    """A cash-out in a list."""

    id: int
    state: State
    currency: str
    amount: Decimal
    created_at: datetime


@frozen
class CashoutList(View):
    """One page, the newest first: chat.read(CashoutList, 0) begins, chat.read(CashoutList, page.next) goes on."""

    file: ClassVar[str] = "cashout/list"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    cashouts: tuple[Listed, ...]
    next: int | None


@frozen
class CashoutNews:
    """A cash-out as sql/cashout/news.sql tells it to its owner."""

    cashout_id: int
    slug: str
    state: State
    currency: str
    network: str
    amount: Decimal
    net: Decimal
    address: str
    bank_name: str
    account_name: str
    txid: str | None
    problem: str | None


@frozen
class RequestCashout(Operation[Cashout]):
    """Holds the money of a new cash-out. `amount` None: all there is then. `net` is what was shown as arriving.

    `label` keeps the destination under that name ("": it is not kept). `code` is the one that was mailed, None where
    none is needed. Refused: `terms_changed` (details: fee, net), `insufficient` (details: currency, total, available),
    `below_minimum` (details: least), `inexact_amount`, `unknown_currency`, `own_address` (it is one of LockBay's),
    `daily_count` (details: limit, until), `daily_usd`, `unverified_daily_usd` and `new_email_daily_usd` (details:
    limit, left, in USD; until), `email_changed` (details: until), `no_rate`, `not_onboarded`, `blocked`; of the code:
    `code_needed`, `wrong` (details: tries_left; after the last, retry_at), `too_many` (details: retry_at), `expired`.
    """

    file: ClassVar[str] = "cashout/request"
    gathers: ClassVar[bool] = True
    user_id: int
    currency: str
    network: str
    amount: Decimal | None
    net: Decimal
    address: str
    bank_code: str
    bank_name: str
    account_name: str
    label: str
    code: str | None = field(repr=False)


@frozen
class CancelCashout(Operation[Cashout]):
    """The owner takes back what nobody has begun to send. Refused: `unknown_cashout`, `wrong_state` (details: state)
    when somebody has.
    """

    file: ClassVar[str] = "cashout/cancel"
    user_id: int
    cashout_id: int
