"""Payments: whatever a provider tells, in whatever order and how often, moves what was really paid, once."""

from __future__ import annotations

from decimal import Decimal

from lockbay.areas.trades.records import PayTrade
from tests.ledger.world import World, payment


async def test_a_trade_is_paid_by_the_exact_amount(world: World) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    payin = await world.payin(buyer, trade=trade.id)
    assert payin.amount == trade.buyer_pays
    applied = await world.done(payment(payin, trade.buyer_pays))
    assert (applied.outcome, applied.credited) == ("paid", 0)
    assert await world.money(buyer) == (Decimal(0), trade.buyer_pays)
    await world.audited()


async def test_parts_in_other_coins_are_converted_when_all_is_there(world: World) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    bitcoin = await world.payin(buyer, "BTC", "BTC", trade=trade.id)
    assert bitcoin.amount is not None
    half = await world.done(payment(bitcoin, "0.0005"))
    assert half.outcome == "part"
    naira = await world.payin(buyer, "NGN", "BANK", trade=trade.id)
    assert naira.amount is not None
    rest = await world.done(payment(naira, naira.amount + 1000))
    assert (rest.outcome, rest.credited) == ("paid", 1000)
    await world.audited()


async def test_the_rest_can_come_from_the_wallet(world: World) -> None:
    buyer, seller = await world.person(usdt=100), await world.person()
    trade = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=trade.id), "50"))
    paid = await world.done(PayTrade(buyer, trade.id, Decimal(55)))
    assert paid.state == "paid"
    assert await world.money(buyer) == (Decimal(45), Decimal(105))
    await world.audited()
