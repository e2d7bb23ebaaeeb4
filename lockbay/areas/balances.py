"""What a person has, and what that is worth."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.postgres.queries import View


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

    @property
    def filled(self) -> tuple[Balance, ...]:
        """Of which the person has some, other than credit."""
        return tuple(each for each in self.balances if each.available or each.held)
