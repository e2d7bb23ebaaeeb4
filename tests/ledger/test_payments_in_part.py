"""A part of a trade's price: what the buyer can make of it, and until when."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    PayTrade,
    QuotePayment,
    ReduceTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.paying import TOTAL, state
from tests.ledger.paying import people as people
from tests.ledger.paying import trade as trade
from tests.ledger.world import HOUR, World, creation, payment


async def test_parts_in_another_coin_come_back_in_that_coin(world: World, trade: TradeState) -> None:
    buyer = trade.buyer_id
    await world.done(payment(await world.payin(buyer, "BTC", trade=trade.id), "0.0005"))
    await world.done(CancelTrade(buyer, trade.id))
    assert await world.money(buyer, "BTC") == (Decimal("0.0005"), 0)
    await world.audited()


async def test_a_part_that_is_not_followed_comes_back_when_the_time_is_over(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    clock.advance(timedelta(minutes=90))
    assert await world.do(ElapseTrade(trade.id, "expire")) == Refused("too_early")
    clock.advance(HOUR)
    await world.done(ElapseTrade(trade.id, "expire"))
    assert await state(raw, trade) == "expired"
    assert await world.money(trade.buyer_id) == (50, 0)
    await world.audited()


@pytest.mark.parametrize(
    ("coin", "part", "worth", "gets"),
    [
        ("USDT", "84", "84", "80"),
        ("BTC", "0.00095238", "83.999916", "79.99992"),
        ("USDT", "20", "20", "19.047619"),  # its fee is 0.952380952, half up
    ],
)
async def test_the_buyer_may_go_on_with_what_arrived(
    world: World, trade: TradeState, coin: str, part: str, worth: str, gets: str
) -> None:
    buyer, seller = trade.buyer_id, trade.seller_id or 0
    await world.done(payment(await world.payin(buyer, coin, trade=trade.id), part))
    there = Decimal(worth)
    assert await world.do(ReduceTrade(buyer, trade.id, there - 1)) == Refused("terms_changed", {"total": str(there)})
    reduced = await world.done(ReduceTrade(buyer, trade.id, there))
    assert (reduced.state, reduced.buyer_pays) == ("paid", there)
    assert reduced.seller_gets == Decimal(gets)
    await world.done(AcceptTrade(seller, trade.id))
    await world.done(DeliverTrade(seller, trade.id))
    await world.done(ReleaseTrade(buyer, trade.id))
    assert await world.available(seller) == reduced.seller_gets
    await world.audited()


async def test_a_seller_who_wants_no_less_declines(world: World, trade: TradeState) -> None:
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    await world.done(ReduceTrade(trade.buyer_id, trade.id, Decimal(50)))
    await world.done(DeclineTrade(trade.seller_id or 0, trade.id))
    assert await world.money(trade.buyer_id) == (50, 0)
    await world.audited()


async def test_the_rest_can_come_from_the_wallet(world: World, trade: TradeState) -> None:
    await world.fund(trade.buyer_id, Decimal(100))
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    assert await world.do(PayTrade(trade.buyer_id, trade.id, TOTAL)) == Refused("terms_changed", {"total": "55"})
    assert (await world.done(PayTrade(trade.buyer_id, trade.id, Decimal(55)))).state == "paid"
    assert await world.money(trade.buyer_id) == (45, TOTAL)
    await world.audited()


async def test_after_less_was_agreed_to_more_goes_to_the_wallet(world: World, trade: TradeState) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(payin, 50))
    await world.done(ReduceTrade(trade.buyer_id, trade.id, Decimal(50)))
    assert (await world.done(payment(payin, 55))).credited == 55
    assert await world.money(trade.buyer_id) == (55, 50)
    await world.audited()


async def test_paying_ends_at_the_deadline_whatever_the_way(
    world: World, people: tuple[int, int], clock: MovedClock
) -> None:
    buyer, seller = people
    trade = await world.done(creation(buyer, f"@person{seller}"))
    await world.fund(buyer, Decimal(200))
    clock.advance(HOUR)
    for operation in (
        PayTrade(buyer, trade.id, TOTAL),
        RequestPayin(buyer, trade.id, "USDT", "TRC20", None),
        QuotePayment(buyer, trade.id, "BTC"),
    ):
        answer = await world.do(operation)
        assert isinstance(answer, Refused)
        assert answer.reason == "too_late"


async def test_each_part_leaves_the_whole_time_to_choose(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    """Long after the time to pay, too, as long as the trade is not a day old."""
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    for _ in range(4):
        await world.done(payment(payin, 1))
        [row] = await raw.fetch("SELECT due_at FROM trades")
        assert row["due_at"] == clock.now() + 2 * HOUR
        clock.advance(HOUR)


async def test_what_becomes_of_a_part_is_chosen_in_time_or_not_at_all(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    await world.fund(trade.buyer_id, Decimal(200))
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    clock.advance(2 * HOUR)
    for operation in (
        ReduceTrade(trade.buyer_id, trade.id, Decimal(50)),
        PayTrade(trade.buyer_id, trade.id, Decimal(55)),
    ):
        answer = await world.do(operation)
        assert isinstance(answer, Refused)
        assert answer.reason == "too_late"
