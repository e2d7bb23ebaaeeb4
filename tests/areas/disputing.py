"""Trades that somebody disputes, and people who decide: made by the operations themselves."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.disputes.records import DisputeCase, OpenDispute, Opened, ResolveDispute
from lockbay.areas.disputes.split import split
from lockbay.areas.trades.records import TradeState
from lockbay.money import CURRENCIES
from tests.ledger.world import World

STORY = "The parcel came, and it was empty."


async def disputed(world: World, amount: str = "100", *, delivered: bool = True) -> tuple[int, int, TradeState]:
    """A buyer, a seller and their trade, which the buyer disputes."""
    buyer, seller = await world.person(usdt=10_000), await world.person()
    trade = await (world.delivered if delivered else world.accepted)(buyer, seller, amount)
    assert isinstance(await world.do(opening(buyer, trade.id)), Opened)
    return buyer, seller, trade


def opening(user_id: int, trade_id: int, *, by_seller: bool = False) -> OpenDispute:
    return OpenDispute(user_id, trade_id, "not_released" if by_seller else "not_as_described", STORY)


async def on_duty(world: World) -> int:
    """Somebody new who runs LockBay, alone."""
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    return staff


async def decision(world: World, staff: int, trade_id: int, percent: int, why: str = "So it is") -> ResolveDispute:
    """What a member of the staff would confirm who looks at it now."""
    page = await world.database.read(DisputeCase, staff, trade_id)
    assert page is not None
    gets = split(page.held, page.payout, percent, CURRENCIES[page.currency])
    return ResolveDispute(staff, trade_id, percent, page.held, gets.buyer_gets, gets.seller_gets, gets.fee, why)


def with_one_more(wanted: ResolveDispute) -> ResolveDispute:
    """Other numbers than were shown."""
    return evolve(wanted, seller_gets=wanted.seller_gets + Decimal(1), buyer_gets=wanted.buyer_gets - Decimal(1))
