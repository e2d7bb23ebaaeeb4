"""A trade that went on with less: every list shows what is held for it, or was, and not what was agreed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.areas.admin.people_records import PersonsTrades
from lockbay.areas.trades.records import AcceptTrade, ReduceTrade, ReleaseTrade
from lockbay.areas.trades.views import TradeList
from lockbay.web.console.people_records import UserFile
from lockbay.web.console.trade_records import TradeSearch
from tests.areas.disputing import on_duty
from tests.ledger.world import World, payment


async def shown(world: World, buyer: int, seller: int) -> list[Decimal]:
    """The amount in each list: both sides', the staff's in the chat, the console's two."""
    staff, read = await on_duty(world), world.database.read
    views = (
        await read(TradeList, buyer, 0),
        await read(TradeList, seller, 0),
        await read(PersonsTrades, staff, buyer, 0),
        await read(TradeSearch, staff, "", "", 0),
        await read(UserFile, staff, seller),
    )
    return [view.trades[0].amount for view in views if view is not None]


@pytest.mark.parametrize("ends", [False, True])
async def test_what_the_buyer_went_on_with_is_shown(world: World, *, ends: bool) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=trade.id), "60"))
    assert await shown(world, buyer, seller) == [100] * 5, "nobody has agreed to less yet"
    await world.done(ReduceTrade(buyer, trade.id, Decimal(60)))
    if ends:
        await world.done(AcceptTrade(seller, trade.id))
        await world.done(ReleaseTrade(buyer, trade.id))
    assert await shown(world, buyer, seller) == [60] * 5
    found = await world.database.read(TradeSearch, await on_duty(world), "", "", 0)
    assert found is not None
    assert found.trades[0].usd == Decimal("57.14")  # as much of the 100 as 60 is of 105


async def test_of_what_was_paid_whole_the_price_is_shown_without_the_fee(world: World) -> None:
    buyer, seller = await world.person(usdt=1000), await world.person()
    await world.accepted(buyer, seller)
    assert await shown(world, buyer, seller) == [100] * 5
