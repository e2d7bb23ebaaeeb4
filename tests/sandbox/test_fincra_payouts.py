"""The local Fincra pays out: strict about what it takes, once for a reference, and tells how it ends."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import NotSeen, Town
from tests.sandbox.conftest import Hand
from tests.sandbox.service import Call, Service

PAYOUTS = "/disbursements/payouts"
TO: Mapping[str, object] = {
    "firstName": "Adé",
    "lastName": "Ọlá",
    "accountHolderName": "ADÉ ỌLÁ",
    "accountNumber": "0123456789",
    "bankCode": "058",
    "country": "NG",
    "type": "individual",
}


@pytest.fixture
async def fincra(sandbox: Sandbox, town: Town, service: Service) -> AsyncIterator[httpx.AsyncClient]:
    await town.merchant("fincra", f"{service.url}/hook")
    headers = {"api-key": sandbox.fincra_secret_key}
    async with httpx.AsyncClient(base_url=sandbox.fincra_url, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def wanted(sandbox: Sandbox) -> dict[str, object]:
    return {
        "business": sandbox.fincra_business_id,
        "sourceCurrency": "NGN",
        "destinationCurrency": "NGN",
        "amount": "1500.50",
        "description": "Cash-out C-1",
        "paymentDestination": "bank_account",
        "customerReference": "co-1",
        "beneficiary": dict(TO),
    }


async def asked(fincra: httpx.AsyncClient, reference: str = "co-1") -> Mapping[str, object]:
    found = (await fincra.get(f"{PAYOUTS}/customer-reference/{reference}")).json()["data"]
    assert isinstance(found, dict)
    return found


def told(call: Call, sandbox: Sandbox) -> tuple[str, dict[str, object]]:
    """The event and its data, when the signature is right."""
    mac = hmac.new(sandbox.fincra_webhook_secret.encode(), call.body, hashlib.sha512).hexdigest()
    assert call.headers["signature"] == mac
    body = json.loads(call.body)
    return body["event"], body["data"]


async def moved(town: Town, hand: Hand, seconds: float) -> None:
    hand.now += seconds
    await town.confirm("")


async def test_a_payout_is_processed_done_and_told(
    fincra: httpx.AsyncClient,
    wanted: dict[str, object],
    town: Town,
    service: Service,
    sandbox: Sandbox,
    hand: Hand,
) -> None:
    made = (await fincra.post(PAYOUTS, json=wanted)).json()
    assert (made["success"], made["data"]["status"]) == (True, "processing")
    assert ((await asked(fincra))["status"], service.is_quiet()) == ("processing", True)
    await moved(town, hand, 2)
    event, data = told(await service.next(), sandbox)
    assert (event, data["status"], data["customerReference"]) == ("payout.successful", "successful", "co-1")
    assert (data["amountReceived"], data["fee"], data["amountCharged"]) == (1500.5, 50, 1550.5)
    assert (data["id"], data["reference"]) == (made["data"]["id"], made["data"]["reference"])
    assert data == await asked(fincra)
    by_reference = await fincra.get(f"{PAYOUTS}/reference/{data['reference']}")
    assert by_reference.json()["data"] == data
    assert (await fincra.get(f"{PAYOUTS}/customer-reference/co-2")).json()["errorType"] == "RESOURCE_NOT_FOUND"


@pytest.mark.parametrize(
    "wrong",
    [
        {"business": "another's"},
        {"sourceCurrency": "USD"},
        {"destinationCurrency": "GHS"},
        {"amount": 1500.5},
        {"amount": "0.00"},
        {"amount": "-5"},
        {"amount": "1.005"},
        {"amount": "1e3"},
        {"description": " "},
        {"paymentDestination": "mobile_money_wallet"},
        {"customerReference": "two words"},
        {"beneficiary": "Adé"},
        {"unheardOf": 1},
        {"beneficiary": {**TO, "firstName": ""}},
        {"beneficiary": {**TO, "accountNumber": "012345678"}},
        {"beneficiary": {**TO, "accountNumber": 123456789}},
        {"beneficiary": {**TO, "bankCode": "000"}},
        {"beneficiary": {**TO, "country": "GH"}},
        {"beneficiary": {**TO, "type": "friend"}},
        {"beneficiary": {**TO, "email": "ade"}},
        {"beneficiary": {**TO, "age": "5"}},
    ],
)
async def test_wrong_payouts_are_refused(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, wrong: dict[str, object]
) -> None:
    response = await fincra.post(PAYOUTS, json={**wanted, **wrong})
    assert (response.status_code, response.json()["errorType"]) == (400, "VALIDATION_FAILED")
    assert await town.payouts.all() == []


async def test_nothing_that_is_needed_may_be_missing(fincra: httpx.AsyncClient, wanted: dict[str, object]) -> None:
    for missing in wanted:
        response = await fincra.post(PAYOUTS, json={name: wanted[name] for name in wanted if name != missing})
        assert (response.status_code, response.json()["error"]) == (400, f'"{missing}" is required')
    for missing in TO.keys() - {"lastName"}:
        to = {name: TO[name] for name in TO if name != missing}
        response = await fincra.post(PAYOUTS, json={**wanted, "beneficiary": to})
        assert response.json()["error"] == f'beneficiary: "{missing}" is required'


async def test_the_key_is_wanted(fincra: httpx.AsyncClient, wanted: dict[str, object]) -> None:
    fincra.headers["api-key"] = "wrong"
    for response in (
        await fincra.post(PAYOUTS, json=wanted),
        await fincra.get(f"{PAYOUTS}/customer-reference/co-1"),
        await fincra.get("/core/banks"),
        await fincra.post("/core/accounts/resolve", json={}),
        await fincra.get("/wallets"),
    ):
        assert response.status_code == 401


async def test_a_reference_is_paid_once(fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town) -> None:
    await fincra.post(PAYOUTS, json=wanted)
    again = await fincra.post(PAYOUTS, json={**wanted, "amount": "1"})
    assert again.json()["errorType"] == "DUPLICATE_CUSTOMER_REFERENCE"
    assert [payout["amount"] for payout in await town.payouts.all()] == ["1500.5"]


@pytest.mark.parametrize(("how", "number"), [("fail", "0123456789"), ("succeed", "0123456000")])
async def test_what_fails_is_told_with_its_reason(
    fincra: httpx.AsyncClient,
    wanted: dict[str, object],
    town: Town,
    service: Service,
    sandbox: Sandbox,
    hand: Hand,
    how: str,
    number: str,
) -> None:
    await town.payouts.next(how)
    made = await fincra.post(PAYOUTS, json={**wanted, "beneficiary": {**TO, "accountNumber": number}})
    assert made.json()["data"]["status"] == "processing"
    await moved(town, hand, 2)
    event, data = told(await service.next(), sandbox)
    assert (event, data["status"]) == ("payout.failed", "failed")
    assert data["reason"]


async def test_without_funds_nothing_is_taken(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, sandbox: Sandbox, hand: Hand
) -> None:
    await town.payouts.next("no_funds")
    short = await fincra.post(PAYOUTS, json=wanted)
    assert short.json()["errorType"] == "NO_ENOUGH_MONEY_IN_WALLET"
    await town.payouts.pot("fincra", "NGN", "1550.50")
    assert (await fincra.post(PAYOUTS, json=wanted)).is_success
    short = await fincra.post(PAYOUTS, json={**wanted, "customerReference": "co-2", "amount": "1"})
    assert short.json()["errorType"] == "NO_ENOUGH_MONEY_IN_WALLET"
    wallets = await fincra.get("/wallets", params={"businessID": sandbox.fincra_business_id})
    assert wallets.json()["data"][0]["availableBalance"] == 0
    await town.payouts.fails("co-1")
    wallets = await fincra.get("/wallets", params={"businessID": sandbox.fincra_business_id})
    assert wallets.json()["data"][0]["availableBalance"] == 1550.5


async def test_a_refusal_takes_nothing(fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town) -> None:
    await town.payouts.next("refuse")
    refused = await fincra.post(PAYOUTS, json=wanted)
    assert (refused.status_code, refused.json()["errorType"]) == (422, "UNPROCESSABLE_ENTITY")
    assert await town.payouts.all() == []


@pytest.mark.parametrize(("how", "taken"), [("timeout", True), ("lost", False), ("error", True), ("broken", False)])
async def test_who_gets_no_answer_has_to_ask(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, how: str, taken: bool
) -> None:
    await town.payouts.next(how)
    if how in ("timeout", "lost"):
        with pytest.raises(httpx.ReadTimeout):
            await fincra.post(PAYOUTS, json=wanted, timeout=0.3)
    else:
        broken = await fincra.post(PAYOUTS, json=wanted)
        assert (broken.status_code, broken.json()["errorType"]) == (500, "INTERNAL_SERVER_ERROR")
    known = await fincra.get(f"{PAYOUTS}/customer-reference/co-1")
    assert known.status_code == (200 if taken else 404)
    again = await fincra.post(PAYOUTS, json=wanted)
    assert again.is_success is not taken


@pytest.mark.parametrize(("how", "known"), [("late", 200), ("slow", 404)])
async def test_a_late_answer_is_preceded_by_its_effect_or_not(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, how: str, known: int
) -> None:
    await town.payouts.next(how, delay=0.5)
    answers: list[httpx.Response] = []

    async def ask() -> None:
        answers.append(await fincra.post(PAYOUTS, json=wanted))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        with trio.fail_after(5):
            while (await town.payouts.orders()) != []:  # until the order has been taken
                await wait_all_tasks_blocked()
        assert (await fincra.get(f"{PAYOUTS}/customer-reference/co-1")).status_code == known
    assert answers[0].json()["data"]["status"] == "processing"
    assert (await asked(fincra))["status"] == "processing"


async def test_what_is_slow_is_taken_though_nobody_waits(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town
) -> None:
    await town.payouts.next("slow", delay=0.5)
    with pytest.raises(httpx.ReadTimeout):
        await fincra.post(PAYOUTS, json=wanted, timeout=0.2)
    assert (await fincra.get(f"{PAYOUTS}/customer-reference/co-1")).status_code == 404
    assert (await town.payouts.sees("co-1"))["state"] == "processing"


async def test_a_slow_payout_whose_reference_came_again_is_paid_once(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town
) -> None:
    await town.payouts.next("slow", delay=0.4)
    with pytest.raises(httpx.ReadTimeout):
        await fincra.post(PAYOUTS, json=wanted, timeout=0.1)
    await fincra.post(PAYOUTS, json=wanted)
    await town.payouts.next("slow", delay=0.5)
    await fincra.post(PAYOUTS, json={**wanted, "customerReference": "co-2"})  # after the first one has come
    assert [payout["reference"] for payout in await town.payouts.all()] == ["co-2", "co-1"]


async def test_only_who_asks_learns_what_nobody_is_told(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, service: Service, sandbox: Sandbox, hand: Hand
) -> None:
    await town.payouts.next("silent")
    await fincra.post(PAYOUTS, json=wanted)
    await moved(town, hand, 2)
    assert ((await asked(fincra))["status"], service.is_quiet()) == ("successful", True)
    await town.payouts.tells("co-1")
    assert told(await service.next(), sandbox)[0] == "payout.successful"


async def test_an_end_may_be_told_twice(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, service: Service, hand: Hand
) -> None:
    await town.payouts.next("again")
    await fincra.post(PAYOUTS, json=wanted)
    await moved(town, hand, 2)
    first, second = await service.all(2)
    assert first.body == second.body


async def test_what_waits_is_ended_by_hand_and_may_be_sent_back(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, service: Service, sandbox: Sandbox, hand: Hand
) -> None:
    await town.payouts.next("hold")
    await fincra.post(PAYOUTS, json=wanted)
    await moved(town, hand, 1e6)
    assert ((await asked(fincra))["status"], service.is_quiet()) == ("processing", True)
    with pytest.raises(AssertionError, match="has not ended"):
        await town.payouts.tells("co-1")
    await town.payouts.done("co-1")
    assert told(await service.next(), sandbox)[0] == "payout.successful"
    await town.payouts.fails("co-1", "Account closed")
    event, data = told(await service.next(), sandbox)
    assert (event, data["reason"]) == ("payout.failed", "Account closed")


async def test_what_is_ended_before_its_time_is_told_once(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, service: Service, sandbox: Sandbox, hand: Hand
) -> None:
    await fincra.post(PAYOUTS, json=wanted)
    await town.payouts.fails("co-1")
    assert told(await service.next(), sandbox)[0] == "payout.failed"
    payout = await town.payouts.sees("co-1", "failed")
    assert len(await town.told(str(payout["id"]))) == 1
    await moved(town, hand, 10)
    assert ((await asked(fincra))["status"], service.is_quiet()) == ("failed", True)


async def test_ways_come_one_after_another_before_the_usual_one(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town
) -> None:
    await town.payouts.always("refuse", "kraken")
    await town.payouts.always("no_funds", "fincra")
    await town.payouts.always("silent", "fincra")
    await town.payouts.next("hold", 2)
    await town.payouts.next("fail")
    for number in range(5):
        await fincra.post(PAYOUTS, json={**wanted, "customerReference": f"co-{number}"})
    hows = [payout["how"] for payout in await town.payouts.all()]
    assert hows == ["silent", "silent", "fail", "hold", "hold"]
    await town.payouts.usual()
    await fincra.post(PAYOUTS, json={**wanted, "customerReference": "co-5"})
    assert (await town.payouts.sees("co-5"))["how"] == "succeed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": "sideways"},
        {"how": "fail", "times": 0},
        {"how": "fail", "provider": "nobody"},
        {"how": "fail", "delay": -1},
        {"how": "fail", "unheard": 1},
    ],
)
async def test_a_way_that_makes_no_sense_is_refused(town: Town, wrong: dict[str, object]) -> None:
    assert (await town.client.post("/api/payouts/ways", json=wrong)).status_code == 400


async def test_what_was_asked_of_it_can_be_waited_for(town: Town) -> None:
    with pytest.raises(NotSeen, match="No payout co-9"):
        await town.payouts.sees("co-9", within=0.1)
    with pytest.raises(AssertionError, match="no payout co-9"):
        await town.payouts.done("co-9")
    with pytest.raises(AssertionError, match="no pot DOGE"):
        await town.payouts.pot("fincra", "DOGE", "1")


async def test_banks_have_names_and_codes(fincra: httpx.AsyncClient) -> None:
    banks = (await fincra.get("/core/banks", params={"currency": "NGN", "country": "NG"})).json()["data"]
    named = {bank["code"]: bank["name"] for bank in banks}
    assert (named["058"], named["057"], len(named) >= 25) == ("Guaranty Trust Bank", "Zenith Bank", True)
    assert (await fincra.get("/core/banks", params={"currency": "GHS"})).status_code == 400


async def test_an_account_has_the_name_that_its_number_gives_it(fincra: httpx.AsyncClient) -> None:
    body = {"accountNumber": "0123456789", "bankCode": "058", "type": "nuban"}
    first = (await fincra.post("/core/accounts/resolve", json=body)).json()["data"]
    assert (first["accountNumber"], first["bankCode"]) == ("0123456789", "058")
    assert first["accountName"].isupper()
    again = (await fincra.post("/core/accounts/resolve", json={**body, "bankCode": "057"})).json()["data"]
    assert again["accountName"] == first["accountName"]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"accountNumber": "0123456000"}, 422),
        ({"bankCode": "999"}, 422),
        ({"accountNumber": "123"}, 400),
        ({"accountNumber": "01234567891"}, 400),
        ({"accountNumber": 123456789}, 400),
        ({"type": "iban"}, 400),
        ({"country": "NG"}, 400),
    ],
)
async def test_what_is_no_account_does_not_resolve(
    fincra: httpx.AsyncClient, wrong: dict[str, object], status: int
) -> None:
    body = {"accountNumber": "0123456789", "bankCode": "058", "type": "nuban", **wrong}
    assert (await fincra.post("/core/accounts/resolve", json=body)).status_code == status
