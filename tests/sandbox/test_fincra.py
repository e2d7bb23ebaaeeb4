"""The local Fincra: strict about checkouts, a page to pay on, and a webhook over the very bytes of its body."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Town
from tests.sandbox.conftest import Hand
from tests.sandbox.service import Call, Service, tried

PAYMENTS = "/checkout/payments"
WANTED: Mapping[str, object] = {
    "amount": 355.27,
    "currency": "NGN",
    "reference": "r-1",
    "customer": {"name": "Adé Ọlá", "email": "ade@example.com"},
    "paymentMethods": ["bank_transfer"],
    "redirectUrl": "https://t.me/lockbay_bot",
    "metadata": {"n": 1.50},
}


@pytest.fixture
async def fincra(sandbox: Sandbox, town: Town, service: Service) -> AsyncIterator[httpx.AsyncClient]:
    await town.merchant("fincra", f"{service.url}/hook")
    headers = {
        "api-key": sandbox.fincra_secret_key,
        "x-pub-key": sandbox.fincra_public_key,
        "x-business-id": sandbox.fincra_business_id,
    }
    async with httpx.AsyncClient(base_url=sandbox.fincra_url, headers=headers, trust_env=False) as client:
        yield client


async def make(fincra: httpx.AsyncClient, **fields: object) -> Mapping[str, str]:
    answer = (await fincra.post(PAYMENTS, json={**WANTED, **fields})).json()
    assert answer["status"] is True, answer
    data = answer["data"]
    assert isinstance(data, dict)
    return data


def data(call: Call) -> dict[str, object]:
    body = json.loads(call.body)
    assert body["event"] == "charge.successful"
    assert isinstance(body["data"], dict)
    return body["data"]


def is_signed(call: Call, sandbox: Sandbox) -> bool:
    mac = hmac.new(sandbox.fincra_webhook_secret.encode(), call.body, hashlib.sha512).hexdigest()
    return call.headers["signature"] == mac


async def state(fincra: httpx.AsyncClient, reference: str = "r-1") -> dict[str, object]:
    found = (await fincra.get(f"{PAYMENTS}/merchant-reference/{reference}")).json()["data"]
    assert isinstance(found, dict)
    return found


async def test_a_checkout_has_a_link_to_a_page(fincra: httpx.AsyncClient, town: Town) -> None:
    made = await make(fincra)
    assert (made["reference"], made["link"].rpartition("/")[2]) == ("r-1", made["payCode"])
    assert "text/html" in (await town.client.get(made["link"])).headers["content-type"]
    shown = (await town.client.get(f"/api/fincra/checkout/{made['payCode']}")).json()
    assert (shown["expected"], shown["payer"], len(shown["account"])) == ("355.27", "Adé Ọlá", 10)
    without = await make(fincra, reference="r-2")
    assert without["link"] != made["link"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "355.27"},
        {"amount": 0},
        {"amount": 1.005},
        {"amount": 1e30},
        {"amount": True},
        {"currency": "USD"},
        {"customer": "Ade"},
        {"customer": {"name": "Ade"}},
        {"customer": {"name": " ", "email": "ade@example.com"}},
        {"customer": {"name": "Ade", "email": "ade"}},
        {"customer": {"name": "Ade", "email": "ade@example.com", "age": 5}},
        {"feeBearer": "nobody"},
        {"reference": "two words"},
        {"redirectUrl": "t.me"},
        {"redirectUrl": "http://[::1"},
        {"paymentMethods": ["cash"]},
        {"paymentMethods": []},
        {"defaultPaymentMethod": "cash"},
        {"metadata": "r-1"},
        {"settlementDestination": "pocket"},
        {"unheardOf": 1},
    ],
)
async def test_wrong_checkouts_are_refused(fincra: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    response = await fincra.post(PAYMENTS, json={**WANTED, **wrong})
    assert (response.status_code, response.json()["errorType"]) == (400, "VALIDATION_FAILED")


@pytest.mark.parametrize("missing", ["amount", "currency", "customer"])
async def test_nothing_that_is_needed_may_be_missing(fincra: httpx.AsyncClient, missing: str) -> None:
    body = {name: value for name, value in WANTED.items() if name != missing}
    response = await fincra.post(PAYMENTS, json=body)
    assert (response.status_code, response.json()["error"]) == (400, f'"{missing}" is required')


async def test_a_reference_is_used_once(fincra: httpx.AsyncClient) -> None:
    await make(fincra)
    again = await fincra.post(PAYMENTS, json=dict(WANTED))
    assert (again.status_code, again.json()["errorType"]) == (400, "DUPLICATE_REFERENCE")


@pytest.mark.parametrize("header", ["api-key", "x-pub-key", "x-business-id"])
async def test_all_keys_are_wanted(fincra: httpx.AsyncClient, header: str) -> None:
    await make(fincra)
    wrong = {header: "wrong"}
    if header == "x-business-id":
        response = await fincra.get(f"{PAYMENTS}/merchant-reference/r-1", headers=wrong)
    else:
        response = await fincra.post(PAYMENTS, json={**WANTED, "reference": "r-2"}, headers=wrong)
    assert (response.status_code, response.json()["error"]) == (401, "Invalid authentication credentials")
    del fincra.headers["api-key"]
    response = await fincra.post(PAYMENTS, json=dict(WANTED))
    assert (response.status_code, response.json()["error"]) == (401, "No API key found in request")


async def test_success_is_told_over_the_very_bytes_with_what_was_received(
    fincra: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox
) -> None:
    made = await make(fincra)
    await town.pay(made["link"], "200")
    call = await service.next()
    assert is_signed(call, sandbox)
    told = data(call)
    assert (told["amount"], told["amountExpected"], told["amountReceived"]) == (355.27, 355.27, 200)
    assert (told["status"], told["reference"], told["varianceType"]) == ("success", "r-1", "underpayment")
    assert (told["currency"], told["metadata"]) == ("NGN", {"n": 1.5})
    assert b'"amountReceived":200,' in call.body  # JSON.stringify has no 200.0
    assert '"name":"Adé Ọlá"'.encode() in call.body
    assert not {b": ", b", "} & {call.body[i : i + 2] for i in range(len(call.body))}


@pytest.mark.parametrize(
    ("how", "received"),
    [
        ("exact", [100]),
        ("short", [90]),
        ("over", [110]),
        ("twice", [100, 100]),
        ("again", [100, 100]),
        ("out_of_order", [50, 50]),
    ],
)
async def test_people_pay_in_many_ways(
    fincra: httpx.AsyncClient, service: Service, town: Town, how: str, received: list[int]
) -> None:
    uuids = await town.pay((await make(fincra))["reference"], "100", how)
    told = [data(call) for call in await service.all(len(received))]
    assert [charge["amountReceived"] for charge in told] == received
    assert {charge["chargeReference"] for charge in told} == set(uuids)


async def test_a_wrong_currency_is_told_as_such(fincra: httpx.AsyncClient, service: Service, town: Town) -> None:
    await make(fincra)
    await town.pay("r-1", "100", "wrong_coin")
    assert data(await service.next())["currency"] == "GHS"


async def test_only_who_asks_learns_what_nobody_was_told(
    fincra: httpx.AsyncClient, service: Service, town: Town
) -> None:
    await make(fincra)
    assert (await state(fincra))["status"] == "pending"
    (charge,) = await town.pay("r-1", "100", "never_told")
    known = await state(fincra)
    assert (known["status"], known["amountReceived"], known["chargeReference"]) == ("success", 100, charge)
    assert (known["merchantReference"], known["currency"], service.is_quiet()) == ("r-1", "NGN", True)
    assert (await fincra.get(f"{PAYMENTS}/merchant-reference/unknown")).status_code == 404


async def test_what_is_late_is_not_known_before_it_comes(
    fincra: httpx.AsyncClient, service: Service, town: Town, hand: Hand
) -> None:
    await make(fincra)
    await town.pay("r-1", "100", "late")
    assert ((await state(fincra))["status"], service.is_quiet()) == ("pending", True)
    hand.now += 60
    await town.confirm("")
    assert data(await service.next())["amountReceived"] == 100
    assert (await state(fincra))["status"] == "success"


async def test_a_forged_event_is_signed_by_somebody_else(
    fincra: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox
) -> None:
    await make(fincra)
    service.answers = [401]
    (charge,) = await town.pay("r-1", "100", "bad_signature")
    assert not is_signed(await service.next(), sandbox)
    (delivery,) = await town.told(charge)
    assert (delivery["failed"], delivery["last"]) == (True, "401 ")
    assert (await state(fincra))["status"] == "pending"


async def test_it_gives_up_after_some_tries_until_somebody_resends(
    fincra: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox, hand: Hand
) -> None:
    await make(fincra)
    service.answers = [503, 400, 503, 500]
    (charge,) = await town.pay("r-1", "100")
    first = await service.next()
    for number, pause in ((1, 5), (2, 10), (3, 20)):
        await tried(town, "r-1", number)
        hand.now += pause
        await town.confirm("")
        assert (await service.next()).body == first.body
    (delivery,) = await town.told(charge)
    assert (delivery["failed"], delivery["tries"]) == (True, 4)
    await town.resend(charge)
    assert (await service.next()).body == first.body
    assert "done" in (await town.told(charge))[1]


async def test_without_a_webhook_url_nobody_is_told(sandbox: Sandbox, fincra: httpx.AsyncClient, town: Town) -> None:
    await make(fincra)
    for url in ("nonsense", "https://example.com/hook"):
        assert (await town.client.post("/api/fincra/webhook", json={"url": url})).status_code == 400
