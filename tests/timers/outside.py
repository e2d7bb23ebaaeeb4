"""A provider as a test has it: it makes no places, but knows what was paid to them, and may be away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

from attrs import define, evolve, field

from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.errors import ProviderUnavailable
from lockbay.payments.provider import Opened
from tests.ledger.world import payment


async def nothing(_: Payin) -> None:
    """Happens before the provider answers."""


@define(slots=False)
class Outside:
    """`fails` by payin: what asking about it raises. `meanwhile` runs while it is asked."""

    name: str = "blockbee"
    told: dict[int, list[ApplyPayment]] = field(factory=dict)
    fails: dict[int, Exception] = field(factory=dict)
    asked: list[int] = field(factory=list)
    is_away: bool = False
    meanwhile: Callable[[Payin], Awaitable[None]] = nothing

    def offers(self, currency: str, network: str) -> bool:
        return True

    async def open(self, payin: Payin) -> Opened:
        raise ProviderUnavailable

    async def payments(self, payin: Payin) -> list[ApplyPayment]:
        self.asked.append(payin.id)
        await self.meanwhile(payin)
        if self.is_away:
            raise ProviderUnavailable
        if payin.id in self.fails:
            raise self.fails[payin.id]
        return list(self.told.get(payin.id, ()))

    def pay(self, payin: Payin, amount: str | int, event: str, *, confirmed: bool = True) -> ApplyPayment:
        """Somebody pays; the event that its webhook would tell."""
        made = evolve(payment(payin, Decimal(amount), event=event, confirmed=confirmed), provider=self.name, txid=event)
        others = [each for each in self.told.get(payin.id, []) if each.event_id != event]
        self.told[payin.id] = [*others, made]
        return made
