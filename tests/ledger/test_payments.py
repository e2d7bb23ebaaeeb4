"""Payments for a trade: exact, in parts, in several coins, too much, seen before they count; no money is lost or
doubled."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.areas.trades.records import (
    AcceptTrade,
    DeliverTrade,
    TradeState,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.areas.disputing import opening
from tests.clock import MovedClock
from tests.ledger.paying import TOTAL, state, told
from tests.ledger.paying import people as people
from tests.ledger.paying import trade as trade
from tests.ledger.world import HOUR, World, creation, payment


async def test_the_exact_amount_pays(world: World, trade: TradeState, raw: Connection) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    assert payin.amount == TOTAL
    applied = await world.done(payment(payin, TOTAL))
    assert (applied.outcome, applied.credited) == ("paid", 0)
    assert await world.money(trade.buyer_id) == (0, TOTAL)
    assert await told(raw, trade.buyer_id) == ["payment_done"]
    assert "trade_paid" in await told(raw, trade.seller_id or 0)
    await world.audited()


async def test_several_parts_pay_together(world: World, trade: TradeState, raw: Connection) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    assert [(await world.done(payment(payin, part))).outcome for part in (40, 40, 25)] == ["part", "part", "paid"]
    assert await told(raw, trade.buyer_id) == ["payment_part", "payment_part", "payment_done"]
    await world.audited()


async def test_two_coins_and_a_bank_transfer_pay_together(world: World, trade: TradeState) -> None:
    buyer = trade.buyer_id
    bitcoin = await world.payin(buyer, "BTC", trade=trade.id)
    assert (await world.done(payment(bitcoin, "0.0005"))).outcome == "part"
    assert await world.money(buyer, "BTC") == (0, Decimal("0.0005"))
    naira = await world.payin(buyer, "NGN", "BANK", trade=trade.id)
    assert naira.amount is not None
    applied = await world.done(payment(naira, naira.amount + 1000))
    assert (applied.outcome, applied.credited) == ("paid", 1000)
    assert await world.money(buyer) == (0, TOTAL)
    assert await world.money(buyer, "NGN") == (1000, 0)
    await world.audited()


async def test_what_a_coin_must_cost_is_enough_by_a_unit(world: World, trade: TradeState) -> None:
    """As much as was shown pays, to the last unit; one unit less is short, if only by that."""
    payin = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert payin.amount == Decimal("0.00119048")  # 105 / (90000 x 0.98), rounded up
    applied = await world.done(payment(payin, payin.amount))
    assert (applied.outcome, applied.credited) == ("paid", 0)
    assert await world.money(trade.buyer_id) == (0, TOTAL)


async def test_what_is_over_by_less_than_a_unit_of_the_trades_coin_is_not_kept(world: World) -> None:
    """A satoshi is 1.33 naira: a naira more than it must cost is worth none, and is the buyer's."""
    buyer, seller = await world.person(), await world.person()
    trade = await world.done(creation(buyer, f"@person{seller}", "0.001", code="BTC"))
    page = await world.payin(buyer, "NGN", "BANK", trade=trade.id)
    assert page.amount is not None
    applied = await world.done(payment(page, page.amount + Decimal("0.5")))
    assert (applied.outcome, applied.credited) == ("paid", Decimal("0.5"))
    assert await world.available(buyer, "NGN") == Decimal("0.5")
    await world.audited()


async def test_who_sends_less_than_anybody_types_and_enough_has_paid(world: World, trade: TradeState) -> None:
    """An ether has 18 decimals, and what was shown has 8: less than that may be worth all of it, too."""
    place = await world.payin(trade.buyer_id, "ETH", trade=trade.id)
    assert place.amount == Decimal("0.03571429")
    applied = await world.done(payment(place, "0.035714285714285714"))
    assert (applied.outcome, applied.credited) == ("paid", 0)
    assert await world.money(trade.buyer_id) == (0, TOTAL)
    await world.audited()


