"""Payments as the three providers tell of them: whole HTTP requests, signed, ready to be sent."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from attrs import field, frozen

from scripts.processes import HOST
from tests.payments import callbacks, charges
from tests.payments.callbacks import Signer

DYNOPAY_SECRET: Final = "whsec_of_the_load"
FINCRA_SECRET: Final = charges.SECRET


@frozen(order=True)
class Kind:
    """A provider, and whether it is told of money for a wallet or for a trade."""

    provider: str
    purpose: str

    def __str__(self) -> str:
        return f"{self.provider} {self.purpose}"

    def reference(self, number: int | str) -> str:
        """What the places of this kind are called, so that pgbench can name them by their numbers."""
        return f"load-{self.provider}-{self.purpose}-{number}"


# How many events of a hundred.
MIX: Final[Mapping[Kind, int]] = {
    Kind("blockbee", "wallet"): 25,
    Kind("dynopay", "wallet"): 20,
    Kind("fincra", "wallet"): 20,
    Kind("blockbee", "trade"): 15,
    Kind("dynopay", "trade"): 10,
    Kind("fincra", "trade"): 10,
}


@frozen
class Place:
    """A payin of the seed. `value` is what each payment to it brings: for a trade a third of its price."""

    kind: Kind
    number: int
    payin_id: int
    user_id: int
    trade_id: int | None
    currency: str
    network: str
    address: str | None
    value: Decimal

    @property
    def reference(self) -> str:
        return self.kind.reference(self.number)

    @property
    def nonce(self) -> str:
        return f"nonce-of-{self.reference}"


@frozen
class Event:
    """A confirmed payment to a place. `id` is the provider's name of it."""

    id: str
    place: Place


@frozen
class Secrets:
    """What the providers sign with, and where they think that they call."""

    public_url: str
    blockbee: Signer = field(factory=Signer, repr=False)

    @property
    def settings(self) -> dict[str, str]:
        """The service's settings that go with it."""
        return {
            "LOCKBAY_PUBLIC_URL": self.public_url,
            "LOCKBAY_BLOCKBEE_PUBLIC_KEY": self.blockbee.pem,
            "LOCKBAY_DYNOPAY_WEBHOOK_SECRET": DYNOPAY_SECRET,
            "LOCKBAY_FINCRA_WEBHOOK_SECRET": FINCRA_SECRET,
        }

    def request(self, event: Event) -> bytes:
        """The event's request, signed now: DynoPay's are believed for five minutes."""
        return REQUESTS[event.place.kind.provider](self, event)

    def _blockbee(self, event: Event) -> bytes:
        place = event.place
        coin = {"TRC20": "trc20_usdt", "ERC20": "erc20_usdt"}[place.network]
        fields = {**callbacks.OFFICIAL, "uuid": event.id, "value_coin": str(place.value), "coin": coin}
        own = {"reference": place.reference, "nonce": place.nonce, "address_in": place.address}
        call = self.blockbee.get(urlencode({**fields, **own}), self.public_url)
        return request("GET", call.target, call.headers)

    def _dynopay(self, event: Event) -> bytes:
        place, at = event.place, str(int(time.time()))
        fields = {
            "event": "payment.confirmed", "payment_type": "direct_api", "payment_id": event.id, "status": "successful",
            "transaction_reference": f"0x{event.id}", "payment_status": "confirmed", "amount": str(place.value),
            "currency": f"{place.currency}-{place.network}", "base_amount": 25.49, "base_currency": "USD",
            "fee_payer": "company", "customer_name": "Ọláníyì", "meta_data": {"reference": place.reference},
            "address": place.address, "webhook_id": "w1", "sent_at": "2026-11-22T12:00:00.000Z",
        }  # fmt: skip
        body = charges.stringify(fields)
        signature = hmac.digest(DYNOPAY_SECRET.encode(), at.encode() + b"." + body, hashlib.sha256).hex()
        header = (b"x-dynopay-signature-v2", f"t={at},v1={signature}".encode())
        return request("POST", b"/webhooks/dynopay", [header, JSON], body)

    def _fincra(self, event: Event) -> bytes:
        place = event.place
        data = {**charges.OFFICIAL, "chargeReference": event.id, "reference": place.reference}
        body = charges.stringify({"event": "charge.successful", "data": {**data, "amountReceived": str(place.value)}})
        return request("POST", b"/webhooks/fincra", [(b"signature", charges.sign(body, FINCRA_SECRET)), JSON], body)


JSON: Final = (b"content-type", b"application/json")
REQUESTS: Final[Mapping[str, Callable[[Secrets, Event], bytes]]] = {
    "blockbee": Secrets._blockbee,
    "dynopay": Secrets._dynopay,
    "fincra": Secrets._fincra,
}


def request(method: str, target: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes = b"") -> bytes:
    """As providers' clients send it: with a few headers that nobody reads."""
    sent = [(b"host", HOST.encode()), (b"accept", b"*/*"), (b"user-agent", b"provider/1.0"), *headers]
    if method == "POST":
        sent.append((b"content-length", str(len(body)).encode()))
    lines = b"".join(b"%b: %b\r\n" % pair for pair in sent)
    return b"%b %b HTTP/1.1\r\n%b\r\n%b" % (method.encode(), target, lines, body)


def events(places: Mapping[Kind, Sequence[Place]], count: int, name: str, chance: random.Random) -> list[Event]:
    """So many payments, of all kinds as in MIX. `name` makes their ids fresh."""
    kinds = chance.choices(list(MIX), weights=list(MIX.values()), k=count)
    return [Event(f"{name}-{number}", chance.choice(places[kind])) for number, kind in enumerate(kinds)]


def described(mix: Mapping[Kind, int] = MIX) -> str:
    return ", ".join(f"{share} % {kind}" for kind, share in mix.items())


def as_headers(event: Event, secrets: Secrets) -> str:
    """What is stored of an event's headers, for pgbench's statement: as long as the service's."""
    head = secrets.request(event).split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    pairs = [[part.decode() for part in line.split(b": ", 1)] for line in head]
    return json.dumps({"method": "POST", "headers": pairs})
