"""Callbacks from the local BlockBee to the service: signed, and repeated until the answer is *ok*.

Signature (https://docs.blockbee.io/webhooks/verify-webhook-signature): x-ca-signature, base64, RSA-1024, SHA-256,
PKCS#1 v1.5; over the whole URL for GET, over the raw body for POST.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import httpx
import orjson
import trio
from attrs import evolve
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lockbay.sandbox.deposits import Delivery, Deposit, Payment
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.journal import Counters, Journal

PATIENCE: Final = 30.0  # seconds for an answer, as BlockBee's
RSA_BITS: Final = 1024  # BlockBee's own; enough for a sandbox only


class Signer:
    """BlockBee's key pair, kept in a file."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_fresh_key())
            path.chmod(0o600)
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key

    @property
    def public_key(self) -> str:
        """PEM, as the service is configured with it."""
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return self._key.public_key().public_bytes(*form).decode()

    def sign(self, content: bytes) -> str:
        return base64.b64encode(self._key.sign(content, padding.PKCS1v15(), hashes.SHA256())).decode()


class Callbacks:
    """Deliveries in the order of each payment, due ones at once. Survives restarts.

    A try that fails is repeated after `first_retry` seconds, then after twice as long each time (BlockBee: 6 minutes).
    """

    def __init__(
        self,
        journal: Journal,
        counters: Counters,
        feed: Feed,
        signer: Signer,
        clock: Callable[[], float],
        first_retry: float,
    ) -> None:
        self._table = journal.table("delivery", Delivery)
        self._counters, self._feed, self._signer, self._clock = counters, feed, signer, clock
        self._first_retry = first_retry
        self._lot = trio.lowlevel.ParkingLot()

    def plan(self, uuid: str, *, pending: bool, due: float) -> Delivery:
        number = self._counters.next("delivery")
        delivery = self._table.put(number, Delivery(number, uuid, pending, due))
        self._lot.unpark_all()
        return delivery

    def hurry(self, uuid: str) -> int:
        """All that is open for that payment is due now. Gives their number."""
        waiting = [delivery for delivery in self._open() if delivery.uuid == uuid]
        for delivery in waiting:
            self._table.put(delivery.id, evolve(delivery, due=self._clock()))
        self._lot.unpark_all()
        return len(waiting)

    def of(self, uuid: str) -> list[Delivery]:
        return [delivery for delivery in self._table if delivery.uuid == uuid]

    async def run(self, find: Callable[[str], tuple[Payment, Deposit] | None]) -> None:
        """Deliver until cancelled. `find` tells whose payment a uuid is."""
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            while True:
                now = self._clock()
                async with trio.open_nursery() as nursery:
                    for delivery in _first_of_each(d for d in self._open() if d.due <= now):
                        if found := find(delivery.uuid):
                            nursery.start_soon(self._try, client, delivery, *found)
                await self._until_due()

    def _open(self) -> list[Delivery]:
        return [delivery for delivery in self._table if delivery.done is None]

    async def _until_due(self) -> None:
        due = min((delivery.due for delivery in self._open()), default=math.inf)
        with trio.move_on_after(max(0.0, due - self._clock())):
            await self._lot.park()

    async def _try(self, client: httpx.AsyncClient, delivery: Delivery, payment: Payment, deposit: Deposit) -> None:
        last = await self._send(client, self._request(client, delivery, payment, deposit))
        now, tries = self._clock(), delivery.tries + 1
        wait = self._first_retry * 2.0**delivery.tries
        tried = evolve(delivery, tries=tries, last=last, due=now + wait, done=now if last == "200 *ok*" else None)
        self._table.put(delivery.id, tried)
        self._feed.tell("payment", None, {**tried.as_json(), "address": payment.address})

    async def _send(self, client: httpx.AsyncClient, request: httpx.Request) -> str:
        """What came back, in a line."""
        try:
            response = await client.send(request)
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}"[:200]
        return f"{response.status_code} {response.text[:100]}"

    def _request(
        self, client: httpx.AsyncClient, delivery: Delivery, payment: Payment, deposit: Deposit
    ) -> httpx.Request:
        fields = payment.fields(deposit, pending=delivery.pending)
        if not deposit.post:
            mark = "&" if "?" in deposit.callback else "?"
            request = client.build_request("GET", f"{deposit.callback}{mark}{urlencode(fields)}")
            signed = str(request.url).encode()
        else:
            body = orjson.dumps(fields) if deposit.json else urlencode(fields).encode()
            kind = "application/json" if deposit.json else "application/x-www-form-urlencoded"
            request = client.build_request("POST", deposit.callback, content=body, headers={"content-type": kind})
            signed = body
        request.headers["x-ca-signature"] = self._signer.sign(signed)
        return request


def _first_of_each(due: Iterable[Delivery]) -> list[Delivery]:
    """Of each payment only its first: confirmed is not told beside pending, but after it."""
    first: dict[str, Delivery] = {}
    for delivery in due:
        first.setdefault(delivery.uuid, delivery)
    return list(first.values())


def _fresh_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)  # as BlockBee's
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form)
