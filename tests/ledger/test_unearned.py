"""What nobody has paid for: units that a rounding would make, the better of two prices, levels for next to nothing, and
what one source of prices alone would be worth.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.admin.records import AttachUnapplied, SaveStaff
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.trades.payment import TradePayment
from lockbay.areas.trades.records import AcceptTrade, DeliverTrade, PayTrade, ReduceTrade, ReleaseTrade
from lockbay.areas.trades.views import TradePage
from lockbay.areas.wallet.records import SaveRates
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.referring import brought, credit
from tests.ledger.world import UNLIMITED, World, creation, payment

NAIRA = Decimal("0.00069")


async def naira(world: World, user: int, amount: int) -> None:
    await world.done(payment(await world.payin(user, "NGN", amount=Decimal(amount)), amount))


async def test_an_exchange_of_less_than_a_unit_makes_none(world: World) -> None:
    """Or who exchanges often enough doubles what they have: 0.7 naira are half a satoshi, not one."""
    await world.database.run(evolve(UNLIMITED, exchange_smallest_usd=Decimal(0), spread_percent=Decimal(0)))
    user = await world.person()
    await naira(world, user, 1000)
    refused = await world.do(QuoteExchange(user, "NGN", "BTC", Decimal("0.7")))
    assert isinstance(refused, Refused)
    assert refused.reason == "below_minimum"
    quote = await world.done(QuoteExchange(user, "NGN", "BTC", Decimal("2.47")))  # 1.89 satoshi
    assert quote.to_amount == Decimal("0.00000001")
    await world.done(ConfirmExchange(user, quote.id))
    await world.audited()


@pytest.mark.parametrize("apart", ["1.03", "0.971"])
async def test_of_two_prices_that_agree_the_better_one_is_nobodys(world: World, clock: MovedClock, apart: str) -> None:
    """They may be further apart than the spread: who takes the better one gets more than they give by the other."""
    prices = (NAIRA, NAIRA * Decimal(apart))
    clock.advance(timedelta(seconds=1))
    await world.database.run(SaveRates("other", "NGN", "USD", prices[1], clock.now()))
    user = await world.person(100)
    bought = await world.done(QuoteExchange(user, "USDT", "NGN", Decimal(100)))
    assert bought.to_amount * max(prices) <= 98
    assert abs(bought.price - bought.market * Decimal("0.98")) < Decimal("1e-12")
    await naira(world, user, 100_000)
    sold = await world.done(QuoteExchange(user, "NGN", "USDT", Decimal(100_000)))
    assert sold.to_amount <= 100_000 * min(prices) * Decimal("0.98")


async def test_who_goes_on_with_less_makes_no_smaller_trade_than_anybody_may(world: World) -> None:
    """Or a hundred own trades, each paid with a cent, halve the fee of the next."""
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=trade.id), "2.09"))
    view = await world.database.read(TradePayment, buyer, trade.id)
    assert view is not None
    assert "reduce" not in view.may
    page = await world.database.read(TradePage, buyer, trade.id)
    assert page is not None
    assert "reduce" not in page.may, "its page does not lead there either"
    assert page.barred["reduce"] == "too_little"
    assert await world.do(ReduceTrade(buyer, trade.id, Decimal("2.09"))) == Refused("too_little", {"total": "2.09"})
    await world.done(payment(await world.payin(buyer, trade=trade.id), "0.01"))
    assert (await world.done(ReduceTrade(buyer, trade.id, Decimal("2.1")))).seller_gets == 2


async def test_who_goes_on_with_less_leaves_the_seller_something(world: World) -> None:
    """Where no least amount forbids it: half of a unit would be the fee, and that is a whole one."""
    await world.database.run(evolve(UNLIMITED, smallest_trade_usd=Decimal(0), fee_percent=Decimal(50)))
    buyer, seller = await world.person(), await world.person()
    made = evolve(creation(buyer, f"@person{seller}", payer="seller"), fee=Decimal(50))
    trade = await world.done(made)
    unit = Decimal("0.000001")
    await world.done(payment(await world.payin(buyer, trade=trade.id), unit))
    assert await world.do(ReduceTrade(buyer, trade.id, unit)) == Refused("too_little", {"total": "0.000001"})


async def test_one_wrong_source_lets_no_trade_past_a_limit(world: World, clock: MovedClock) -> None:
    clock.advance(timedelta(seconds=1))
    await world.database.run(SaveRates("wrong", "BTC", "USD", Decimal(9), clock.now()))
    refused = await world.do(creation(await world.person(), f"@person{await world.person()}", "1", code="BTC"))
    assert refused == Refused("above_maximum", {"limit": "10000", "worth": "90000.00"})


async def test_fee_credit_is_no_money_by_the_word_of_one_source(world: World, raw: Connection) -> None:
    """What an exchange would not do by it is not done for a fee, either: the credit stays for the next one."""
    buyer, seller = await brought(world, await world.person()), await world.person()
    await world.fund(buyer, Decimal(1), "BTC")
    trade = await world.done(creation(buyer, f"@person{seller}", "0.001", code="BTC"))
    await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    await world.done(AcceptTrade(seller, trade.id))
    await world.done(DeliverTrade(seller, trade.id))
    await raw.execute("DELETE FROM rates WHERE source = 'other'")
    await world.done(ReleaseTrade(buyer, trade.id))
    assert (await credit(world, buyer), await world.available(buyer)) == (5, 0)
    await world.audited()


async def test_what_fitted_nothing_pays_no_trade_by_the_word_of_one_source(world: World, raw: Connection) -> None:
    buyer, staff = await world.person(), await world.person()
    await world.database.run(SaveStaff([staff]))
    strayed = payment(await world.payin(buyer), "0.0005", coin="BTC", network="BTC")
    assert (await world.done(strayed)).outcome == "unapplied"
    trade = await world.trade(buyer, await world.person())
    attach = AttachUnapplied(staff, 1, Decimal("0.0005"), trade.id, Decimal("44.1"), "for that one")
    await raw.execute("DELETE FROM rates WHERE source = 'other'")
    assert await world.do(attach) == Refused("no_rate")
