"""Parts in another coin that count for more again after others have come: together they may be more than the price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.deposits.records import Payin, RequestPayin
from lockbay.areas.trades.payment import TradePayment
from lockbay.areas.trades.records import (
    AcceptTrade,
    DeclineTrade,
    DeliverTrade,
    PayTrade,
    QuotePayment,
    ReduceTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.postgres.queries import Operation, Refused
from tests.clock import MovedClock
from tests.ledger.world import UNLIMITED, World, payment

MINUTE = timedelta(minutes=1)
FIRST, SECOND = Decimal("0.00115"), Decimal("0.00045")  # 101.43 USDT of 105, and later 67.62; 26.46 more then


@pytest.fixture
async def trade(world: World) -> TradeState:
    """100 USDT and a fee of 5, paid by the buyer."""
    return await world.trade(await world.person(), await world.person())


@pytest.fixture
async def place(world: World, trade: TradeState, clock: MovedClock) -> Payin:
    """A bitcoin was worth 88200 USDT when the first part came, and 58800 when the second did; it is 88200 again."""
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert (await world.done(payment(place, FIRST))).outcome == "part"
    await told(world, clock, 60, "60000")
    assert (await world.done(payment(place, SECOND))).outcome == "part"
    await told(world, clock, 1, "90000")
    return place


async def told(world: World, clock: MovedClock, minutes: int, price: str, coin: str = "BTC") -> None:
    clock.advance(minutes * MINUTE)
    await world.prepare(at=clock.now() - timedelta(seconds=1))
    await world.agreed(coin, price, clock.now())


LAST: list[Callable[[TradeState], Operation[object]]] = [
    lambda trade: PayTrade(trade.buyer_id, trade.id, Decimal(0)),
    lambda trade: ReduceTrade(trade.buyer_id, trade.id, Decimal(105)),
]


@pytest.mark.parametrize("last", LAST, ids=["paid", "gone on with"])
async def test_what_is_over_goes_to_the_wallet_as_it_came(
    world: World, trade: TradeState, place: Payin, last: Callable[[TradeState], Operation[object]]
) -> None:
    view = await world.database.read(TradePayment, trade.buyer_id, trade.id)
    assert view is not None
    assert view.missing == 0
    await world.done(last(trade))
    assert await world.money(trade.buyer_id) == (0, 105)
    needed = Decimal("0.00006072")  # the least that is worth the 3.57 that were missing, at 58800
    assert await world.money(trade.buyer_id, "BTC") == (SECOND - needed, 0)
    await world.audited()
    for move in (AcceptTrade(trade.seller_id or 0, trade.id), DeliverTrade(trade.seller_id or 0, trade.id)):
        await world.done(move)
    await world.done(ReleaseTrade(trade.buyer_id, trade.id))
    assert await world.money(trade.seller_id or 0) == (100, 0)
    assert (await world.audited()).totals[0].fees == 5


async def test_a_payment_that_nothing_is_missing_of_goes_to_the_wallet(
    world: World, trade: TradeState, place: Payin
) -> None:
    applied = await world.done(payment(place, SECOND))
    assert (applied.outcome, applied.credited) == ("paid", SECOND)
    await world.done(DeclineTrade(trade.seller_id or 0, trade.id))
    assert await world.money(trade.buyer_id) == (105, 0)
    await world.audited()


async def test_what_is_over_needs_no_room_in_our_position(world: World, trade: TradeState, place: Payin) -> None:
    await world.database.run(evolve(UNLIMITED, exchange_position_usd=Decimal(105)))
    await world.done(PayTrade(trade.buyer_id, trade.id, Decimal(0)))


async def test_of_a_part_that_is_over_by_less_than_anybody_types_nothing_goes_back(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    """An ether has 18 decimals, and nobody types more than 8: the least that is worth what was missing may be more."""
    place = await world.payin(trade.buyer_id, "ETH", trade=trade.id)
    assert (await world.done(payment(place, "0.0345"))).outcome == "part"  # 101.43, and later 67.62
    await told(world, clock, 60, "2000", "ETH")
    came = Decimal("0.001821429081632654")  # 3.570001 of the 3.57 that will be missing
    assert (await world.done(payment(place, came))).outcome == "part"
    await told(world, clock, 1, "3000", "ETH")
    await world.done(PayTrade(trade.buyer_id, trade.id, Decimal(0)))
    assert await world.money(trade.buyer_id, "ETH") == (0, 0)
    await world.audited()


async def test_nothing_more_is_promised(world: World, trade: TradeState, place: Payin) -> None:
    await world.fund(trade.buyer_id, Decimal(1), "ETH")
    over = Refused("terms_changed", {"total": "0"})
    assert await world.do(QuotePayment(trade.buyer_id, trade.id, "ETH")) == over
    for coin, network in (("BTC", "BTC"), ("USDT", "TRC20")):
        assert await world.do(RequestPayin(trade.buyer_id, trade.id, coin, network, None)) == over
    view = await world.database.read(TradePayment, trade.buyer_id, trade.id)
    assert view is not None
    assert (view.missing, view.places) == (0, ())
