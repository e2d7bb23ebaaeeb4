"""BlockBee's callbacks (APIS.md §2.3 and §2.4; docs.blockbee.io/webhooks): verified, then read.

The signature is over the full URL of a GET, and over nothing but the body of a POST. Its key is the same for all
merchants, so it proves that BlockBee sent this, not that it was meant for us: somebody else may have an address of
their own call us, with parameters of their choice. Hence the nonce, which only BlockBee and we know, is always
compared, and a field that is there twice is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import structlog

from lockbay.areas.deposits.records import CreditDeposit
from lockbay.payments.blockbee import COINS, NAME
from lockbay.payments.provider import Call, Malformed, NotSigned
from lockbay.payments.reading import is_word, number, parse, parse_form, text
from lockbay.payments.signature import RsaSignature

SETTING: Final = "LOCKBAY_BLOCKBEE_PUBLIC_KEY"
SECRET_HEADERS: Final = (b"authorization", b"cookie", b"proxy-authorization")  # not BlockBee's: a proxy's
JSON: Final = b"application/json"

log = structlog.get_logger()


class BlockBeeEvents:
    """The Receiver. `public_url` is what callbacks were made with: behind a proxy nothing else is what was signed."""

    name = NAME

    def __init__(self, signature: RsaSignature, public_url: str) -> None:
        self._signature = signature
        self._public_url = public_url.rstrip("/").encode()

    def receive(self, call: Call) -> CreditDeposit:
        """Raises NotSigned before anything is read, then Malformed. The stored body is what was signed."""
        signed = self._public_url + call.target if call.method == "GET" else call.body
        if not self._signature.fits(call.header(b"x-ca-signature"), signed):
            raise NotSigned
        query = _known(parse_form(call.target.partition(b"?")[2]))
        fields = query if call.method == "GET" else _known(_body(call))
        return _event(fields, text(query, "nonce") or "", signed, _headers(call))


def _body(call: Call) -> Mapping[str, object] | None:
    kind = (call.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    return parse(call.body) if kind == JSON else parse_form(call.body)


def _known(fields: Mapping[str, object] | None) -> Mapping[str, object]:
    if fields is None:
        raise Malformed
    return fields


def _event(fields: Mapping[str, object], nonce: str, signed: bytes, headers: str) -> CreditDeposit:
    value = number(fields, "value_coin")
    if value is None:
        raise Malformed
    coin = _word(fields, "coin").lower().replace("/", "_")
    # A coin that we do not hold is told, too: the money is there, and somebody has to look after it.
    currency, network = COINS.get(coin, (coin.upper(), coin.upper()))
    return CreditDeposit(
        provider=NAME,
        event_id=_word(fields, "uuid"),
        pending=_is_pending(fields),
        currency=currency,
        network=network,
        address=_word(fields, "address_in"),
        nonce=nonce if is_word(nonce) else "",
        value=value,
        txid=_word(fields, "txid_in"),
        body=signed,
        headers=headers,
    )


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


def _headers(call: Call) -> str:
    """As JSON, so that whatever bytes they are fit into a text."""
    pairs = [(name, value) for name, value in call.headers if name.lower() not in SECRET_HEADERS]
    return json.dumps({"method": call.method, "headers": [[part.decode("latin-1") for part in pair] for pair in pairs]})


def blockbee_events(public_key: str, public_url: str) -> BlockBeeEvents | None:
    """None, and a line in the log, without a key: then nothing that comes can be trusted. Raises SettingsError."""
    if not public_key:
        log.warning("webhook_not_served", provider=NAME, missing=SETTING)
        return None
    return BlockBeeEvents(RsaSignature.of(public_key, SETTING), public_url)
