"""Exchange: what is charged is what was shown, and both sides of it are in the books."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.areas.exchange.records import ConfirmExchange, ExchangeQuote, QuoteExchange
from lockbay.areas.terms import Terms
from lockbay.areas.wallet.records import SaveRates
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.world import World


@pytest.fixture
async def user(world: World) -> int:
    for code, price in (("USDT", "1"), ("BTC", "90000"), ("NGN", "0.00069")):
        await world.database.run(SaveRates("other", code, "USD", Decimal(price), world.database.clock.now()))
    return await world.person(1000)


async def quoted(world: World, user: int, amount: str = "100", to: str = "NGN") -> ExchangeQuote:
    return await world.done(QuoteExchange(user, "USDT", to, Decimal(amount)))


async def test_what_was_shown_is_charged_and_paid(world: World, user: int) -> None:
    quote = await quoted(world, user)
    assert quote.to_amount == Decimal("142028.99")  # 100 / 0.00069 x 0.98
    done = await world.done(ConfirmExchange(user, quote.id))
    assert (done.from_amount, done.to_amount) == (100, quote.to_amount)
    assert await world.available(user) == 900
    assert await world.available(user, "NGN") == quote.to_amount
    assert await world.do(ConfirmExchange(user, quote.id)) == Refused("quote_expired")
    await world.audited()


async def test_an_old_quote_is_none(world: World, user: int, clock: MovedClock) -> None:
    quote = await quoted(world, user)
    clock.advance(timedelta(minutes=10))
    assert await world.do(ConfirmExchange(user, quote.id)) == Refused("quote_expired")
    assert await world.available(user) == 1000


async def test_one_source_is_not_enough(world: World) -> None:
    user = await world.person(1000)
    assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(100))) == Refused("no_rate")


async def test_sources_that_disagree_promise_nothing(world: World, user: int) -> None:
    await world.database.run(SaveRates("third", "NGN", "USD", Decimal("0.00076"), world.database.clock.now()))
    assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(100))) == Refused("no_rate")


async def test_a_position_has_an_end(world: World, user: int) -> None:
    await world.database.run(Terms(exchange_position_usd=Decimal(150)))
    await world.done(ConfirmExchange(user, (await quoted(world, user)).id))
    assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(60))) == Refused("position")


async def test_to_a_bank_account_in_the_same_confirmation(world: World, user: int) -> None:
    await world.database.run(Terms(cashout_unverified_daily_usd=Decimal(0)))
    quote = await quoted(world, user)
    done = await world.done(
        ConfirmExchange(
            user, quote.id, "BANK", quote.to_amount - 50, "0123456789", "058", "GTBank", "ANN SAMPLE", "mine"
        )
    )
    assert done.cashout is not None
    assert (done.cashout.net, done.cashout.state) == (quote.to_amount - 50, "requested")
    assert await world.money(user, "NGN") == (0, quote.to_amount)
    await world.audited()


async def test_a_cashout_that_cannot_be_leaves_the_money_as_it_was(world: World, user: int) -> None:
    await world.database.run(Terms(cashout_unverified_daily_usd=Decimal(50)))
    quote = await quoted(world, user)
    refused = await world.do(
        ConfirmExchange(user, quote.id, "BANK", quote.to_amount - 50, "0123456789", "058", "GTBank", "ANN SAMPLE")
    )
    assert isinstance(refused, Refused)
    assert refused.reason == "unverified_daily_usd"
    assert (await world.available(user), await world.available(user, "NGN")) == (1000, 0)
