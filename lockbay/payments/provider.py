"""What LockBay wants of a payment provider: a place to pay in, events to be trusted, answers about payments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Protocol

import orjson
from attrs import field, frozen

from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.areas.payout import HearPayout
from lockbay.errors import LockBayError
from lockbay.payments.reading import parse, text

WEBHOOKS: Final = "/webhooks/"  # under LOCKBAY_PUBLIC_URL; what follows is the provider's name
ASKED: Final = '{"asked": true}'  # instead of headers: the provider said it when asked
SECRET_HEADERS: Final = (b"authorization", b"cookie", b"proxy-authorization")  # no provider's: a proxy's


class NotSigned(LockBayError):
    """The request does not bear the provider's signature."""


class Malformed(LockBayError):
    """The provider signed it, but it does not say who paid how much where, or what became of which payout."""


class Unclear(LockBayError):
    """Asked, the provider says that a place was paid, but not the payment's name, or not how much arrived: `amount` is
    what it was made for. Or it says so much in `payments`, but not that it has verified them, and may never.
    """

    def __init__(self, amount: Decimal, currency: str, payments: Sequence[ApplyPayment] = ()) -> None:
        super().__init__("paid, but not said how")
        self.amount = amount
        self.currency = currency
        self.payments = payments


@frozen
class Opened:
    """A place to pay in that a provider made: an address for a coin, or the link of a page. Less than `minimum` never
    arrives. `external_id` is what the provider calls it. `lasts`: the address will never be anybody else's.
    """

    address: str | None
    link: str | None
    minimum: Decimal
    external_id: str = ""
    lasts: bool = True


@frozen
class Call:
    """A webhook's request as it came over the wire. `target` is path and query, neither decoded nor encoded again."""

    method: str
    target: bytes
    headers: Sequence[tuple[bytes, bytes]] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: bytes) -> bytes | None:
        """The value of a header that is there once; `name` in lower case."""
        values = [value for key, value in self.headers if key.lower() == name]
        return values[0] if len(values) == 1 else None

    def event(self) -> tuple[str, Mapping[str, object]]:
        """The event that a JSON body names, and all that it says. Raises Malformed."""
        fields = parse(self.body)
        event = text(fields, "event") if fields else None
        if fields is None or event is None:
            raise Malformed
        return event, fields

    def described(self) -> str:
        """Method and headers, without a proxy's secrets; as JSON, so that whatever bytes they are fit into a text."""
        pairs = [pair for pair in self.headers if pair[0].lower() not in SECRET_HEADERS]
        read = [[part.decode("latin-1") for part in pair] for pair in pairs]
        return orjson.dumps({"method": self.method, "headers": read}).decode()


class Provider(Protocol):
    """Makes places to pay in, and answers questions. Raises ProviderUnavailable for an answer that makes no sense."""

    name: str

    def offers(self, currency: str, network: str) -> bool: ...

    async def open(self, payin: Payin) -> Opened:
        """What `reference` names in every event. The same payin again gives the same place, where the provider can."""

    async def payments(self, payin: Payin) -> list[ApplyPayment]:
        """All that the provider knows to have come for a payin: the very operations that its webhooks make. Raises
        Unclear, too.
        """


class Receiver(Protocol):
    """Tells a provider's events from forgeries. Does no I/O and keeps nothing.

    `acknowledgement` is the body of the 200 that the provider waits for.
    """

    name: str
    acknowledgement: str

    def receive(self, call: Call) -> ApplyPayment | HearPayout | None:
        """Verifies before anything else is looked at; None: signed, but nothing about a payment that was made or a
        payout that is said to have ended. Raises NotSigned, Malformed.
        """
