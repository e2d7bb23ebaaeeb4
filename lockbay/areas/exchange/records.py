"""Exchange: what is asked of the database, and what it answers. Amounts are exact in their currency."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import field, frozen

from lockbay.areas.destinations import Saved
from lockbay.areas.payout import Cashout
from lockbay.money import CURRENCIES, Currency
from lockbay.postgres.queries import Operation, View


@frozen
class Cost:
    """What a network takes of a cash-out, and the least that can be sent over it; in the coin."""

    network: str
    fee: Decimal
    least: Decimal


@frozen
class Coin:
    """A currency: what there is of it, what one unit costs by sources that agree (USD; None: there is no such price),
    how much of it is given at the moment (None: likewise), and which networks it can be sent on over.
    """

    currency: str
    available: Decimal
    usd: Decimal | None
    room: Decimal | None
    networks: tuple[Cost, ...]

    @property
    def unit(self) -> Currency:
        return CURRENCIES[self.currency]


@frozen
class ExchangeStart(View):
    """Everything that the questions of an exchange need. All currencies, in their order; limits in USD. `barred_until`:
    nothing goes on from the wallet before, because a proven e-mail address was replaced. `usd_left`: as much may still
    leave it within 24 hours; None: any amount. `ours`: where the person pays in.
    """

    file: ClassVar[str] = "exchange/start"

    coins: tuple[Coin, ...]
    saved: tuple[Saved, ...]
    spread_percent: Decimal
    smallest_usd: Decimal
    largest_usd: Decimal
    ours: tuple[str, ...] = ()
    barred_until: datetime | None = None
    usd_left: Decimal | None = None


@frozen
class Listed:
    """An exchange that was made."""

    from_currency: str
    from_amount: Decimal
    to_currency: str
    to_amount: Decimal
    at: datetime


@frozen
class ExchangeHistory(View):
    """One page, the newest first: chat.read(ExchangeHistory, 0) begins, (ExchangeHistory, page.next) goes on."""

    file: ClassVar[str] = "exchange/list"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    exchanges: tuple[Listed, ...]
    next: int | None


@frozen
class PositionNews:
    """For the staff: somebody wanted more of a currency than may be given now. `limit_usd` bounds what is given."""

    currency: str
    wanted: Decimal
    left: Decimal
    limit_usd: Decimal


@frozen
class ExchangeQuote:
    """What an amount becomes in another currency, cut to its decimals, until `valid_until`. `price` is in
    `to_currency`, for one unit, with the spread in it; `market` is without.
    """

    id: int
    from_currency: str
    from_amount: Decimal
    to_currency: str
    to_amount: Decimal
    price: Decimal
    market: Decimal
    spread_percent: Decimal
    valid_until: datetime


@frozen
class QuoteExchange(Operation[ExchangeQuote]):
    """Promises a price and locks it; nothing is held. Refused: `no_rate` (details: currency; too few sources, too old,
    or they disagree), `inexact_amount`, `below_minimum` and `above_maximum` (details: limit, worth; USD),
    `insufficient` (details: currency, total, available), `position` (LockBay gives no more of it for now; details:
    currency, left), `not_onboarded`, `blocked`.
    """

    file: ClassVar[str] = "exchange/quote"
    user_id: int
    from_currency: str
    to_currency: str
    amount: Decimal


@frozen
class Exchanged:
    """What was exchanged. `cashout` is there when it went on to a destination."""

    from_currency: str
    from_amount: Decimal
    to_currency: str
    to_amount: Decimal
    price: Decimal
    cashout: Cashout | None


@frozen
class ConfirmExchange(Operation[Exchanged]):
    """Exchanges what was promised, to the wallet; with an `address` what comes of it is cashed out at once: both or
    neither. Refused: `quote_expired` (too old, or used), `insufficient` and `position` as above,
    `not_onboarded`, `blocked`, and with an address the reasons of RequestCashout.
    """

    file: ClassVar[str] = "exchange/confirm"
    user_id: int
    quote_id: int
    network: str = ""
    net: Decimal = Decimal(0)
    address: str = ""
    bank_code: str = ""
    bank_name: str = ""
    account_name: str = ""
    label: str = ""
    code: str | None = field(default=None, repr=False)
