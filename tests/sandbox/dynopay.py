"""What tests ask of the local DynoPay, and how they read its webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TypedDict

import httpx

from tests.sandbox.service import Call, Service


class Made(TypedDict):
    """What is answered to who asks for an address."""

    address: str
    amount: float
    currency: str
    base_amount: float
    base_currency: str
    payment_id: str
    transaction_id: str
    qr_code: str


def wanted(service: Service, **fields: object) -> dict[str, object]:
    hook = {"webhook_url": f"{service.url}/hook?own=1", "meta_data": {"reference": "r-1"}}
    return {"amount": 60, "currency": "USDT-TRC20", **hook, **fields}


async def make(dynopay: httpx.AsyncClient, service: Service, **fields: object) -> Made:
    response = await dynopay.post("/cryptoPayment", json=wanted(service, **fields))
    data: Made = response.json()["data"]
    assert isinstance(data, dict)
    return data


def own(calls: list[Call]) -> list[Call]:
    return [call for call in calls if "own=1" in call.url]


def said(call: Call) -> dict[str, object]:
    body = json.loads(call.body)
    assert isinstance(body, dict)
    return body


def fitting(call: Call, secret: str) -> list[bool]:
    """Of each v1 in the header whether it is a signature of that secret, by the rules of the documentation."""
    stamp, *signatures = call.headers["x-dynopay-signature-v2"].split(",")
    assert stamp.startswith("t=")
    mac = hmac.new(secret.encode(), stamp[2:].encode() + b"." + call.body, hashlib.sha256).hexdigest()
    return [signature == f"v1={mac}" for signature in signatures]


def ids(calls: list[Call]) -> set[str]:
    return {call.headers["x-dynopay-webhook-id"] for call in calls}
