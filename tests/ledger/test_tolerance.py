"""What may be missing of a trade's price: how much, who bears it, and what becomes of it when it comes after all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.trades.records import AcceptTrade, DeclineTrade, DeliverTrade, ReleaseTrade, TradeState
from lockbay.postgres.bridge import Connection
from tests.clock import MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World, payment

TOTAL = Decimal(105)


@pytest.fixture
async def trade(world: World) -> TradeState:
    """100 USDT and a fee of 5, paid by the buyer."""
    return await world.trade(await world.person(), await world.person())


@pytest.mark.parametrize(("amount", "outcome"), [("101.85", "paid"), ("101.849999", "part")])
async def test_what_is_missing_within_the_tolerance_comes_out_of_the_fee(
    world: World, trade: TradeState, amount: str, outcome: str
) -> None:
    """3 % of 105: the trade is worth 100 USD."""
    applied = await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), amount))
    assert applied.outcome == outcome
    if outcome == "paid":
        seller = trade.seller_id or 0
        await world.done(AcceptTrade(seller, trade.id))
        await world.done(DeliverTrade(seller, trade.id))
        await world.done(ReleaseTrade(trade.buyer_id, trade.id))
        assert await world.available(seller) == 100
        assert (await world.audited()).totals[0].fees == Decimal("1.85")
    await world.audited()


@pytest.mark.parametrize(
    ("amount", "least"),
    [("49.99", "49.99"), ("50", "50.925"), ("499.99", "509.239815"), ("500", "519.75")],
    ids=["5 %, but no more than the fee", "3 % from 50 USD", "3 % below 500 USD", "1 % from there"],
)
async def test_how_much_may_be_missing_is_told_by_what_the_trade_is_worth(
    world: World, amount: str, least: str
) -> None:
    buyer, seller = await world.person(), await world.person()
    for paid, outcome in ((Decimal(least) - Decimal("0.000001"), "part"), (Decimal(least), "paid")):
        trade = await world.trade(buyer, seller, amount)
        assert (await world.done(payment(await world.payin(buyer, trade=trade.id), paid))).outcome == outcome
    await world.audited()


async def test_what_the_tolerance_forgave_is_filled_up_by_what_comes_later(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    """The seller has no more time to answer by it: who accepts does so knowing what is there."""
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    assert (await world.done(payment(payin, 102))).credited == 0
    until = clock.now() + 24 * HOUR
    clock.advance(HOUR)
    assert [(await world.done(payment(payin, amount))).credited for amount in (2, 7)] == [0, 6]
    assert await world.money(trade.buyer_id) == (6, TOTAL)
    [paid] = await raw.fetch("SELECT due_at, paid_at FROM trades")
    assert (paid["due_at"], paid["paid_at"]) == (until, until - 24 * HOUR)
    await world.audited()


async def test_what_was_forgiven_comes_after_the_seller_has_accepted(world: World, trade: TradeState) -> None:
    """It goes into the fee, and the trade goes on as it was."""
    buyer, seller = trade.buyer_id, trade.seller_id or 0
    payin = await world.payin(buyer, trade=trade.id)
    await world.done(payment(payin, 102))
    await world.done(AcceptTrade(seller, trade.id))
    assert (await world.done(payment(payin, 2))).credited == 0
    assert (await world.done(DeliverTrade(seller, trade.id))).buyer_pays == 104
    await world.done(ReleaseTrade(buyer, trade.id))
    assert await world.available(seller) == 100
    assert (await world.audited()).totals[0].fees == 4


async def test_what_was_forgiven_of_a_price_that_came_in_two_coins_is_filled_up(
    world: World, trade: TradeState
) -> None:
    """What became of the coin counts, and not the coin besides."""
    bitcoin = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert (await world.done(payment(bitcoin, "0.0005"))).outcome == "part"  # 44.1 USDT
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    assert [(await world.done(payment(payin, amount))).credited for amount in (58, 2, 7)] == [0, 0, Decimal("6.1")]
    assert await world.money(trade.buyer_id) == (Decimal("6.1"), TOTAL)
    await world.audited()


async def test_what_was_forgiven_before_the_tolerance_was_lowered_is_filled_up_in_parts(
    world: World, trade: TradeState, raw: Connection
) -> None:
    """The trade is paid: what comes later is a part of nothing, however much is missing by the terms of now."""
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(payin, 102))
    await world.database.run(evolve(UNLIMITED, tolerance_middle_percent=Decimal("0.1")))
    assert [(await world.done(payment(payin, amount))).credited for amount in ("0.01", 5)] == [0, Decimal("2.01")]
    [row] = await raw.fetch("SELECT state FROM trades")
    assert row["state"] == "paid"
    assert await world.money(trade.buyer_id) == (Decimal("2.01"), TOTAL)
    await world.audited()


async def test_a_refund_within_the_tolerance_gives_back_what_was_paid(world: World, trade: TradeState) -> None:
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 102))
    await world.done(DeclineTrade(trade.seller_id or 0, trade.id))
    assert await world.money(trade.buyer_id) == (102, 0)
    await world.audited()
