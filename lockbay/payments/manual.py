"""Paying by hand: what no provider pays waits for somebody of the staff, who is told."""

from __future__ import annotations

from typing import Final

from lockbay.areas.payout import MANUAL, NO_PROVIDER, Cashout, SettleCashout
from lockbay.payments.payout import told

NAME: Final = MANUAL


class Manual:
    """The PayoutProvider of last resort: it pays nothing."""

    name = NAME

    def pays(self, currency: str, network: str) -> bool:
        return True

    async def pay(self, cashout: Cashout) -> SettleCashout:
        return told(cashout, NAME, "waiting", problem=NO_PROVIDER)

    async def ask(self, cashout: Cashout) -> SettleCashout | None:
        return None
