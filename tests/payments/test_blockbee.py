"""The client of BlockBee, against a server that answers as theirs does, and as it should not."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import trio
from attrs import evolve
from starlette.requests import Request
from starlette.responses import Response

from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments.blockbee import TICKERS, open_blockbee
from lockbay.payments.blockbee_events import blockbee_events
from tests.payments.callbacks import ADDRESS, NONCE, OFFICIAL, PUBLIC_URL, REFERENCE, Signer
from tests.payments.outside import outside, says
from tests.payments.places import TRADE, WALLET, coin

KEY = "a-key-that-must-stay-secret"
CREATED = json.dumps({
    "status": "success", "address_in": ADDRESS, "address_out": "TVoLc2eqhWuHpHYXCKbXqBRxLkbFLUiqEf",
    "callback_url": PUBLIC_URL, "priority": "default", "minimum_transaction_coin": "10.00000000",
})  # fmt: skip


async def test_an_address_is_asked_for_with_a_callback_that_nobody_can_guess() -> None:
    async with outside(says(CREATED)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        made = await blockbee.open(WALLET)
    assert (made.address, made.link, made.minimum, made.external_id) == (ADDRESS, None, Decimal(10), "")
    asked = server.asked[0]
    assert asked.url.path == "/trc20/usdt/create/"
    assert asked.headers["apikey"] == KEY
    assert (asked.query_params["pending"], asked.query_params["confirmations"]) == ("1", "1")
    assert "post" not in asked.query_params
    callback = urlsplit(asked.query_params["callback"])
    assert callback.geturl().startswith(f"{PUBLIC_URL}/webhooks/blockbee?")
    assert parse_qs(callback.query) == {"reference": [REFERENCE], "nonce": [NONCE]}


@pytest.mark.parametrize(("pair", "ticker"), TICKERS.items())
async def test_each_coin_has_its_path_and_bitcoin_wants_two_confirmations(pair: tuple[str, str], ticker: str) -> None:
    async with outside(says(CREATED)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        await blockbee.open(coin(*pair))
    assert server.asked[0].url.path == f"/{ticker}/create/"
    assert server.asked[0].query_params["confirmations"] == ("2" if ticker == "btc" else "1")
    assert blockbee.offers(*pair)
    assert not blockbee.offers(pair[0], "BEP20")


@pytest.mark.parametrize("minimum", ['"0.0001"', "0.0001", "1e-4"])
async def test_a_minimum_is_exact_as_text_and_as_number(minimum: str) -> None:
    answer = CREATED.replace('"10.00000000"', minimum)
    async with outside(says(answer)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        assert (await blockbee.open(coin("BTC", "BTC"))).minimum == Decimal("0.0001")


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
            await blockbee.open(coin("BTC", "BTC"))
    str(caught.value).encode()


async def test_a_server_that_never_answers_is_given_up() -> None:
    asked = trio.Event()

    async def silent(_: Request) -> Response:
        asked.set()
        await trio.sleep_forever()
        raise AssertionError

    async with outside(silent) as server, open_blockbee(server.url, KEY, PUBLIC_URL, limit=0.2) as blockbee:
        with pytest.raises(ProviderUnavailable):
            await blockbee.open(coin("BTC", "BTC"))
        assert asked.is_set()


async def test_neither_key_nor_nonce_is_in_an_error_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "httpx")  # as the service sets it: it logs whole URLs
    caplog.set_level(logging.DEBUG, "httpcore")
    async with outside(says("")) as server:
        url = server.url
        async with open_blockbee(url, KEY, PUBLIC_URL) as blockbee:
            with pytest.raises(ProviderUnavailable) as answered:
                await blockbee.open(coin("BTC", "BTC"))
    async with open_blockbee(url, KEY, PUBLIC_URL) as blockbee:
        with pytest.raises(ProviderUnavailable) as dead:
            await blockbee.open(coin("BTC", "BTC"))
    for secret in (KEY, NONCE):
        assert secret not in f"{answered.value!r} {dead.value!r} {blockbee!r} {caplog.text}"
    assert dead.value.__cause__ is None


ENTRY = {"uuid": "u1", "txid_in": "t1", "value_coin": "0.5", "pending": 0, "confirmations": 3}


def logs(*entries: object) -> str:
    return json.dumps({"status": "success", "address_in": ADDRESS, "callbacks": entries})


async def test_payments_to_an_address_can_be_asked_for() -> None:
    entries = ENTRY, {**ENTRY, "uuid": "u2", "pending": "1"}, {"uuid": "u3"}, {**ENTRY, "pending": "?"}, "nonsense"
    async with outside(says(logs(*entries))) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        found = await blockbee.payments(coin("BTC", "BTC"))
    assert [(each.event_id, each.confirmed) for each in found] == [("u1", True), ("u2", False)]
    assert {(each.value, each.txid, each.currency, each.nonce) for each in found} == {
        (Decimal("0.5"), "t1", "BTC", NONCE)
    }
    assert json.loads(found[0].body)["value_coin"] == "0.5"
    assert json.loads(found[0].headers) == {"asked": True}
    assert server.asked[0].url.path == "/btc/logs/"
    assert f"reference={REFERENCE}&nonce={NONCE}" in server.asked[0].query_params["callback"]


@pytest.mark.parametrize("pending", ["0", "1"])
async def test_asking_and_being_told_are_one_request(pending: str) -> None:
    signer = Signer()
    events = blockbee_events(signer.pem, PUBLIC_URL)
    assert events
    told = events.receive(signer.callback(pending=pending))
    entry = {name: OFFICIAL[name] for name in ("uuid", "txid_in", "value_coin")} | {"pending": int(pending)}
    place = evolve(WALLET, provider="blockbee", address=ADDRESS)
    async with outside(says(logs(entry))) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        [asked] = await blockbee.payments(place)
    assert asked.request_key == told.request_key


async def test_an_address_of_before_there_were_references_is_asked_for_by_its_old_callback() -> None:
    async def script(request: Request) -> Response:
        known = "reference=" not in request.query_params["callback"]
        return Response(logs(ENTRY) if known else '{"status": "error", "error": "Callback not found"}')

    async with outside(script) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        [found] = await blockbee.payments(WALLET)
        with pytest.raises(ProviderUnavailable):
            await blockbee.payments(TRADE)
    assert found.reference is None
    query = urlsplit(server.asked[1].query_params["callback"]).query
    assert query == f"user={2**40}&currency=USDT&network=TRC20&nonce={NONCE}"


async def test_another_coin_that_came_is_told_as_what_it_is() -> None:
    answer = logs({**ENTRY, "coin": "trx"}, {**ENTRY, "coin": "bep20_usdt"})
    async with outside(says(answer)) as server, open_blockbee(server.url, KEY, PUBLIC_URL) as blockbee:
        assert [each.currency for each in await blockbee.payments(WALLET)] == ["TRX", "BEP20_USDT"]


@pytest.mark.parametrize("url", ["", "api.blockbee.io", "ftp://api.blockbee.io", "http://", "http://a:b"])
async def test_a_url_that_is_none_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_BLOCKBEE_URL"):
        async with open_blockbee(url, KEY, PUBLIC_URL):
            raise AssertionError
