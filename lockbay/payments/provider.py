"""What LockBay wants of a payment provider: an address to pay to, events to be trusted, answers about payments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Protocol

from attrs import field, frozen

from lockbay.areas.deposits.records import ApplyPayment, CreditDeposit, Payin
from lockbay.errors import LockBayError

WEBHOOKS: Final = "/webhooks/"  # under LOCKBAY_PUBLIC_URL; what follows is the provider's name


class NotSigned(LockBayError):
    """The request does not bear the provider's signature."""


class Malformed(LockBayError):
    """The provider signed it, but it does not say who paid how much where."""


@frozen
class MadeAddress:
    """An address at a provider. Less than `minimum` never arrives."""

    address: str
    minimum: Decimal


@frozen
class Payment:
    """What a provider says about one payment when asked. `confirmed` ones can be credited under the same `event_id`."""

    event_id: str
    txid: str
    value: Decimal
    confirmed: bool


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


class Provider(Protocol):
    """Makes addresses and answers questions. Raises ProviderUnavailable when it does not answer as it should."""

    name: str

    def offers(self, currency: str, network: str) -> bool: ...

    async def make_address(self, user_id: int, currency: str, network: str, nonce: str) -> MadeAddress:
        """Idempotent: the same question gives the same address. `nonce` comes back in every event."""

    async def payments(self, user_id: int, currency: str, network: str, nonce: str) -> list[Payment]:
        """All payments to the address that these four made."""


class Receiver(Protocol):
    """Tells a provider's events from forgeries. Does no I/O and keeps nothing."""

    name: str

    def receive(self, call: Call) -> CreditDeposit:
        """Verifies before anything else is looked at. Raises NotSigned, Malformed."""
