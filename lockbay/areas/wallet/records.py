"""The wallet: what a person has, and what that is worth."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.postgres.queries import Statement, View


@frozen
class Balance:
    """One currency of a wallet. `held` is locked in trades, `credit` pays fees only. `usd` is the worth of all three;
    None: no fresh rate.
    """

    currency: str
    available: Decimal
    held: Decimal
    credit: Decimal
    usd: Decimal | None


@frozen
class Wallet(View):
    """All currencies in their fixed order, empty ones too. `total_usd` is the sum of what has a fresh rate; None:
    nothing has. `rates_at` is the time of the oldest rate in it.
    """

    file: ClassVar[str] = "wallet/view"

    balances: tuple[Balance, ...]
    total_usd: Decimal | None
    rates_at: datetime | None


@frozen
class SaveRates(Statement[None]):
    """Remembers a price: one unit of `base` costs `price` of `quote`. Repeating it changes nothing."""

    file: ClassVar[str] = "wallet/save_rates"
    source: str
    base: str
    quote: str
    price: Decimal
    at: datetime
