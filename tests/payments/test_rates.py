"""Prices: exact, with source and time, and never a reason to fail."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import trio
from attrs import define, field
from prometheus_client import REGISTRY
from starlette.requests import Request
from starlette.responses import Response
from structlog.testing import capture_logs

from lockbay.actors.person import MeetPerson
from lockbay.areas.balances import Wallet
from lockbay.areas.onboarding.records import AcceptTerms
from lockbay.areas.trades.records import TradeState
from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments.coingecko import read_prices
from lockbay.payments.prices import Price, Source
from lockbay.payments.rates import fetch_rates, keep_rates, open_sources
from lockbay.payments.reading import parse
from lockbay.postgres import database as database_module
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.settings import Rates, Settings
from tests.clock import START, MovedClock
from tests.ledger.world import creation
from tests.payments.outside import outside, says
from tests.payments.prices import SIMPLE_PRICE


@asynccontextmanager
async def coingecko(url: str, key: str) -> AsyncIterator[Source]:
    async with open_sources(Settings(rates=Rates(url, key))) as [source]:
        yield source


def prices(answer: str) -> list[Price]:
    return read_prices(parse(answer.encode()) or {}, START)


def test_prices_are_the_digits_that_were_sent() -> None:
    then = START - timedelta(seconds=40)
    assert prices(SIMPLE_PRICE) == [
        Price("BTC", "USD", Decimal("60000.123456789012345"), then),
        Price("DOGE", "USD", Decimal("0.15"), START),
        Price("USDT", "USD", Decimal("0.9"), then),
        Price("USD", "NGN", Decimal("1530.00000000"), then),
        Price("NGN", "USD", Decimal("0.000653594771"), then),
    ]


@pytest.mark.parametrize("usd", ["0", "-1", '"x"', "null", "NaN", "1e20", "[]", "1e-41999999999999999999999"])
def test_a_price_that_makes_no_sense_is_left_out(usd: str) -> None:
    assert prices(f'{{"bitcoin": {{"usd": {usd}}}}}') == []


@pytest.mark.parametrize(("naira", "left"), [("1e14", ["USDT", "USD"]), ("1e-12", ["USDT", "NGN"])])
def test_a_price_that_rounds_to_nothing_is_left_out(naira: str, left: list[str]) -> None:
    assert [price.base for price in prices(f'{{"tether": {{"usd": 1, "ngn": {naira}}}}}')] == left


@pytest.mark.parametrize("usd", ["1e-99", "1e-20"])
def test_a_price_beyond_all_sense_is_left_out(usd: str) -> None:
    answer = f'{{"tether": {{"usd": {usd}, "ngn": 999999999999999}}}}'
    assert [(each.base, each.quote) for each in prices(answer)] == [("USDT", "USD")]


async def test_naira_can_be_traded_as_soon_as_prices_are_stored(database: Database, clock: MovedClock) -> None:
    await database.run(MeetPerson(1, None, "Ada", "en"))
    assert not isinstance(await database.perform(AcceptTerms(1), "terms"), Refused)
    async with outside(says(SIMPLE_PRICE)) as server, coingecko(server.url + "/api/v3", "demo") as source:
        await fetch_rates(source, database, clock)
    made = await database.perform(creation(1, "", "10000", kind="link", code="NGN"), "trade")
    assert isinstance(made, TradeState)
    assert made.currency == "NGN"


@pytest.mark.parametrize("at", ["9999999999999", "-1", '"soon"', str(int(START.timestamp()) + 60), "1e80"])
def test_a_price_is_never_from_the_future(at: str) -> None:
    assert prices(f'{{"bitcoin": {{"usd": 1, "last_updated_at": {at}}}}}')[0].at == START


async def test_prices_are_stored_with_source_and_time_and_only_once(database: Database, clock: MovedClock) -> None:
    await database.run(MeetPerson(1, None, "Ada", "en"))
    async with outside(says(SIMPLE_PRICE)) as server, coingecko(server.url + "/api/v3", "demo") as source:
        assert await fetch_rates(source, database, clock)
        assert await fetch_rates(source, database, clock)
    assert server.asked[0].url.path == "/api/v3/simple/price"
    assert server.asked[0].headers["x-cg-demo-api-key"] == "demo"
    assert server.asked[0].query_params["vs_currencies"] == "usd,ngn"
    wallet = await database.read(Wallet, 1)
    assert wallet
    assert wallet.rates_at


@pytest.mark.parametrize(("content", "status"), [("", 200), ("{}", 200), (SIMPLE_PRICE, 429), ("<html>", 502)])
async def test_an_answer_without_prices_is_a_failure(content: str, status: int) -> None:
    async with outside(says(content, status)) as server, coingecko(server.url, "") as source:
        with pytest.raises(ProviderUnavailable):
            await source.prices(START)


async def test_it_asks_at_once_and_goes_on_after_failures(
    database: Database, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "SLOW_SECONDS", math.inf)  # a machine that is busy is not what this is about
    answers = [Response("", 500), Response("nonsense"), Response(SIMPLE_PRICE)]
    asked_again = trio.Event()

    async def script(_: Request) -> Response:
        if not answers:
            asked_again.set()
            await trio.sleep_forever()
        return answers.pop(0)

    with capture_logs() as logs:
        async with outside(script) as server, coingecko(server.url, "") as source, trio.open_nursery() as nursery:
            nursery.start_soon(lambda: keep_rates(source, database, clock, period=0))
            with trio.fail_after(10):
                await asked_again.wait()
            nursery.cancel_scope.cancel()
    assert [each["event"] for each in logs] == ["rates_not_fetched"] * 2
    assert len(server.asked) == 4


@define
class Silent:
    """A source that never answers."""

    name: str = "silent"
    period: float = 60.0
    asked: trio.Event = field(factory=trio.Event)

    async def prices(self, now: datetime) -> list[Price]:
        self.asked.set()
        await trio.sleep_forever()
        raise AssertionError


@define
class Buggy:
    """A source that raises what nobody foresaw."""

    name: str = "buggy"
    period: float = 0.01
    asked: int = 0
    again: trio.Event = field(factory=trio.Event)

    async def prices(self, now: datetime) -> list[Price]:
        self.asked += 1
        if self.asked == 3:
            self.again.set()
        raise ZeroDivisionError


async def test_a_source_whose_answer_nobody_foresaw_does_not_end_the_service(
    database: Database, clock: MovedClock
) -> None:
    source = Buggy()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(keep_rates, source, database, clock)
        with trio.fail_after(10):
            await source.again.wait()
        nursery.cancel_scope.cancel()


async def test_a_source_that_has_never_answered_is_as_old_as_can_be(clock: MovedClock) -> None:
    """Without a series of its own nobody would hear of prices that are missing since the start."""
    source, no_database = Silent(), None
    async with trio.open_nursery() as nursery:
        nursery.start_soon(keep_rates, source, no_database, clock)  # type: ignore[arg-type]  # is not reached
        with trio.fail_after(10):
            await source.asked.wait()
        nursery.cancel_scope.cancel()
    assert REGISTRY.get_sample_value("lockbay_rates_fetched_timestamp_seconds", {"source": "silent"}) == 0


async def test_a_dead_source_is_a_failure_that_names_no_key(database: Database, clock: MovedClock) -> None:
    async with outside(says("")) as server:
        url = server.url
    with capture_logs() as logs:
        async with coingecko(url, "secret-key") as source:
            assert not await fetch_rates(source, database, clock)
    assert "ConnectError" in logs[0]["error"]
    assert "secret-key" not in json.dumps(logs, default=str)


async def test_a_url_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_RATES_URL"):
        async with coingecko("coingecko", ""):
            raise AssertionError
