"""Local rates: the shapes of CoinGecko and FastForex, with exact digits."""

from __future__ import annotations

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


async def test_fiat_comes_in_fastforexs_shape_for_those_with_a_key(town: Town, sandbox: Sandbox) -> None:
    url, params = f"{sandbox.url}/rates/fetch-multi", {"from": "USD", "to": "NGN,EUR"}
    assert (await town.client.get(url, params=params)).status_code == 401
    answer = (await town.client.get(url, params=params, headers={"X-API-Key": sandbox.rates_key})).json()
    assert (answer["base"], answer["results"]) == ("USD", {"NGN": 1530})
    one = await town.client.get(f"{sandbox.url}/rates/fetch-one", params={**params, "to": "NGN", "api_key": "x"})
    assert one.json()["result"] == {"NGN": 1530}


async def test_prices_are_set_as_texts(town: Town, sandbox: Sandbox) -> None:
    set_ = await town.client.post("/api/rates", json={"BTC": "61234.56789012345678"})
    assert set_.json()["BTC"] == "61234.56789012345678"
    url = f"{sandbox.rates_url}/simple/price"
    shown = await town.client.get(url, params={"ids": "bitcoin", "vs_currencies": "usd"})
    assert shown.text == '{"bitcoin":{"usd":61234.56789012345678}}'
    for wrong in ({"BTC": 1.5}, {"BTC": "0"}, {"BTC": "NaN"}, {"XYZ": "1"}):
        assert (await town.client.post("/api/rates", json=wrong)).status_code == 400
