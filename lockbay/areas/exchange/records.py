"""Exchange: what is asked of the database, and what it answers. Amounts are exact in their currency."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import field, frozen

from lockbay.areas.payout import Cashout
from lockbay.postgres.queries import Operation


@frozen
class ExchangeQuote:
    """What an amount becomes in another currency, until `valid_until`. `price` is in `to_currency`, for one unit, with
    the spread in it.
    """

    id: int
    from_currency: str
    from_amount: Decimal
    to_currency: str
    to_amount: Decimal
    price: Decimal
    spread_percent: Decimal
    valid_until: datetime


@frozen
class QuoteExchange(Operation[ExchangeQuote]):
    """Promises a price and locks it. Refused: `no_rate` (too few sources, too old, or they disagree), `inexact_amount`,
    `below_minimum` and `above_maximum` (details: limit, worth; USD), `position` (LockBay gives no more of it for now),
    `not_onboarded`, `blocked`. What the person has is looked at when they confirm.
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
    neither. Refused: `quote_expired` (too old, or used), `insufficient` (details: currency, total, available),
    `position`, and with an address the reasons of RequestCashout.
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
