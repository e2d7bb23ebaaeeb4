"""Fincra's webhooks (docs/apis.md §3.4): verified, then read.

The signature is over the bytes that came (docs: "unmodified as received"); there is no time in it, so an event may come
again for ever: it is the charge that is applied once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog

from lockbay.areas.deposits.records import ApplyPayment
from lockbay.areas.payout import Heard, HearPayout
from lockbay.payments.fincra import NAME, SUCCESS, payment_of, received
from lockbay.payments.provider import Call, Malformed, NotSigned
from lockbay.payments.reading import identity, inner, is_word, text
from lockbay.payments.signature import HmacSignature

SETTING: Final = "LOCKBAY_FINCRA_WEBHOOK_SECRET"
CHARGE: Final = "charge.successful"
COLLECTION: Final = "collection.successful"
PAYOUTS: Final[Mapping[str, tuple[str, Heard]]] = {
    "payout.successful": ("successful", "done"),
    "payout.failed": ("failed", "failed"),
}

log = structlog.get_logger()


class FincraEvents:
    """The Receiver."""

    name = NAME
    acknowledgement = "ok"

    def __init__(self, signature: HmacSignature) -> None:
        self._signature = signature

    def receive(self, call: Call) -> ApplyPayment | HearPayout | None:
        """Raises NotSigned before anything is read, then Malformed. None for all but money that arrived, and payouts of
        ours that ended.
        """
        if not self._signature.fits(call.header(b"signature"), call.body):
            raise NotSigned
        event, fields = call.event()
        data = inner(fields, "data")
        if event in PAYOUTS:
            return _payout(data, *PAYOUTS[event], call)
        if event == CHARGE and text(data, "status") == SUCCESS:
            return _event(data, identity(data, "chargeReference", "id"), text(data, "currency"), call)
        if event == COLLECTION and text(data, "status") in (SUCCESS, "successful") and _is_a_charge(data):
            return _event(data, identity(data, "chargeReference"), text(data, "destinationCurrency"), call)
        return None


def _is_a_charge(data: Mapping[str, object]) -> bool:
    """Whether a collection names a charge of ours. Others are of virtual accounts, which we have none of; and under a
    name of its own a charge would be a second payment.
    """
    return identity(data, "chargeReference") is not None and identity(data, "reference") is not None


def _event(data: Mapping[str, object], event_id: str | None, currency: str | None, call: Call) -> ApplyPayment:
    value = received(data)
    if event_id is None or value is None or currency is None or not is_word(currency):
        raise Malformed("charge, amountReceived or currency is missing or unreadable")
    return payment_of(data, event_id, identity(data, "reference"), value, currency, call.body, call.described())


def _payout(data: Mapping[str, object], status: str, outcome: Heard, call: Call) -> HearPayout | None:
    """None for a payout that was made without a reference of the merchant: none of ours is. A status that says other
    than its event says nothing (docs: processing, successful and failed only).
    """
    if text(data, "customerReference") is None:
        return None
    reference = identity(data, "customerReference")
    if reference is None or text(data, "status") != status:
        raise Malformed("customerReference or status of a payout is unreadable")
    external_id, txid = identity(data, "reference", "id"), identity(data, "traceId")
    return HearPayout(reference, NAME, outcome, external_id, txid, call.body, call.described())


def fincra_events(secret: str) -> FincraEvents | None:
    """None, and a line in the log, without a secret: then nothing that comes can be trusted. Raises SettingsError."""
    if not secret:
        log.warning("webhook_not_served", provider=NAME, missing=SETTING)
        return None
    return FincraEvents(HmacSignature.of(secret, "sha512", SETTING))
