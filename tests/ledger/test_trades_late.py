"""What becomes of a trade whose time is over."""

from __future__ import annotations

from lockbay.areas.trades.records import (
    AcceptTrade,
    DeliverTrade,
    PayTrade,
    TradeState,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World


async def test_a_trade_not_paid_in_time_cannot_be_paid_and_expires(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await world.trade(buyer, seller)
    assert await world.do(ElapseTrade(trade.id, "expire"), f"expire.{trade.id}") == Refused("too_early")
    clock.advance(HOUR)
    refused = await world.do(PayTrade(buyer, trade.id, trade.buyer_pays))
    assert isinstance(refused, Refused)
    assert refused.reason == "too_late"
    [timer] = await world.timers()
    assert (timer.key, timer.operation) == (f"expire.{trade.id}", ElapseTrade(trade.id, "expire"))
    expired = await world.do(timer.operation, timer.key)
    assert isinstance(expired, TradeState)
    assert expired.state == "expired"
    assert not await world.timers()
    assert await world.do(timer.operation, timer.key) == expired


async def test_a_silent_seller_is_refunded_after_the_answer_window(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.paid(buyer, seller)
    clock.advance(24 * HOUR)
    late = await world.do(AcceptTrade(seller, trade.id))
    assert isinstance(late, Refused)
    assert late.reason == "too_late"
    [timer] = await world.timers()
    assert timer.kind == "unanswered"
    await world.do(timer.operation, timer.key)
    assert await world.available(buyer) == 105
    await world.audited()


async def test_an_undelivered_trade_is_refunded_after_the_grace(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(105), await world.person()
    await world.accepted(buyer, seller)
    clock.advance(24 * HOUR)
    assert not await world.timers()
    clock.advance(24 * HOUR)
    [timer] = await world.timers()
    assert timer.kind == "undelivered"
    await world.do(timer.operation, timer.key)
    assert await world.available(buyer) == 105


async def test_a_delivery_in_the_grace_still_counts_and_silence_releases(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.accepted(buyer, seller)
    clock.advance(47 * HOUR)
    await world.done(DeliverTrade(seller, trade.id))
    clock.advance(48 * HOUR)
    [timer] = await world.timers()
    assert timer.kind == "release"
    await world.do(timer.operation, timer.key)
    assert await world.available(seller) == 100
    await world.audited()
