"""A provider that makes places to pay in for everything, without any outside."""

from __future__ import annotations

from decimal import Decimal

from attrs import define

from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.errors import ProviderUnavailable
from lockbay.payments.provider import Opened


@define
class Till:
    """The Provider. `opened` counts the places that it made."""

    name: str = "blockbee"
    is_away: bool = False
    minimum: Decimal = Decimal(0)
    opened: int = 0
    lasts: bool = True

    def offers(self, currency: str, network: str) -> bool:
        return True

    async def open(self, payin: Payin) -> Opened:
        if self.is_away:
            raise ProviderUnavailable
        self.opened += 1
        if payin.network == "BANK":
            return Opened(None, f"https://pay.example/{payin.id}", Decimal(0), f"page-{payin.id}")
        return Opened(f"address-{payin.id}-of-{payin.currency}", None, self.minimum, lasts=self.lasts)

    async def payments(self, payin: Payin) -> list[ApplyPayment]:
        return []
