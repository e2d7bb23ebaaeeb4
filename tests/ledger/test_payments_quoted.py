"""Paying a trade from another balance, at the price that was shown."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.trades.records import (
    PaymentQuote,
    PayQuoted,
    QuotePayment,
    TradeState,
)
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.paying import TOTAL
from tests.ledger.paying import people as people
from tests.ledger.paying import trade as trade
from tests.ledger.world import World, payment


async def quoted(world: World, trade: TradeState, code: str = "BTC") -> PaymentQuote:
    return await world.done(QuotePayment(trade.buyer_id, trade.id, code))


async def test_another_balance_pays_at_the_price_that_was_shown(world: World, trade: TradeState) -> None:
    await world.fund(trade.buyer_id, Decimal(1), "BTC")
    quote = await quoted(world, trade)
    assert (quote.from_amount, quote.to_amount) == (Decimal("0.00119048"), TOTAL)
    assert (await world.done(PayQuoted(trade.buyer_id, quote.id))).state == "paid"
    assert await world.available(trade.buyer_id, "BTC") == Decimal(1) - quote.from_amount
    assert isinstance(await world.do(PayQuoted(trade.buyer_id, quote.id)), Refused)
    await world.audited()


async def test_an_old_quote_charges_nothing(world: World, trade: TradeState, clock: MovedClock) -> None:
    await world.fund(trade.buyer_id, Decimal(1), "BTC")
    quote = await quoted(world, trade)
    clock.advance(timedelta(minutes=10))
    assert await world.do(PayQuoted(trade.buyer_id, quote.id)) == Refused("quote_expired")
    assert await world.available(trade.buyer_id, "BTC") == 1


async def test_nothing_is_promised_for_longer_than_there_is_to_pay(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    clock.advance(timedelta(minutes=55))
    await world.prepare(at=clock.now())
    assert (await quoted(world, trade)).valid_until == clock.now() + timedelta(minutes=5)


async def test_the_trades_own_currency_is_quoted_for_nothing(world: World, trade: TradeState) -> None:
    assert await world.do(QuotePayment(trade.buyer_id, trade.id, "USDT")) == Refused("no_rate", {"currency": "USDT"})


async def test_a_quote_is_its_owners(world: World, trade: TradeState) -> None:
    quote = await quoted(world, trade)
    answer = await world.do(PayQuoted(trade.seller_id or 0, quote.id))
    assert answer == Refused("unknown_trade")


async def test_a_quote_for_what_is_not_missing_any_more_charges_nothing(world: World, trade: TradeState) -> None:
    await world.fund(trade.buyer_id, Decimal(1), "BTC")
    quote = await quoted(world, trade)
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    answer = await world.do(PayQuoted(trade.buyer_id, quote.id))
    assert answer == Refused("terms_changed", {"total": "55"})


async def test_without_fresh_rates_nothing_is_quoted(world: World, trade: TradeState, clock: MovedClock) -> None:
    clock.advance(timedelta(minutes=16))
    assert await world.do(QuotePayment(trade.buyer_id, trade.id, "BTC")) == Refused("no_rate", {"currency": "BTC"})
    answer = await world.do(RequestPayin(trade.buyer_id, trade.id, "BTC", "BTC", None))
    assert answer == Refused("no_rate", {"currency": "BTC"})
