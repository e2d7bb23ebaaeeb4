"""The local BlockBee: addresses, payments, and callbacks that are signed and repeated until *ok*."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
import trio
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lockbay.sandbox import Options, Sandbox, serve_sandbox
from lockbay.sandbox.person import Town
from tests.sandbox.conftest import Bot, Hand
from tests.sandbox.service import Service


@pytest.fixture
async def bee(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"apikey": sandbox.blockbee_api_key}
    async with httpx.AsyncClient(base_url=sandbox.blockbee_url, headers=headers, trust_env=False) as client:
        yield client


async def make(bee: httpx.AsyncClient, service: Service, ticker: str = "trc20/usdt", **params: str) -> str:
    callback = f"{service.url}/hook?user=1001&nonce=a%20b"
    response = await bee.get(f"/{ticker}/create/", params={"callback": callback, **params})
    assert response.json()["status"] == "success"
    address = response.json()["address_in"]
    assert isinstance(address, str)
    return address


def verify(sandbox: Sandbox, signature: str, content: bytes) -> None:
    key = serialization.load_pem_public_key(sandbox.blockbee_public_key.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(signature), content, padding.PKCS1v15(), hashes.SHA256())


async def test_a_payment_is_told_with_a_signature_over_the_whole_url(
    bee: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox
) -> None:
    address = await make(bee, service)
    await town.pay(address, "25")
    call = await service.next()
    verify(sandbox, call.headers["x-ca-signature"], call.url.encode())
    with pytest.raises(InvalidSignature):
        verify(sandbox, call.headers["x-ca-signature"], call.url.encode() + b"&")
    query = dict(parse_qsl(urlsplit(call.url).query))
    assert urlsplit(call.url).query.startswith("user=1001&nonce=a%20b&uuid=")
    wanted = ("address_in", "coin", "value_coin", "pending", "confirmations", "result", "fee_coin", "price")
    assert [query[name] for name in wanted] == [address, "trc20_usdt", "25", "0", "1", "sent", "0.25", "1"]
    assert {len(query["txid_in"]), len(query["txid_out"])} == {64}


@pytest.mark.parametrize("as_json", ["0", "1"])
async def test_posted_callbacks_are_signed_over_the_raw_body(
    bee: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox, as_json: str
) -> None:
    await town.pay(await make(bee, service, post="1", json=as_json), "3.5")
    call = await service.next()
    verify(sandbox, call.headers["x-ca-signature"], call.body)
    assert (call.method, urlsplit(call.url).query) == ("POST", "user=1001&nonce=a%20b")
    body = json.loads(call.body) if as_json == "1" else dict(parse_qsl(call.body.decode()))
    assert (body["value_coin"], body["pending"]) == ("3.5", "0")


async def test_pending_comes_first_under_the_same_uuid_when_it_was_asked_for(
    bee: httpx.AsyncClient, service: Service, town: Town
) -> None:
    await town.pay(await make(bee, service, pending="1"), "10")
    queries = [parse_qs(urlsplit((await service.next()).url).query) for _ in range(2)]
    assert [query["pending"] for query in queries] == [["1"], ["0"]]
    assert queries[0]["uuid"] == queries[1]["uuid"]
    assert "txid_out" not in queries[0]


@pytest.mark.parametrize(("how", "values"), [("short", ["9"]), ("over", ["11"]), ("twice", ["10", "10"])])
async def test_people_pay_short_over_and_twice(
    bee: httpx.AsyncClient, service: Service, town: Town, how: str, values: list[str]
) -> None:
    await town.pay(await make(bee, service), "10", how)
    queries = [parse_qs(urlsplit((await service.next()).url).query) for _ in values]
    assert [query["value_coin"][0] for query in queries] == values
    assert len({query["uuid"][0] for query in queries}) == len(values)


async def test_again_is_one_payment_told_twice(bee: httpx.AsyncClient, service: Service, town: Town) -> None:
    (uuid,) = await town.pay(await make(bee, service), "10", "again")
    first, second = [(await service.next()).url for _ in range(2)]
    assert first == second
    assert f"uuid={uuid}" in first


async def test_confirmed_may_come_before_pending(bee: httpx.AsyncClient, service: Service, town: Town) -> None:
    await town.pay(await make(bee, service, pending="1"), "10", "out_of_order")
    queries = [parse_qs(urlsplit((await service.next()).url).query) for _ in range(2)]
    assert [query["pending"] for query in queries] == [["0"], ["1"]]


async def test_a_wrong_coin_is_told_by_its_own_name(bee: httpx.AsyncClient, service: Service, town: Town) -> None:
    await town.pay(await make(bee, service), "10", "wrong_coin")
    assert "coin=trx&" in (await service.next()).url
    assert [entry["coin"] for entry in await logged(bee, service)] == ["trx"]


async def test_what_nobody_is_told_is_in_the_logs(bee: httpx.AsyncClient, service: Service, town: Town) -> None:
    (uuid,) = await town.pay(await make(bee, service), "10", "never_told")
    (entry,) = await logged(bee, service)
    assert (entry["uuid"], entry["pending"], entry["value_coin"], entry["coin"]) == (uuid, 0, "10", "trc20_usdt")
    assert service.is_quiet()


async def test_a_forged_callback_is_not_signed_by_blockbee_and_not_in_its_logs(
    bee: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox
) -> None:
    service.answers = [401]
    (uuid,) = await town.pay(await make(bee, service), "10", "bad_signature")
    call = await service.next()
    with pytest.raises(InvalidSignature):
        verify(sandbox, call.headers["x-ca-signature"], call.url.encode())
    assert [delivery["failed"] for delivery in await town.told(uuid)] == [True]
    assert await logged(bee, service) == []


async def test_what_has_not_happened_yet_is_not_in_the_logs(
    bee: httpx.AsyncClient, service: Service, town: Town, hand: Hand
) -> None:
    await town.pay(await make(bee, service, pending="1"), "10", "pending", 30)
    await service.next()
    assert [entry["pending"] for entry in await logged(bee, service)] == [1]
    hand.now += 30
    assert [entry["pending"] for entry in await logged(bee, service)] == [1, 0]


async def test_what_is_late_is_told_when_somebody_hurries_it(
    bee: httpx.AsyncClient, service: Service, town: Town
) -> None:
    address = await make(bee, service)
    paid = await town.client.post("/api/blockbee/pay", json={"address": address, "amount": "4", "how": "late"})
    (uuid,) = paid.json()["uuids"]
    assert service.calls.statistics().current_buffer_used == 0
    await town.client.post("/api/blockbee/confirm", json={"uuid": uuid})
    assert f"uuid={uuid}" in (await service.next()).url


async def test_callbacks_are_repeated_until_the_answer_is_exactly_ok(
    bee: httpx.AsyncClient, service: Service, town: Town, hand: Hand, sandbox: Sandbox
) -> None:
    service.answers = ["ok", "*ok*"]
    address = await make(bee, service)
    await town.pay(address, "5")
    first = await service.next()
    assert await tried(bee, service, 1) == {"response": "200 ok", "tries": 1}
    hand.now += 5  # whatever is new makes the sandbox look at its clock
    await town.pay(await make(bee, service, ticker="btc"), "1")
    urls = {(await service.next()).url for _ in range(2)}
    assert first.url in urls
    assert await tried(bee, service, 2) == {"response": "200 *ok*", "tries": 2}
    assert (await logged(bee, service))[0]["result"] == "done"


async def tried(bee: httpx.AsyncClient, service: Service, times: int) -> object:
    """The log of the first callback, when it was tried so often."""
    with trio.fail_after(5):
        while True:
            logs = (await logged(bee, service))[0]["logs"]
            assert isinstance(logs, list)
            if logs[0]["tries"] >= times:
                return logs[0]


async def logged(bee: httpx.AsyncClient, service: Service) -> list[dict[str, object]]:
    callback = f"{service.url}/hook?user=1001&nonce=a%20b"
    answer = (await bee.get("/trc20/usdt/logs/", params={"callback": callback})).json()
    assert answer["callback_url"] == callback
    found = answer["callbacks"]
    assert isinstance(found, list)
    return found


async def test_the_same_callback_has_the_same_address(bee: httpx.AsyncClient, service: Service) -> None:
    assert await make(bee, service) == await make(bee, service)
    assert await make(bee, service) != await make(bee, service, ticker="trx")


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/btc/create/", {}, 400),
        ("/btc/create/", {"callback": "nonsense"}, 400),
        ("/btc/create/", {"callback": "http://127.0.0.1:99999/"}, 400),
        ("/btc/create/", {"callback": "http://[::1"}, 400),
        ("/btc/create/", {"callback": "https://example.com/hook"}, 400),
        ("/btc/create/", {"callback": "http://127.0.0.1/" + "x" * 8192}, 400),
        ("/xyz/create/", {"callback": "http://127.0.0.1/"}, 404),
        ("/btc/logs/", {"callback": "http://127.0.0.1/unknown"}, 404),
    ],
)
async def test_wrong_requests_are_refused(
    bee: httpx.AsyncClient, path: str, params: dict[str, str], status: int
) -> None:
    response = await bee.get(path, params=params)
    assert (response.status_code, response.json()["status"]) == (status, "error")


async def test_the_key_is_wanted_in_a_header_or_in_the_query(sandbox: Sandbox, bot: Bot) -> None:
    url = f"{sandbox.blockbee_url}/btc/info/"
    assert (await bot.client.get(url)).status_code == 401
    assert (await bot.client.get(url, params={"apikey": "wrong"})).status_code == 401
    answer = (await bot.client.get(url, params={"apikey": sandbox.blockbee_api_key})).json()
    assert answer["minimum_transaction_coin"] == "0.00008"


async def test_the_public_key_is_published_and_stays(sandbox: Sandbox, bee: httpx.AsyncClient, tmp_path: Path) -> None:
    assert (await bee.get("/pubkey/")).json()["pubkey"] == sandbox.blockbee_public_key
    assert "BEGIN PRIVATE KEY" in (tmp_path / "blockbee.pem").read_text()


@pytest.mark.parametrize("fields", [{"amount": "0"}, {"amount": "-1"}, {"amount": "NaN"}, {"address": "T" * 34}])
async def test_impossible_payments_are_refused(
    bee: httpx.AsyncClient, service: Service, town: Town, fields: dict[str, str]
) -> None:
    wanted = {"address": await make(bee, service), "amount": "1", **fields}
    response = await town.client.post("/api/blockbee/pay", json=wanted)
    assert (response.status_code, "error" in response.json()) == (400, True)


async def test_open_callbacks_are_delivered_after_a_restart(service: Service, tmp_path: Path, hand: Hand) -> None:
    serve = partial(serve_sandbox, options=Options(clock=hand.time))
    service.answers = ["not now"]
    async with trio.open_nursery() as nursery:
        sandbox = await nursery.start(serve, "127.0.0.1", 0, tmp_path / "x")
        headers = {"apikey": sandbox.blockbee_api_key}
        async with httpx.AsyncClient(headers=headers, base_url=sandbox.url, trust_env=False) as client:
            bee = httpx.AsyncClient(headers=headers, base_url=sandbox.blockbee_url, trust_env=False)
            async with bee:
                await Town(client).pay(await make(bee, service), "7")
        first = await service.next()
        nursery.cancel_scope.cancel()
    hand.now += 6
    async with trio.open_nursery() as nursery:
        again = await nursery.start(serve, "127.0.0.1", 0, tmp_path / "x")
        assert (await service.next()).url == first.url
        assert again.blockbee_public_key == sandbox.blockbee_public_key
        nursery.cancel_scope.cancel()
