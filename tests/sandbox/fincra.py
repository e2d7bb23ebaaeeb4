"""A payout as the local Fincra wants it, and what it tells of it."""

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
