"""Fincra as the world knows it: webhooks in the very bytes of JSON.stringify, signed with the webhook's key."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Final

from lockbay.payments.provider import Call
from tests.payments.callbacks import REFERENCE

SECRET: Final = "a-webhook-key-of-fincra"

# docs.fincra.com, Charges Webhook (Checkout & Direct Charge); the amounts are those of its example of a short payment.
OFFICIAL: Final[dict[str, object]] = {
    "chargeReference": "fcr-bt-1fdb97899hd82", "amountToSettle": 198.5, "id": 892892,
    "authorization": {"mode": None, "redirect": None, "metadata": None}, "auth_model": None,
    "amount": 355.27, "amountExpected": 355.27, "amountReceived": 200, "varianceType": "underpaid", "currency": "NGN",
    "fee": 1.5, "vat": 0.11, "message": "", "actionRequired": None, "status": "success", "reference": REFERENCE,
    "description": "checkout", "type": "bank_transfer",
    "customer": {"name": "Ọláníyì Adébáyọ̀ 💸", "email": "customer@theirmail.com", "phoneNumber": "2348189299860"},
    "metadata": {}, "settlementDestination": "wallet", "settlementTime": "instant",
    "virtualAccount": {
        "bankName": "globus", "id": "6645e0h8s783h8s0ee8f673", "accountNumber": "39973787851",
        "sessionId": "ETZ-09F87348787388OHT", "payerAccountName": " Fincra DevRel", "payerBankName": "Access Bank PLC",
    },
}  # fmt: skip
# docs.fincra.com, Collection: money in a virtual account.
COLLECTION: Final[dict[str, object]] = {
    "business": "61602d2950139ad72e619891", "virtualAccount": "61dc08222d2cc644566c5a591", "sourceCurrency": "NGN",
    "destinationCurrency": "NGN", "sourceAmount": 200, "destinationAmount": 200, "amountReceived": 100, "fee": 100,
    "customerName": "Ultimate Global Ventures", "settlementDestination": "wallet", "status": "successful",
    "initiatedAt": "2022-03-28T07:15:19.402Z", "reference": "f9121b33-7e15-409e-b588-36c6146d5823",
}  # fmt: skip


def stringify(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sign(body: bytes, secret: str = SECRET) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha512).hexdigest().encode()


def signed(body: bytes) -> Call:
    headers = [(b"signature", sign(body)), (b"content-type", b"application/json")]
    return Call("POST", b"/webhooks/fincra", headers, body)


def told(event: str = "charge.successful", /, **change: object) -> Call:
    """A webhook about a charge; a change to None leaves a field out."""
    data = {name: value for name, value in {**OFFICIAL, **change}.items() if value is not None}
    return signed(stringify({"event": event, "data": data}))
