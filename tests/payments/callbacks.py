"""BlockBee as the world knows it: a key of 1024 bits, callbacks with its fields, signed over what it sends."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from attrs import field, frozen
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lockbay.payments.provider import Call

PUBLIC_URL: Final = "https://pay.example/lockbay"
ADDRESS: Final = "TKLsVu1Q5RBTHqbhhEUzTRAUZxaCzoGgy1"
NONCE: Final = "n0nce-that-nobody-guesses"
REFERENCE: Final = "4fd2b0c1a95e4c7d8f3e6a7b"

# The fields of the official sample and plugin (docs/apis.md §2.3): a confirmed USDT payment.
OFFICIAL: Final[Mapping[str, str]] = {
    "uuid": "8a2f1c0e-6b8f-4c3b-9a53-d0c4ff0a0001",
    "address_in": ADDRESS,
    "address_out": "TVoLc2eqhWuHpHYXCKbXqBRxLkbFLUiqEf",
    "txid_in": "33d3e6e5a5f2cf1d9e2d0f9d8a0e5b5f9f7e4f1f0d8d0a7c6b5a4938271605f4",
    "txid_out": "ba1c5ea6a5f2cf1d9e2d0f9d8a0e5b5f9f7e4f1f0d8d0a7c6b5a4938271605f4",
    "confirmations": "1",
    "value_coin": "25.5",
    "value_coin_convert": '{"USD": "25.49", "EUR": "22.10"}',
    "value_forwarded_coin": "25.245",
    "fee_coin": "0.255",
    "coin": "trc20_usdt",
    "price": "0.9998",
    "result": "sent",
    "pending": "0",
}


@frozen
class Signer:
    """Holds the private key."""

    key: RSAPrivateKey = field(factory=lambda: generate_private_key(65537, 1024), repr=False)

    @property
    def pem(self) -> str:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, data: bytes) -> bytes:
        return b64encode(self.key.sign(data, PKCS1v15(), SHA256()))

    def get(self, query: str, public_url: str = PUBLIC_URL) -> Call:
        """A GET callback with exactly this query."""
        target = f"/webhooks/blockbee?{query}".encode()
        return Call("GET", target, [(b"x-ca-signature", self.sign(public_url.encode() + target))], b"")

    def post(self, body: bytes, kind: str, query: str) -> Call:
        """A POST callback; the query is not signed."""
        headers = [(b"x-ca-signature", self.sign(body)), (b"content-type", kind.encode())]
        return Call("POST", f"/webhooks/blockbee?{query}".encode(), headers, body)

    def callback(self, own: Mapping[str, object] | None = None, /, **fields: str) -> Call:
        """A GET callback as BlockBee makes it of our callback URL (`own` parameters) and its fields."""
        ours = {"reference": REFERENCE, "nonce": NONCE} if own is None else own
        return self.get(urlencode({**ours, **OFFICIAL, **fields}))