@pytest.mark.parametrize("amount", ["105.000001", "210"])
async def test_what_is_over_goes_to_the_wallet_once(world: World, trade: TradeState, amount: str) -> None:
    event = payment(await world.payin(trade.buyer_id, trade=trade.id), amount)
    for key in (event.request_key, "by another url", "again"):
        await world.do(event, key)
    assert await world.money(trade.buyer_id) == (Decimal(amount) - TOTAL, TOTAL)
    await world.audited()


async def test_two_real_payments_of_the_same_amount_both_count(
    world: World, trade: TradeState, raw: Connection
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(payin, TOTAL))
    second = await world.done(payment(payin, TOTAL))
    assert (second.outcome, second.credited) == ("credited", TOTAL)
    assert await world.money(trade.buyer_id) == (TOTAL, TOTAL)
    assert await told(raw, trade.buyer_id) == ["payment_done", "payment_extra"]
    await world.audited()


async def test_what_comes_while_a_paid_trade_goes_on_is_the_buyers(world: World, trade: TradeState) -> None:
    buyer, seller = trade.buyer_id, trade.seller_id or 0
    place = await world.payin(buyer, trade=trade.id)
    await world.done(payment(place, TOTAL))
    for move in (AcceptTrade(seller, trade.id), DeliverTrade(seller, trade.id), opening(buyer, trade.id)):
        await world.done(move)
        assert (await world.done(payment(place, 7))).outcome == "credited"
    assert await world.money(buyer) == (21, TOTAL)
    await world.audited()


async def test_pending_moves_nothing_and_holds_the_trade_open(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    clock.advance(timedelta(minutes=50))
    assert (await world.done(payment(payin, TOTAL, event="e", confirmed=False))).outcome == "seen"
    clock.advance(timedelta(minutes=30))
    assert await world.do(ElapseTrade(trade.id, "expire")) == Refused("too_early")
    assert (await world.done(payment(payin, TOTAL, event="e"))).outcome == "paid"
    assert (await world.done(payment(payin, TOTAL, event="e", confirmed=False))).outcome == "ignored"
    assert await told(raw, trade.buyer_id) == ["payment_seen", "payment_done"]
    await world.audited()


async def test_what_is_seen_and_fits_nothing_holds_no_trade_open(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    clock.advance(timedelta(minutes=50))
    assert (await world.done(payment(payin, TOTAL, network="ERC20", confirmed=False))).outcome == "ignored"
    assert await told(raw, trade.buyer_id) == []
    clock.advance(timedelta(minutes=10))
    await world.done(ElapseTrade(trade.id, "expire"))
    assert await state(raw, trade) == "expired"


async def test_pending_for_ever_does_not_hold_the_trade_open_for_ever(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    for _ in range(23):
        await world.done(payment(payin, 1, confirmed=False))
        clock.advance(HOUR)
    assert await state(raw, trade) == "awaiting_payment"
    await world.done(payment(payin, 1, confirmed=False))
    clock.advance(HOUR)
    await world.done(ElapseTrade(trade.id, "expire"))
    assert await state(raw, trade) == "expired"


async def test_a_provider_that_tells_more_later_moves_the_difference(world: World, trade: TradeState) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    told = [payment(payin, amount, event="one payment") for amount in (30, 30, 110, 80)]
    assert [(await world.done(each)).outcome for each in told] == ["part", "ignored", "paid", "ignored"]
    assert await world.money(trade.buyer_id) == (5, TOTAL)
    await world.audited()


async def test_the_price_of_a_coin_stays_what_was_shown(world: World, trade: TradeState, clock: MovedClock) -> None:
    shown = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    clock.advance(timedelta(minutes=1))
    await world.prepare(at=clock.now())
    await world.rate("BTC", "45000", clock.now())
    assert (await world.payin(trade.buyer_id, "BTC", trade=trade.id)).amount == shown.amount
    assert shown.amount is not None
    assert (await world.done(payment(shown, shown.amount))).outcome == "paid"
