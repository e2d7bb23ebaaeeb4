"""The client of BlockBee, against a server that answers as theirs does, and as it should not."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import trio
from starlette.requests import Request
from starlette.responses import Response

from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments.blockbee import TICKERS, open_blockbee
from lockbay.payments.provider import Payment
from tests.payments.callbacks import ADDRESS, NONCE, PUBLIC_URL
from tests.payments.outside import outside, says

KEY = "a-key-that-must-stay-secret"
CREATED = json.dumps({
    "status": "success", "address_in": ADDRESS, "address_out": "TVoLc2eqhWuHpHYXCKbXqBRxLkbFLUiqEf",
    "callback_url": PUBLIC_URL, "priority": "default", "minimum_transaction_coin": "10.00000000",
})  # fmt: skip


async def test_an_address_is_asked_for_with_a_callback_that_nobody_can_guess() -> None:
    async with outside(says(CREATED)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        made = await blockbee.make_address(2**40, "USDT", "TRC20", NONCE)
    assert (made.address, made.minimum) == (ADDRESS, Decimal(10))
    asked = server.asked[0]
    assert asked.url.path == "/trc20/usdt/create/"
    assert asked.headers["apikey"] == KEY
    assert (asked.query_params["pending"], asked.query_params["confirmations"]) == ("1", "1")
    assert "post" not in asked.query_params
    callback = urlsplit(asked.query_params["callback"])
    assert callback.geturl().startswith(f"{PUBLIC_URL}/webhooks/blockbee?")
    assert parse_qs(callback.query) == {
        "user": [str(2**40)], "currency": ["USDT"], "network": ["TRC20"], "nonce": [NONCE]
    }  # fmt: skip


@pytest.mark.parametrize(("coin", "ticker"), TICKERS.items())
async def test_each_coin_has_its_path_and_bitcoin_wants_two_confirmations(coin: tuple[str, str], ticker: str) -> None:
    async with outside(says(CREATED)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        await blockbee.make_address(1, *coin, NONCE)
    assert server.asked[0].url.path == f"/{ticker}/create/"
    assert server.asked[0].query_params["confirmations"] == ("2" if ticker == "btc" else "1")
    assert blockbee.offers(*coin)
    assert not blockbee.offers(coin[0], "BEP20")


@pytest.mark.parametrize("minimum", ['"0.0001"', "0.0001", "1e-4"])
async def test_a_minimum_is_exact_as_text_and_as_number(minimum: str) -> None:
    answer = CREATED.replace('"10.00000000"', minimum)
    async with outside(says(answer)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        assert (await blockbee.make_address(1, "BTC", "BTC", NONCE)).minimum == Decimal("0.0001")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ('{"status": "error", "error": "Invalid API key"}', 200),
        ('{"status": "error", "error": "\\ud800"}', 400),
        (CREATED, 500), (CREATED, 302), ("", 200), ("<html>", 502), ("[]", 200), ("null", 200),
        ('{"status": "success"}', 200),
        (CREATED.replace(ADDRESS, ""), 200), (CREATED.replace(ADDRESS, "two words"), 200),
        (CREATED.replace('"10.00000000"', "null"), 200), (CREATED.replace("10.00000000", "-1"), 200),
        (CREATED.replace('"10.00000000"', "NaN"), 200),
    ],
)  # fmt: skip
async def test_any_other_answer_means_that_the_provider_is_away(content: str, status: int) -> None:
    async with outside(says(content, status)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        with pytest.raises(ProviderUnavailable) as caught:
            await blockbee.make_address(1, "BTC", "BTC", NONCE)
    str(caught.value).encode()


async def test_a_server_that_never_answers_is_given_up() -> None:
    asked = trio.Event()

    async def silent(_: Request) -> Response:
        asked.set()
        await trio.sleep_forever()
        raise AssertionError

    async with outside(silent) as server, open_blockbee(server.url, KEY, PUBLIC_URL, limit=0.2) as blockbee:
        with pytest.raises(ProviderUnavailable):
            await blockbee.make_address(1, "BTC", "BTC", NONCE)
        assert asked.is_set()


async def test_neither_key_nor_nonce_is_in_an_error_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "httpx")  # as the service sets it: it logs whole URLs
    caplog.set_level(logging.DEBUG, "httpcore")
    async with outside(says("")) as server:
        url = server.url
        async with open_blockbee(url, KEY, PUBLIC_URL) as blockbee:
            with pytest.raises(ProviderUnavailable) as answered:
                await blockbee.make_address(1, "BTC", "BTC", NONCE)
    async with open_blockbee(url, KEY, PUBLIC_URL) as blockbee:
        with pytest.raises(ProviderUnavailable) as dead:
            await blockbee.make_address(1, "BTC", "BTC", NONCE)
    for secret in (KEY, NONCE):
        assert secret not in f"{answered.value!r} {dead.value!r} {blockbee!r} {caplog.text}"
    assert dead.value.__cause__ is None


async def test_payments_to_an_address_can_be_asked_for() -> None:
    entry = {"uuid": "u1", "txid_in": "t1", "value_coin": "0.5", "pending": 0, "confirmations": 3}
    pending = {**entry, "uuid": "u2", "pending": "1"}
    answer = json.dumps({"status": "success", "callbacks": [entry, pending, {"uuid": "u3"}, "nonsense"]})
    async with outside(says(answer)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        found = await blockbee.payments(1, "BTC", "BTC", NONCE)
    assert found == [Payment("u1", "t1", Decimal("0.5"), True), Payment("u2", "t1", Decimal("0.5"), False)]
    assert server.asked[0].url.path == "/btc/logs/"
    assert f"nonce={NONCE}" in server.asked[0].query_params["callback"]


@pytest.mark.parametrize("url", ["", "api.blockbee.io", "ftp://api.blockbee.io", "http://", "http://a:b"])
async def test_a_url_that_is_none_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_BLOCKBEE_URL"):
        async with open_blockbee(url, KEY, PUBLIC_URL):
            raise AssertionError
