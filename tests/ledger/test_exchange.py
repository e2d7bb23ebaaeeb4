"""Exchange: what is charged is what was shown, and both sides of it are in the books."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.exchange.records import ConfirmExchange, ExchangeHistory, ExchangeQuote, QuoteExchange
from lockbay.areas.terms import Terms
from lockbay.areas.trades.records import QuotePayment
from lockbay.areas.wallet.records import SaveRates
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.security.service_role import by_hand


@pytest.fixture
async def user(world: World) -> int:
    return await world.person(1000)


async def quoted(world: World, user: int, amount: str = "100", to: str = "NGN") -> ExchangeQuote:
    return await world.done(QuoteExchange(user, "USDT", to, Decimal(amount)))


async def test_what_was_shown_is_charged_and_paid(world: World, user: int) -> None:
    quote = await quoted(world, user)
    assert quote.to_amount == Decimal("142028.98")  # 100 / 0.00069 x 0.98
    done = await world.done(ConfirmExchange(user, quote.id))
    assert (done.from_amount, done.to_amount) == (quote.from_amount, quote.to_amount)
    assert await world.available(user) == 900
    assert await world.available(user, "NGN") == quote.to_amount
    assert await world.do(ConfirmExchange(user, quote.id)) == Refused("quote_expired")
    for person, seen in ((user, 1), (await world.person(), 0)):
        history = await world.database.read(ExchangeHistory, person, 0)
        assert history is not None
        assert len(history.exchanges) == seen
    await world.audited()


async def test_a_quote_of_somebody_else_or_for_a_trade_exchanges_nothing(world: World, user: int) -> None:
    other = await world.person(1000)
    await world.fund(user, Decimal(1), "BTC")
    of_trade = await world.done(QuotePayment(user, (await world.trade(user, other)).id, "BTC"))
    for quote_id, whoever in (((await quoted(world, user)).id, other), (of_trade.id, user)):
        assert await world.do(ConfirmExchange(whoever, quote_id)) == Refused("quote_expired")
    assert (await world.available(user, "BTC"), await world.available(other)) == (1, 1000)


async def test_who_is_not_here_exchanges_nothing(world: World, user: int, raw: Connection) -> None:
    newcomer = await world.meet()
    await world.fund(newcomer, Decimal(1000))  # by hand, as far as anybody sees
    assert await world.do(QuoteExchange(newcomer, "USDT", "NGN", Decimal(100))) == Refused("not_onboarded")
    quote = await quoted(world, user)
    for column, reason in (("blocked_at", "blocked"), ("closed_at", "closed")):
        await raw.execute(f"UPDATE users SET blocked_at = NULL, closed_at = NULL; UPDATE users SET {column} = now()")
        assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(100))) == Refused(reason)
        assert await world.do(ConfirmExchange(user, quote.id)) == Refused(reason)
    assert await world.available(user) == 1000


@pytest.mark.parametrize("amount", ["0", "-100", "1000000000000000", "100.0000001"])
async def test_what_is_no_amount_of_a_coin_is_promised_nothing(world: World, user: int, amount: str) -> None:
    assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(amount))) == Refused("inexact_amount")


async def test_an_old_quote_is_none(world: World, user: int, clock: MovedClock) -> None:
    quote = await quoted(world, user)
    clock.advance(timedelta(minutes=10))
    assert await world.do(ConfirmExchange(user, quote.id)) == Refused("quote_expired")
    assert await world.available(user) == 1000


async def test_one_source_is_not_enough(world: World) -> None:
    user = await world.person(1000)
    await by_hand(world.database, "DELETE FROM rates WHERE source = 'other'")
    assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(100))) == Refused("no_rate", {"currency": "USDT"})


NAIRA = Decimal("0.00069")


async def naira_by(world: World, prices: Mapping[str, str | Decimal], ago: timedelta = timedelta()) -> None:
    """What sources beside "test" and "other" say of the naira, or they anew."""
    for source, price in prices.items():
        await world.database.run(SaveRates(source, "NGN", "USD", Decimal(price), world.database.clock.now() - ago))


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        (["1", "1.1"], None),  # one of two is wrong: who knows which
        (["1", "1.03"], "1"),
        (["1", "1.031"], None),
        (["1", "1", "1.1"], "1"),  # one of three is wrong: outvoted, and without influence
        (["0.9", "1", "1"], "1"),
        (["0.9", "1", "1.1"], None),
        (["1", "1", "1.1", "1.1"], None),  # two against two
        (["0.9", "1", "1", "1.1"], None),  # half is no majority
        (["1", "1", "1", "1.1"], "1"),
        (["1"], None),
    ],
)
async def test_a_price_is_what_enough_and_most_sources_agree_on(
    world: World, factors: list[str], expected: str | None
) -> None:
    await by_hand(world.database, "TRUNCATE rates")
    for number, factor in enumerate(factors):
        await naira_by(world, {f"source {number}": NAIRA * Decimal(factor)})
    found = await world.database.pool.fetch(
        "test", "SELECT rates_usd('NGN', $1, 2) AS price", (world.database.clock.now(),), reads=True
    )
    assert found[0]["price"] == (None if expected is None else NAIRA * Decimal(expected))


async def test_sources_that_disagree_promise_nothing(world: World, user: int, clock: MovedClock) -> None:
    clock.advance(timedelta(seconds=1))
    await naira_by(world, {"other": NAIRA * Decimal("1.1")})
    assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(100))) == Refused("no_rate", {"currency": "NGN"})


async def test_a_price_of_an_hour_ago_is_none(world: World, user: int, clock: MovedClock) -> None:
    clock.advance(timedelta(minutes=59))
    await naira_by(world, {"test": NAIRA})
    await naira_by(world, {"late": NAIRA}, ago=timedelta(hours=1))
    for source in ("test", "other"):
        await world.database.run(SaveRates(source, "USDT", "USD", Decimal(1), clock.now()))
    assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(100))) == Refused("no_rate", {"currency": "NGN"})
    await naira_by(world, {"other": NAIRA})
    assert (await quoted(world, user)).to_amount == Decimal("142028.98")


async def usd(world: World, code: str) -> Decimal | None:
    query, at = "SELECT rates_usd($1, $2, 2) AS price", world.database.clock.now()
    price: Decimal | None = (await world.database.pool.fetch("test", query, (code, at), reads=True))[0]["price"]
    return price


async def test_a_price_in_usdt_counts_by_what_others_say_a_usdt_is(world: World, clock: MovedClock) -> None:
    await by_hand(world.database, "DELETE FROM rates WHERE source = 'other'")
    await world.database.run(SaveRates("binance", "BTC", "USDT", Decimal(100_000), clock.now()))
    assert await usd(world, "BTC") is None  # one source says what a USDT is: not enough
    clock.advance(timedelta(microseconds=1))
    for source in ("test", "other"):
        await world.database.run(SaveRates(source, "USDT", "USD", Decimal("0.9"), clock.now()))
    assert await usd(world, "USDT") == Decimal("0.9")
    assert await usd(world, "BTC") == 90_000


async def test_a_position_has_an_end(world: World, user: int) -> None:
    await world.database.run(SaveStaff([user]))
    await world.database.run(Terms(exchange_position_usd=Decimal(150)))
    await world.done(ConfirmExchange(user, (await quoted(world, user)).id))
    for _ in range(2):
        refused = await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(60)))
        assert refused == Refused("position", {"currency": "NGN", "left": "75362.32"})  # 150 / 0.00069 - 142028.98
    staff = await world.database.pool.fetch(
        "test", "SELECT count(*)::int AS told FROM outbox WHERE kind = 'exchange_position'", (), reads=True
    )
    assert staff[0]["told"] == 1  # for the day


async def test_what_was_promised_is_kept_when_the_sources_are_gone(world: World, user: int, clock: MovedClock) -> None:
    await world.database.run(Terms(rate_age=timedelta(minutes=5)))
    quote = await quoted(world, user)
    clock.advance(timedelta(minutes=9))
    assert await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(100))) == Refused("no_rate", {"currency": "USDT"})
    assert (await world.done(ConfirmExchange(user, quote.id))).to_amount == quote.to_amount


async def test_nothing_is_promised_for_what_is_not_there(world: World, user: int) -> None:
    refused = await world.do(QuoteExchange(user, "USDT", "NGN", Decimal(1001)))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.details["available"]) == ("insufficient", "1000")


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
    assert await world.money(user, "NGN") == (Decimal(0), quote.to_amount)
    await world.audited()


async def test_a_cashout_that_cannot_be_leaves_the_money_as_it_was(world: World, user: int) -> None:
    await world.database.run(Terms(cashout_unverified_daily_usd=Decimal(50)))
    quote = await quoted(world, user)
    refused = await world.do(
        ConfirmExchange(user, quote.id, "BANK", quote.to_amount - 50, "0123456789", "058", "GTBank", "ANN SAMPLE")
    )
    assert isinstance(refused, Refused)
    assert refused.reason == "unverified_daily_usd"
    assert (await world.available(user), await world.available(user, "NGN")) == (Decimal(1000), Decimal(0))
