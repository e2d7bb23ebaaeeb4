"""Local rates: the shapes of four sources, all from one table, with exact digits."""

from __future__ import annotations

import pytest

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Town
from tests.sandbox.conftest import Hand


async def test_prices_come_in_coingeckos_shape_with_their_very_digits(town: Town, sandbox: Sandbox, hand: Hand) -> None:
    url = f"{sandbox.rates_url}/simple/price"
    params = {"ids": "bitcoin,dogecoin,moon", "vs_currencies": "usd,ngn", "include_last_updated_at": "true"}
    response = await town.client.get(url, params=params)
    seconds = int(hand.now)
    assert response.text == (
        f'{{"bitcoin":{{"usd":60000,"ngn":91800000,"last_updated_at":{seconds}}},'
        f'"dogecoin":{{"usd":0.15,"ngn":229.50,"last_updated_at":{seconds}}}}}'
    )
    assert (await town.client.get(url, params={"ids": "bitcoin"})).status_code == 422


async def test_fiat_comes_in_fastforexs_shape_for_those_with_the_key(town: Town, sandbox: Sandbox, hand: Hand) -> None:
    url, params = f"{sandbox.fastforex_url}/fetch-multi", {"from": "USD", "to": "NGN,EUR"}
    assert (await town.client.get(url, params=params)).status_code == 401
    assert (await town.client.get(url, params=params, headers={"X-API-Key": "x"})).status_code == 403
    hand.now = 1_795_000_000.0
    answer = (await town.client.get(url, params=params, headers={"X-API-Key": sandbox.fastforex_key})).json()
    assert (answer["base"], answer["results"], answer["updated"]) == ("USD", {"NGN": 1530}, "2026-11-18T11:06:40Z")
    url, key = f"{sandbox.fastforex_url}/fetch-one", {"api_key": sandbox.fastforex_key}
    one = await town.client.get(url, params={"from": "USD", "to": "NGN", **key})
    assert one.json()["result"] == {"NGN": 1530}
    assert (await town.client.get(url, params={**params, **key})).status_code == 400
    assert (await town.client.get(url, params={"from": "EUR", "to": "NGN", **key})).status_code == 400


async def test_fastforex_tells_prices_of_coins_for_up_to_ten_pairs(town: Town, sandbox: Sandbox) -> None:
    url, headers = f"{sandbox.fastforex_url}/crypto/fetch-prices", {"authorization": f"Bearer {sandbox.fastforex_key}"}
    answer = await town.client.get(url, params={"pairs": "BTC/USD,DOGE/USD"}, headers=headers)
    assert answer.json()["prices"] == {"BTC/USD": 60000, "DOGE/USD": 0.15}
    for wrong in ("BTC/EUR", "", ",".join(["BTC/USD"] * 11)):
        assert (await town.client.get(url, params={"pairs": wrong}, headers=headers)).status_code == 400
    assert (await town.client.get(url, params={"pairs": "BTC/USD"})).status_code == 401


async def test_kraken_names_its_pairs_otherwise_than_it_is_asked(town: Town, sandbox: Sandbox) -> None:
    url = f"{sandbox.kraken_rates_url}/0/public/Ticker"
    answer = (await town.client.get(url, params={"pair": "XBTUSD,USDTZUSD"})).json()
    assert (answer["error"], list(answer["result"])) == ([], ["XXBTZUSD", "USDTZUSD"])
    told = answer["result"]["XXBTZUSD"]
    assert (told["a"][0], told["b"][0], told["c"][0]) == ("60030", "59970", "60000")
    unknown = await town.client.get(url, params={"pair": "XBTNGN"})
    assert (unknown.status_code, unknown.json()) == (200, {"error": ["EQuery:Unknown asset pair"]})


