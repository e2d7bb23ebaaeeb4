"""A payment that fitted nothing, and the people around it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import define

from lockbay.areas.admin.records import (
    AttachUnapplied,
    CreditUnapplied,
    RefundUnapplied,
    SaveStaff,
    UnappliedPayment,
)
from lockbay.areas.deposits.records import Payin
from lockbay.areas.trades.records import CancelTrade, TradeState
from lockbay.postgres.queries import Operation, Refused
from tests.ledger.world import World, payment


@define
class Case:
    """A payment that came after its trade was cancelled, and people around it."""

    world: World
    staff: int
    payer: int
    seller: int
    payin: Payin
    id: int = 1

    def credit(self, amount: str = "40", receiver: int | None = None, note: str = "theirs") -> CreditUnapplied:
        return CreditUnapplied(self.staff, self.id, Decimal(amount), receiver or self.payer, note)

    def refund(self, amount: str = "40", note: str = "tx 0xabc") -> RefundUnapplied:
        return RefundUnapplied(self.staff, self.id, Decimal(amount), note)

    def attach(self, trade: int, amount: str = "40", worth: str | None = None) -> AttachUnapplied:
        return AttachUnapplied(self.staff, self.id, Decimal(amount), trade, Decimal(worth or amount), "for that one")

    async def trade(self) -> TradeState:
        return await self.world.trade(self.payer, self.seller)

    async def seen(self, unapplied_id: int = 1) -> UnappliedPayment:
        found = await self.world.database.read(UnappliedPayment, self.staff, unapplied_id)
        assert found is not None
        return found


@pytest.fixture
async def case(world: World) -> Case:
    staff, payer, seller = [await world.person() for _ in range(3)]
    await world.database.run(SaveStaff([staff]))
    trade = await world.trade(payer, seller)
    payin = await world.payin(payer, trade=trade.id)
    await world.done(CancelTrade(payer, trade.id))
    assert (await world.done(payment(payin, 40))).reason == "trade_cancelled"
    return Case(world, staff, payer, seller, payin)


async def refusal(world: World, operation: Operation[object]) -> str:
    answer = await world.do(operation)
    assert isinstance(answer, Refused)
    return answer.reason


async def left(world: World) -> int:
    return (await world.audited()).unapplied
