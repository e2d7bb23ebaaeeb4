"""The local Fincra pays out: strict about what it takes, once for a reference, and tells how it ends."""

from __future__ import annotations

import httpx
import pytest

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Town
from tests.sandbox.conftest import Hand
from tests.sandbox.fincra import PAYOUTS, TO, asked, moved, told
from tests.sandbox.fincra import fincra as fincra
from tests.sandbox.fincra import wanted as wanted
from tests.sandbox.service import Service


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
