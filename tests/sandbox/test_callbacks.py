"""What all local providers share: faults on demand, the queue of deliveries, and a memory that reads what is older."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import httpx
import pytest
import trio

from lockbay.sandbox import Options, Sandbox, serve_sandbox
from lockbay.sandbox.person import NotSeen, Town, open_town
from tests.sandbox.conftest import Hand
from tests.sandbox.dynopay import make, own, said, wanted
from tests.sandbox.service import Service, tried


async def test_a_slow_answer_holds_up_nobody_else(
    dynopay: httpx.AsyncClient, service: Service, town: Town, nursery: trio.Nursery
) -> None:
    silent = (await trio.open_tcp_listeners(0, host="127.0.0.1"))[0]
    port = silent.socket.getsockname()[1]
    async with silent:
        slow = (await make(dynopay, service, webhook_url=f"http://127.0.0.1:{port}/"))["address"]
        await town.merchant("dynopay", f"http://127.0.0.1:{port}/")
        (waiting,) = await town.pay(slow, "60")
        await town.pay((await make(dynopay, service))["address"], "60")
        assert said(await service.next())["event"] == "payment.pending"
        with pytest.raises(NotSeen, match="not told yet"):
            await town.told(waiting, within=0)


@pytest.mark.parametrize(
    ("kind", "fields", "outcome"),
    [
        ("timeout", {}, httpx.ReadTimeout),
        ("reset_before", {}, httpx.NetworkError),
        ("reset_after", {}, httpx.NetworkError),
        ("server_error", {"status": 500}, 500),
        ("flood", {}, 429),
        ("malformed", {}, json.JSONDecodeError),
    ],
)
@pytest.mark.parametrize("provider", ["blockbee", "dynopay", "fincra"])
async def test_a_provider_fails_on_demand_and_the_others_do_not(
    sandbox: Sandbox, town: Town, provider: str, kind: str, fields: dict[str, int], outcome: type[Exception] | int
) -> None:
    await town.fault(kind, provider=provider, times=1, **fields)
    for name, (method, url, headers, body) in calls(sandbox).items():
        send = partial(town.client.request, method, url, headers=headers, json=body, timeout=0.5)
        if name != provider:
            assert (await send()).is_success
        elif isinstance(outcome, int):
            assert (await send()).status_code == outcome
        else:
            with pytest.raises(outcome):
                (await send()).json()
    assert (await town.client.get("/api/faults")).json() == []


def calls(sandbox: Sandbox) -> dict[str, tuple[str, str, dict[str, str], object]]:
    """A good call to each: making a place to pay."""
    bee = f"{sandbox.blockbee_url}/btc/create/?callback=http://127.0.0.1:9/hook"
    customer = {"name": "Ada", "email": "ada@example.com"}
    keys = {"api-key": sandbox.fincra_secret_key, "x-pub-key": sandbox.fincra_public_key}
    naira = {"amount": 5, "currency": "NGN", "customer": customer}
    coin = {"amount": 5, "currency": "BTC"}
    return {
        "blockbee": ("GET", bee, {"apikey": sandbox.blockbee_api_key}, None),
        "dynopay": ("POST", f"{sandbox.dynopay_url}/cryptoPayment", {"x-api-key": sandbox.dynopay_api_key}, coin),
        "fincra": ("POST", f"{sandbox.fincra_url}/checkout/payments", keys, naira),
    }


async def test_a_call_without_an_answer_still_had_its_effect(
    dynopay: httpx.AsyncClient, service: Service, town: Town
) -> None:
    await town.fault("timeout", provider="dynopay", method="cryptoPayment", times=1)
    key = {"Idempotency-Key": "r-1"}
    with pytest.raises(httpx.ReadTimeout):
        await dynopay.post("/cryptoPayment", json=wanted(service), headers=key, timeout=0.5)
    (place,) = (await town.client.get("/api/dynopay")).json()
    again = await dynopay.post("/cryptoPayment", json=wanted(service), headers=key)
    assert again.json()["data"]["address"] == place["to"]


async def test_faults_of_one_provider_are_mended_alone(town: Town) -> None:
    await town.fault("timeout", provider="dynopay")
    await town.fault("timeout", provider="fincra")
    left = (await town.client.delete("/api/faults", params={"provider": "dynopay"})).json()
    assert [fault["provider"] for fault in left] == ["fincra"]
    await town.heal()
    assert (await town.client.get("/api/faults")).json() == []


@pytest.mark.parametrize("wrong", [{"to": "nowhere"}, {"amount": "0"}, {"amount": "1e-30"}, {"how": "by cheque"}])
async def test_impossible_payments_are_refused(
    dynopay: httpx.AsyncClient, service: Service, town: Town, wrong: dict[str, str]
) -> None:
    fields = {"to": (await make(dynopay, service))["address"], "amount": "1", **wrong}
    assert (await town.client.post("/api/payments/pay", json=fields)).status_code == 400
    assert (await town.client.post("/api/payments/resend", json={"uuid": "unknown"})).status_code == 400


async def test_each_provider_takes_payments_under_its_own_name(
    dynopay: httpx.AsyncClient, service: Service, town: Town
) -> None:
    fields = {"address": (await make(dynopay, service))["address"], "amount": "1"}
    assert (await town.client.post("/api/fincra/pay", json=fields)).status_code == 400
    assert (await town.client.post("/api/dynopay/pay", json=fields)).is_success
    assert own([await service.next()])


async def test_webhooks_are_at_the_merchants_url_unless_the_dashboard_says_otherwise(
    service: Service, tmp_path: Path, hand: Hand
) -> None:
    options = Options(clock=hand.time, merchant_url="http://127.0.0.1:9/")
    async with trio.open_nursery() as nursery:
        sandbox = await nursery.start(partial(serve_sandbox, options=options), "127.0.0.1", 0, tmp_path / "x")
        async with open_town(sandbox.url) as town:
            method, url, headers, body = calls(sandbox)["fincra"]
            link = (await town.client.request(method, url, headers=headers, json=body)).json()["data"]["link"]
            place = await town.place(link)
            assert place["callback"] == "http://127.0.0.1:9/webhooks/fincra"
            await town.merchant("fincra", f"{service.url}/hook")
            await town.pay(link, "5")
            assert (await service.next()).url == f"{service.url}/hook"
        nursery.cancel_scope.cancel()


async def test_a_journal_of_before_is_still_understood(tmp_path: Path, hand: Hand, service: Service) -> None:
    uuid, callback = "0b4c", f"{service.url}/hook?user=1001"
    deposit = {"ticker": "btc", "address": "bc1qx", "address_out": "bc1qy", "callback": callback, "created": 1.0}
    payment = {
        "uuid": uuid, "address": "bc1qx", "value": "1", "txid_in": "a", "txid_out": "b", "at": 1.0, "price": "60000",
    }  # fmt: skip
    delivery = {"id": 1, "uuid": uuid, "pending": False, "due": 1.0}
    lines = [["deposit", f"btc {callback}", deposit], ["payment", uuid, payment], ["delivery", "1", delivery]]
    (tmp_path / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    async with trio.open_nursery() as nursery:
        await nursery.start(partial(serve_sandbox, options=Options(clock=hand.time)), "127.0.0.1", 0, tmp_path)
        assert f"uuid={uuid}" in (await service.next()).url
        nursery.cancel_scope.cancel()


async def test_open_webhooks_are_delivered_after_a_restart(tmp_path: Path, hand: Hand, service: Service) -> None:
    serve = partial(serve_sandbox, options=Options(clock=hand.time))
    service.answers = [503]
    async with trio.open_nursery() as nursery:
        sandbox = await nursery.start(serve, "127.0.0.1", 0, tmp_path)
        async with open_town(sandbox.url) as town:
            await town.merchant("fincra", f"{service.url}/hook")
            method, url, headers, body = calls(sandbox)["fincra"]
            link = (await town.client.request(method, url, headers=headers, json=body)).json()["data"]["link"]
            await town.pay(link, "5")
            first = await service.next()
            await tried(town, link, 1)
        nursery.cancel_scope.cancel()
    hand.now += 6
    async with trio.open_nursery() as nursery:
        again = await nursery.start(serve, "127.0.0.1", 0, tmp_path)
        second = await service.next()
        assert (second.body, second.headers["signature"]) == (first.body, first.headers["signature"])
        assert again.fincra_webhook_secret == sandbox.fincra_webhook_secret
        nursery.cancel_scope.cancel()
