"""DynoPay's webhooks (docs/apis.md §4.2): verified, then read.

Only the second form of its signature counts: it is over the bytes of the body and a time. The first is over a body that
was written anew, and older servers made it with a secret that everybody knows.

One payment is told several times, to each URL that was set, and again as it goes on; what has arrived grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from attrs import frozen

from lockbay.areas.deposits.records import ApplyPayment
from lockbay.payments.dynopay import NAME, coin_of, received, txid_of
from lockbay.payments.provider import Call, Malformed, NotSigned
from lockbay.payments.reading import identity, inner, is_word, number, text
from lockbay.payments.signature import HmacSignature
from lockbay.wallclock import WallClock

SETTING: Final = "LOCKBAY_DYNOPAY_WEBHOOK_SECRET"
HEADER: Final = b"x-dynopay-signature-v2"
AGE: Final = 300  # s between signing and now, either way
SIGNATURES: Final = 5  # in one header; there are two while the secret is being changed
# Whether the network has confirmed what they tell of. Every other event moves nothing. DynoPay sends `underpaid` before
# its own verification (backend/webhooks/index.ts), and what is confirmed after it says how much arrived.
EVENTS: Final = {
    "payment.pending": False,
    "payment.confirmed": True,
    "payment.settled": True,
    "payment.underpaid": False,
    "payment.overpaid": False,
}

log = structlog.get_logger()


@frozen
class Stamp:
    """What the header says: t=<seconds since 1970>,v1=<hex>[,v1=<hex>]."""

    at: bytes
    signatures: tuple[bytes, ...]

    @classmethod
    def read(cls, header: bytes | None) -> Stamp | None:
        """None for anything else."""
        parts = [part.strip().partition(b"=") for part in (header or b"").split(b",")]
        times = [value for name, _, value in parts if name == b"t"]
        signatures = tuple(value for name, _, value in parts if name == b"v1")
        if len(times) != 1 or not times[0].isdigit() or len(times[0]) > 12 or not 0 < len(signatures) <= SIGNATURES:
            return None
        return cls(times[0], signatures)


class DynoPayEvents:
    """The Receiver. `clock` tells how old a signature is."""

    name = NAME
    acknowledgement = "ok"

    def __init__(self, signature: HmacSignature, clock: WallClock) -> None:
        self._signature = signature
        self._clock = clock

    def receive(self, call: Call) -> ApplyPayment | None:
        """Raises NotSigned before anything is read, then Malformed."""
        if not self._is_signed(call):
            raise NotSigned
        event, fields = call.event()
        confirmed = EVENTS.get(event)
        return None if confirmed is None else _event(fields, confirmed, call)

    def _is_signed(self, call: Call) -> bool:
        stamp = Stamp.read(call.header(HEADER))
        if stamp is None or abs(int(self._clock.now().timestamp()) - int(stamp.at)) > AGE:
            return False
        signed = stamp.at + b"." + call.body
        fits = [self._signature.fits(signature, signed) for signature in stamp.signatures]
        return any(fits)


def _event(fields: Mapping[str, object], confirmed: bool, call: Call) -> ApplyPayment:
    value = received(fields)
    if value is None:
        value = number(fields, "amount")
    event_id, coin = identity(fields, "payment_id", "id"), text(fields, "paid_currency") or text(fields, "currency")
    if value is None or event_id is None or coin is None or not is_word(coin):
        raise Malformed("payment, amount or currency is missing or unreadable")
    currency, network = coin_of(coin)
    return ApplyPayment(
        provider=NAME,
        event_id=event_id,
        confirmed=confirmed,
        reference=identity(inner(fields, "meta_data"), "reference"),
        nonce=None,
        address=identity(fields, "address"),
        currency=currency,
        network=network,
        value=value,
        txid=txid_of(fields),
        body=call.body,
        headers=call.described(),
    )


def dynopay_events(secret: str, clock: WallClock) -> DynoPayEvents | None:
    """None, and a line in the log, without a secret: then nothing that comes can be trusted. Raises SettingsError."""
    if not secret:
        log.warning("webhook_not_served", provider=NAME, missing=SETTING)
        return None
    return DynoPayEvents(HmacSignature.of(secret, "sha256", SETTING), clock)