async def test_binance_tells_what_coins_cost_in_tether(town: Town, sandbox: Sandbox) -> None:
    await town.price("USDT", "0.8")
    url = f"{sandbox.binance_url}/api/v3/ticker/price"
    one = await town.client.get(url, params={"symbol": "BTCUSDT"})
    assert one.json() == {"symbol": "BTCUSDT", "price": "75000.00000000"}
    many = await town.client.get(url, params={"symbols": '["ETHUSDT","DOGEUSDT"]'})
    assert [price["price"] for price in many.json()] == ["3750.00000000", "0.18750000"]
    assert len((await town.client.get(url)).json()) == 5
    for wrong, code in (({"symbol": "USDTNGN"}, -1121), ({"symbols": "BTCUSDT"}, -1100)):
        refused = await town.client.get(url, params=wrong)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    both = await town.client.get(url, params={"symbol": "BTCUSDT", "symbols": '["BTCUSDT"]'})
    assert both.json()["code"] == -1128


async def told_by_all(town: Town, sandbox: Sandbox) -> list[float | None]:
    """What a bitcoin costs: at CoinGecko, FastForex, Kraken and Binance. None: no answer."""
    asked = (
        (f"{sandbox.rates_url}/simple/price", {"ids": "bitcoin", "vs_currencies": "usd"}, ["bitcoin", "usd"]),
        (f"{sandbox.fastforex_url}/crypto/fetch-prices", {"pairs": "BTC/USD"}, ["prices", "BTC/USD"]),
        (f"{sandbox.kraken_rates_url}/0/public/Ticker", {"pair": "XBTUSD"}, ["result", "XXBTZUSD", "c", 0]),
        (f"{sandbox.binance_url}/api/v3/ticker/price", {"symbol": "BTCUSDT"}, ["price"]),
    )
    prices: list[float | None] = []
    for url, params, path in asked:
        response = await town.client.get(url, params=params, headers={"x-api-key": sandbox.fastforex_key})
        if response.is_error:
            prices.append(None)
            continue
        told = response.json()
        for step in path:
            told = told[step]
        prices.append(float(told))
    return prices


async def test_each_source_can_be_wrong_old_or_away_by_itself(town: Town, sandbox: Sandbox, hand: Hand) -> None:
    assert await told_by_all(town, sandbox) == [60000] * 4
    await town.source("kraken", factor="1.1")
    await town.source("binance", off=True)
    assert await told_by_all(town, sandbox) == [60000, 60000, 66000, None]
    await town.source("coingecko", factor="0.5", age=3600)
    url, params = f"{sandbox.rates_url}/simple/price", {"ids": "tether", "vs_currencies": "usd,ngn"}
    told = (await town.client.get(url, params={**params, "include_last_updated_at": "true"})).json()["tether"]
    assert told == {"usd": 0.5, "ngn": 382.5, "last_updated_at": int(hand.now) - 3600}
    for name in ("kraken", "binance", "coingecko"):
        await town.source(name)
    assert await told_by_all(town, sandbox) == [60000] * 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "nobody"},
        {"source": "kraken", "factor": "0"},
        {"source": "kraken", "factor": 1.1},
        {"source": "kraken", "factor": "NaN"},
        {"source": "kraken", "age": 60},
        {"source": "binance", "age": 60},
        {"source": "coingecko", "age": -1},
        {"source": "coingecko", "off": "yes"},
        {"source": "coingecko", "unheard": 1},
    ],
)
async def test_a_source_that_makes_no_sense_is_refused(town: Town, wrong: dict[str, object]) -> None:
    assert (await town.client.post("/api/rates", json=wrong)).status_code == 400


async def test_a_source_has_faults_of_its_own(town: Town, sandbox: Sandbox) -> None:
    await town.fault("server_error", provider="kraken_rates", times=1, status=502)
    assert await told_by_all(town, sandbox) == [60000, 60000, None, 60000]
    assert await told_by_all(town, sandbox) == [60000] * 4


async def test_prices_are_set_as_texts(town: Town, sandbox: Sandbox) -> None:
    set_ = await town.client.post("/api/rates", json={"BTC": "61234.56789012345678"})
    assert set_.json()["BTC"] == "61234.56789012345678"
    url = f"{sandbox.rates_url}/simple/price"
    shown = await town.client.get(url, params={"ids": "bitcoin", "vs_currencies": "usd"})
    assert shown.text == '{"bitcoin":{"usd":61234.56789012345678}}'
    for wrong in ({"BTC": 1.5}, {"BTC": "0"}, {"BTC": "NaN"}, {"XYZ": "1"}):
        assert (await town.client.post("/api/rates", json=wrong)).status_code == 400
