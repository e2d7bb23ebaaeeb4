"""Each source of prices: how it is asked, and what of its answer counts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from starlette.requests import Request
from starlette.responses import Response

from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments import binance, fastforex, kraken_rates
from lockbay.payments.prices import Price
from lockbay.payments.rates import fetch_rates, open_sources
from lockbay.payments.reading import parse, parse_list
from lockbay.postgres.database import Database
from lockbay.settings import Binance, FastForex, KrakenRates, Rates, Settings
from tests.clock import START, MovedClock
from tests.payments.outside import outside, says
from tests.payments.prices import SIMPLE_PRICE

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
