"""BlockBee's callbacks (docs/apis.md §2.3 and §2.4; docs.blockbee.io/webhooks): verified, then read.

The signature is over the full URL of a GET, and over nothing but the body of a POST. Its key is the same for all
merchants, so it proves that BlockBee sent this, not that it was meant for us: somebody else may have an address of
their own call us, with parameters of their choice. Hence the nonce, which only BlockBee and we know, is always
compared, and a field that is there twice is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import structlog

from lockbay.areas.deposits.records import ApplyPayment
from lockbay.payments.blockbee import NAME, coin_of
from lockbay.payments.provider import Call, Malformed, NotSigned
from lockbay.payments.reading import is_word, number, parse, parse_form, text

if TYPE_CHECKING:
    from lockbay.payments.rsa import RsaSignature

SETTING: Final = "LOCKBAY_BLOCKBEE_PUBLIC_KEY"
JSON: Final = b"application/json"

log = structlog.get_logger()


class BlockBeeEvents:
    """The Receiver. `public_url` is what callbacks were made with: behind a proxy nothing else is what was signed."""

    name = NAME
    acknowledgement = "*ok*"  # BlockBee repeats until it reads this (docs/apis.md §2.3)

    def __init__(self, signature: RsaSignature, public_url: str) -> None:
        self._signature = signature
        self._public_url = public_url.rstrip("/").encode()

    def receive(self, call: Call) -> ApplyPayment:
        """Raises NotSigned before anything is read, then Malformed. The stored body is what was signed."""
        signed = self._public_url + call.target if call.method == "GET" else call.body
        if not self._signature.fits(call.header(b"x-ca-signature"), signed):
            raise NotSigned
        query = _known(parse_form(call.target.partition(b"?")[2]))
        fields = query if call.method == "GET" else _known(_body(call))
        return _event(fields, query, signed, call.described())


def _body(call: Call) -> Mapping[str, object] | None:
    kind = (call.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    return parse(call.body) if kind == JSON else parse_form(call.body)


def _known(fields: Mapping[str, object] | None) -> Mapping[str, object]:
    if fields is None:
        raise Malformed
    return fields


def _event(fields: Mapping[str, object], own: Mapping[str, object], signed: bytes, headers: str) -> ApplyPayment:
    """`own` are the parameters of our callback URL. One of before there were references names none."""
    value = number(fields, "value_coin")
    if value is None:
        raise Malformed
    currency, network = coin_of(_word(fields, "coin"))
    return ApplyPayment(
        provider=NAME,
        event_id=_word(fields, "uuid"),
        confirmed=not _is_pending(fields),
        reference=_own(own, "reference"),
        nonce=_own(own, "nonce") or "",
        address=_word(fields, "address_in"),
        currency=currency,
        network=network,
        value=value,
        txid=_word(fields, "txid_in"),
        body=signed,
        headers=headers,
    )


def _own(query: Mapping[str, object], name: str) -> str | None:
    value = text(query, name)
    return value if value is not None and is_word(value) else None


def _word(fields: Mapping[str, object], name: str) -> str:
    value = text(fields, name)
    if value is None or not is_word(value):
        raise Malformed(f"{name} is missing or unreadable")
    return value


def _is_pending(fields: Mapping[str, object]) -> bool:
    pending = number(fields, "pending")
    if pending not in (0, 1):
        raise Malformed("pending is neither 0 nor 1")
    return pending == 1


def blockbee_events(public_key: str, public_url: str) -> BlockBeeEvents | None:
    """None, and a line in the log, without a key: then nothing that comes can be trusted. Raises SettingsError."""
    if not public_key:
        log.warning("webhook_not_served", provider=NAME, missing=SETTING)
        return None
    from lockbay.payments.rsa import RsaSignature  # only who has a key needs it at the start

    return BlockBeeEvents(RsaSignature.of(public_key, SETTING), public_url)
