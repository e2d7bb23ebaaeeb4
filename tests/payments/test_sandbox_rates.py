"""All sources of prices against the local ones: who is away, wrong or old decides whether there is a quote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

import pytest
import trio
from attrs import frozen

from lockbay.areas.exchange.records import ExchangeQuote, QuoteExchange
from lockbay.areas.terms import Terms
from lockbay.payments.prices import Source
from lockbay.payments.rates import fetch_rates, open_sources
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.queries import Refused
from lockbay.sandbox import serve_sandbox
from lockbay.sandbox.person import Town, open_town
from lockbay.settings import Binance, FastForex, KrakenRates, Rates, Settings
from lockbay.wallclock import SystemClock
from tests.areas.people import ANA, fresh_key, fund, onboarded


@frozen
class Market:
    """Four sources, and somebody who has 100 USDT."""

    town: Town
    sources: tuple[Source, ...]
    database: Database

    async def quote(self, get: str) -> ExchangeQuote | Refused:
        """What 10 USDT are, by what the sources say now; what they said before is forgotten."""
        await self.database.pool.fetch("test", "DELETE FROM rates", (), reads=False)
        for source in self.sources:
            await fetch_rates(source, self.database, self.database.clock)
        return await self.database.perform(QuoteExchange(ANA, "USDT", get, Decimal(10)), fresh_key())


@pytest.fixture
async def market(nursery: trio.Nursery, tmp_path: Path, database_url: str) -> AsyncIterator[Market]:
    async with AsyncExitStack() as stack:
        world = await nursery.start(serve_sandbox, "127.0.0.1", 0, tmp_path)
        chosen = Settings(
            rates=Rates(world.rates_url, world.rates_key),
            fastforex=FastForex(world.fastforex_url, world.fastforex_key),
            kraken_rates=KrakenRates(world.kraken_rates_url),
            binance=Binance(world.binance_url),
        )
        database = await stack.enter_async_context(
            open_database(database_url, clock=SystemClock(), secret=b"a secret of tests")
        )
        await database.run(Terms())
        await onboarded(database, ANA)
        await fund(database, ANA, "100")
        sources = await stack.enter_async_context(open_sources(chosen))
        yield Market(await stack.enter_async_context(open_town(world.url)), sources, database)


async def test_all_four_agree(market: Market) -> None:
    for get, amount in (("NGN", "14994"), ("BTC", "0.00016333"), ("TRX", "81.666666"), ("ETH", "0.00326666")):
        quote = await market.quote(get)
        assert isinstance(quote, ExchangeQuote), (get, quote)
        assert quote.to_amount == Decimal(amount)


@pytest.mark.parametrize(
    ("source", "how"),
    [("coingecko", {"off": True}), ("fastforex", {"off": True}), ("fastforex", {"factor": "1.1"}),
     ("fastforex", {"age": 3600.0})],
)  # fmt: skip
async def test_one_of_the_two_that_know_the_naira_is_not_enough(
    market: Market, source: str, how: dict[str, object]
) -> None:
    factor, age, off = str(how.get("factor", "1")), float(str(how.get("age", 0))), bool(how.get("off"))
    await market.town.source(source, factor, age, off=off)
    assert await market.quote("NGN") == Refused("no_rate", {"currency": "NGN"})
    assert isinstance(await market.quote("BTC"), ExchangeQuote)  # which others know, too


async def test_a_minority_that_is_wrong_moves_nothing(market: Market) -> None:
    await market.town.source("kraken", "1.1")
    quote = await market.quote("BTC")
    assert isinstance(quote, ExchangeQuote)
    assert quote.to_amount == Decimal("0.00016333")


async def test_two_that_are_wrong_stop_it(market: Market) -> None:
    await market.town.source("kraken", "1.1")
    await market.town.source("coingecko", "0.9")
    assert isinstance(await market.quote("BTC"), Refused)


async def test_all_but_one_away_stop_it(market: Market) -> None:
    for source in ("kraken", "coingecko", "binance"):
        await market.town.source(source, off=True)
    assert await market.quote("ETH") == Refused("no_rate", {"currency": "USDT"})
