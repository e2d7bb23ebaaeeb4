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
from lockbay.payments import binance, fastforex, kraken_rates
from lockbay.payments.coingecko import read_prices
from lockbay.payments.prices import Price, Source
from lockbay.payments.rates import fetch_rates, keep_rates, open_sources
from lockbay.payments.reading import parse, parse_list
from lockbay.postgres import database as database_module
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.settings import Binance, FastForex, KrakenRates, Rates, Settings
from tests.clock import START, MovedClock
from tests.ledger.world import creation
from tests.payments.outside import outside, says

THEN = int((START - timedelta(seconds=40)).timestamp())
SIMPLE_PRICE = f"""{{
    "bitcoin": {{"usd": 60000.123456789012345, "ngn": 91800000, "last_updated_at": {THEN}}},
    "tether": {{"usd": 0.9, "ngn": 1377.000, "last_updated_at": {THEN}}},
    "dogecoin": {{"usd": 1.5e-1}}
}}"""


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


# The answers of the documentations (docs/apis.md §6), with all pairs that are asked for.
FETCH_ONE = '{"base": "USD", "result": {"NGN": 1530.1}, "updated": "2026-11-22T11:58:00Z", "ms": 4}'
FETCH_PRICES = '{"prices": {"BTC/USD": 60000.5, "USDT/USD": 0.9998, "DOGE/USD": 0}, "ms": 4}'
TICKER = """{"error": [], "result": {
    "XXBTZUSD": {"a": ["60001.00000", "1", "1.000"], "b": ["59999.00000", "2", "2.000"], "c": ["1.0", "0.1"]},
    "USDTZUSD": {"a": ["0.99990", "1", "1"], "b": ["0.99980", "1", "1"], "c": ["0.99985", "1"]},
    "XXDGZUSD": {"a": ["0.1", "1", "1"], "b": ["0.2", "1", "1"]},
    "TRXUSD": {"a": [], "b": "0.1"}}}"""
SYMBOLS = '[{"symbol": "BTCUSDT", "price": "60012.01000000"}, {"symbol": "PEPEUSDT", "price": "1"}, {"price": "1"}]'


def test_fastforex_tells_the_naira_with_its_time_and_coins_without() -> None:
    then = START - timedelta(minutes=2)
    assert fastforex.read_naira(parse(FETCH_ONE.encode()) or {}, START) == [
        Price("USD", "NGN", Decimal("1530.10000000"), then),
        Price("NGN", "USD", Decimal("0.000653552055"), then),
    ]
    assert fastforex.read_coins(parse(FETCH_PRICES.encode()) or {}, START) == [
        Price("BTC", "USD", Decimal("60000.5"), START),
        Price("USDT", "USD", Decimal("0.9998"), START),
    ]


@pytest.mark.parametrize(
    "updated", ["soon", "2026-11-22T12:00:01Z", "2026-11-22 14:00:00", "9999-12-31T23:59:59-14:00"]
)
def test_a_time_that_makes_no_sense_is_ours(updated: str) -> None:
    answer = FETCH_ONE.replace("2026-11-22T11:58:00Z", updated)
    assert {price.at for price in fastforex.read_naira(parse(answer.encode()) or {}, START)} == {START}


def test_another_base_than_the_dollar_is_no_price() -> None:
    assert fastforex.read_naira(parse(FETCH_ONE.replace("USD", "EUR").encode()) or {}, START) == []


def test_krakens_price_is_the_middle_of_its_book() -> None:
    assert kraken_rates.read_ticker(parse(TICKER.encode()) or {}, START) == [
        Price("BTC", "USD", Decimal("60000.000000000000"), START),
        Price("USDT", "USD", Decimal("0.999850000000"), START),
    ]


@pytest.mark.parametrize(
    ("errors", "found"), [('["EQuery:Unknown asset pair"]', 0), ('["WGeneral:Slow"]', 2), ("null", 0)]
)
def test_krakens_errors_come_with_status_200(errors: str, found: int) -> None:
    answer = TICKER.replace('"error": []', f'"error": {errors}')
    assert len(kraken_rates.read_ticker(parse(answer.encode()) or {}, START)) == found


def test_binance_tells_prices_in_usdt_and_they_stay_that() -> None:
    assert binance.read_ticker(parse_list(SYMBOLS.encode()), START) == [
        Price("BTC", "USDT", Decimal("60012.01000000"), START)
    ]
    assert binance.read_ticker(parse_list(b'{"code": -1121, "msg": "Invalid symbol."}'), START) == []


async def test_each_source_is_asked_as_it_wants(database: Database, clock: MovedClock) -> None:
    answers = {
        "/api/v3/simple/price": SIMPLE_PRICE, "/fetch-one": FETCH_ONE, "/crypto/fetch-prices": FETCH_PRICES,
        "/0/public/Ticker": TICKER, "/api/v3/ticker/price": SYMBOLS,
    }  # fmt: skip

    async def script(request: Request) -> Response:
        return Response(answers[request.url.path])

    async with outside(script) as server:
        chosen = Settings(
            rates=Rates(server.url + "/api/v3", "demo"),
            fastforex=FastForex(server.url, "forex"),
            kraken_rates=KrakenRates(server.url),
            binance=Binance(server.url),
        )
        async with open_sources(chosen) as sources:
            assert [source.name for source in sources] == ["coingecko", "fastforex", "kraken", "binance"]
            for source in sources:
                assert await fetch_rates(source, database, clock)
    asked = {request.url.path: request for request in server.asked}
    assert asked.keys() == answers.keys()
    assert asked["/fetch-one"].headers["x-api-key"] == "forex"
    assert asked["/api/v3/ticker/price"].query_params["symbols"].startswith('["BTCUSDT","ETHUSDT"')
    assert asked["/0/public/Ticker"].query_params["pair"].startswith("XBTUSD,ETHUSD")
    assert len(asked["/crypto/fetch-prices"].query_params["pairs"].split(",")) <= 10
    assert "x-api-key" not in asked["/0/public/Ticker"].headers


@pytest.mark.parametrize("away", ["/fetch-one", "/crypto/fetch-prices"])
async def test_half_of_fastforex_is_better_than_nothing(away: str) -> None:
    async def script(request: Request) -> Response:
        gone = request.url.path == away
        return Response(FETCH_ONE if request.url.path == "/fetch-one" else FETCH_PRICES, 503 if gone else 200)

    async with outside(script) as server, open_sources(Settings(fastforex=FastForex(server.url, "k"))) as [source]:
        assert len(await source.prices(START)) == 2


async def test_who_is_away_or_answers_nonsense_has_no_prices() -> None:
    async with outside(says('{"error": "API key missing"}', 401)) as server:
        chosen = Settings(
            rates=Rates(server.url), fastforex=FastForex(server.url), kraken_rates=KrakenRates(server.url),
            binance=Binance(server.url),
        )  # fmt: skip
        async with open_sources(chosen) as sources:
            for source in sources:
                with pytest.raises(ProviderUnavailable, match=source.name):
                    await source.prices(START)


async def test_without_addresses_there_are_no_sources() -> None:
    async with open_sources(Settings()) as sources:
        assert sources == ()


async def test_a_key_that_cannot_be_sent_is_named_and_not_said() -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_FASTFOREX_KEY") as raised:
        async with open_sources(Settings(fastforex=FastForex("http://127.0.0.1", "a secret"))):
            raise AssertionError
    assert "a secret" not in str(raised.value)
