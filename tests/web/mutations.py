"""Calls of the three providers, changed by chance: after they were signed, or before."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Final
from urllib.parse import urlencode

from attrs import evolve

from lockbay.payments.provider import Call
from tests.payments import charges
from tests.payments.callbacks import ADDRESS, NONCE, OFFICIAL, REFERENCE
from tests.web.site import DYNOPAY, SIGNER

OWN: Final = {"reference": REFERENCE, "nonce": NONCE}
FORM: Final = "application/x-www-form-urlencoded"
PAID: Final[Mapping[str, object]] = {
    "event": "payment.confirmed", "payment_id": "d4f1-77", "status": "successful", "amount": 25.5,
    "currency": "USDT-TRC20", "meta_data": {"reference": REFERENCE}, "address": ADDRESS, "txId": "0xabc",
    "customer_name": "Ọláníyì", "webhook_id": "w1",
}  # fmt: skip
PAGE: Final = "9c1f0e7b5d3a4286b0e4c7d1"  # the reference of Fincra's page
CHARGE: Final[Mapping[str, object]] = {"event": "charge.successful", "data": {**charges.OFFICIAL, "reference": PAGE}}

BYTES: Final = (
    b"", b"\0", b"\xff", b"\r\n", b"\r\n\r\n", b"%00", b"%ff", b"%", b"&", b"=", b"?", b"#", b"/", b"..", b";", b'"',
    b"{", b"[", b"{" * 3000, b"[" * 20000, b"1e9999999", b"NaN", b"-1", b"9" * 5000, b"\xed\xa0\x80", b"\\ud800",
    b"\\u0000", b"' OR 1=1 --", b"\xf0\x9f\x92\xb8", b"true", b"null", b"A" * 70000,
)  # fmt: skip
VALUES: Final[Sequence[object]] = (
    None, True, False, 0, -1, 1, 1.5, 25.5, 1e300, 10**40, 10**4200, "", " ", "0", "-0", "-25.5", "25.5", "1e5", "1e99",
    "1e-99", "NaN", "Infinity", "0x10", "9" * 40, "9" * 41, "0." + "9" * 40, "1,5", "\0", "a\0b", "\ud800", "é",
    "two words", "x" * 200, "x" * 201, [], {}, [1], {"reference": REFERENCE}, [[[[]]]],
    json.dumps({"reference": "\0"}), "success", "USDT-TRC20", "NGN", "BTC", "payment.pending", "payment.settled",
    "' OR 1=1 --", "../../etc/passwd", "💸",
)  # fmt: skip
METHODS: Final = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "POST ", "")
KINDS: Final = (
    "application/json",
    FORM,
    "text/plain",
    "application/json; charset=\xff",
    "",
    "multipart/form-data; boundary=x",
)


def blockbee_get(fields: Mapping[str, object] = OFFICIAL, own: Mapping[str, object] = OWN) -> Call:
    return SIGNER.get(urlencode({**own, **{name: plain(value) for name, value in fields.items()}}))


def blockbee_post(body: bytes, kind: str = FORM) -> Call:
    return SIGNER.post(body, kind, urlencode(OWN))


def dynopay(body: bytes) -> Call:
    at = str(int(time.time())).encode()
    v1 = hmac.new(DYNOPAY.encode(), at + b"." + body, hashlib.sha256).hexdigest().encode()
    return Call("POST", b"/webhooks/dynopay", [(b"x-dynopay-signature-v2", b"t=" + at + b",v1=" + v1)], body)


def plain(value: object) -> str:
    """As a form has it, whatever it is."""
    return (value if isinstance(value, str) else json.dumps(value)).encode(errors="replace").decode()


def originals() -> list[Call]:
    """What each provider would say of a payment."""
    return [
        blockbee_get(),
        blockbee_post(urlencode(OFFICIAL).encode()),
        blockbee_post(json.dumps(dict(OFFICIAL)).encode(), "application/json"),
        dynopay(charges.stringify(PAID)),
        charges.signed(charges.stringify(CHARGE)),
    ]


def changed(data: bytes, chance: random.Random) -> bytes:
    """Some bytes more, fewer or other ones."""
    place, gone = chance.randrange(len(data) + 1), chance.choice((0, 0, 1, 5, 40))
    new = chance.choice(BYTES) if chance.random() < 0.6 else chance.randbytes(chance.randrange(1, 20))
    return data[:place] + new + data[place + gone :]


def tampered(call: Call, chance: random.Random) -> Call:
    """One or two changes to what was signed already."""
    for _ in range(chance.choice((1, 1, 2))):
        call = chance.choice((_method, _target, _target, _headers, _headers, _body, _body))(call, chance)
    return call


def _method(call: Call, chance: random.Random) -> Call:
    return evolve(call, method=chance.choice(METHODS))


def _target(call: Call, chance: random.Random) -> Call:
    return evolve(call, target=changed(call.target, chance))


def _body(call: Call, chance: random.Random) -> Call:
    return evolve(call, body=changed(call.body, chance))


def _headers(call: Call, chance: random.Random) -> Call:
    headers = list(call.headers) or [(b"x-nothing", b"0")]
    number = chance.randrange(len(headers))
    name, value = headers[number]
    match chance.randrange(5):
        case 0:
            headers[number] = (name, changed(value, chance))
        case 1:
            headers[number] = (changed(name, chance), value)
        case 2:
            del headers[number]
        case 3:
            headers.append((name, changed(value, chance)))
        case _:
            headers.append(
                (chance.choice((b"host", b"content-type", b"x-forwarded-for", b"cookie")), changed(b"a", chance))
            )
    return evolve(call, headers=headers)


def signed_nonsense(chance: random.Random) -> Call:
    """What somebody who has the key might sign: another event, fields of any kind, or no fields at all."""
    return chance.choice(NONSENSE)(chance)


def _fields(fields: Mapping[str, object], chance: random.Random) -> dict[str, object]:
    """One to three fields of it, also of inner objects, are something else. The payment has another name."""
    new: dict[str, object] = json.loads(json.dumps(fields))
    for _ in range(chance.randrange(1, 4)):
        inner = [new, *(value for value in new.values() if isinstance(value, dict))]
        inside = chance.choice(inner)
        name = chance.choice([*inside, "amountReceived", "amount_received", "id"])
        if chance.random() < 0.2:
            inside.pop(name, None)
        else:
            inside[name] = deepcopy(chance.choice(VALUES))
    return new


def _broken(body: bytes, chance: random.Random) -> bytes:
    return changed(body, chance) if chance.random() < 0.3 else body


def _nonsense_get(chance: random.Random) -> Call:
    fields, own = _fields(OFFICIAL, chance), _fields(OWN, chance) if chance.random() < 0.3 else OWN
    return blockbee_get(fields, {name: plain(value) for name, value in own.items()})


def _nonsense_query(chance: random.Random) -> Call:
    query = changed(urlencode({**OWN, **OFFICIAL}).encode(), chance)[:60000]
    return SIGNER.get(query.decode("latin-1").encode("ascii", "replace").decode())


def _nonsense_form(chance: random.Random) -> Call:
    form = urlencode({name: plain(value) for name, value in _fields(OFFICIAL, chance).items()}).encode()
    return blockbee_post(_broken(form, chance), chance.choice(KINDS))


def _nonsense_json(chance: random.Random) -> Call:
    return blockbee_post(_broken(json.dumps(_fields(OFFICIAL, chance)).encode(), chance), "application/json")


def _nonsense_dynopay(chance: random.Random) -> Call:
    return dynopay(_broken(json.dumps(_fields(PAID, chance)).encode(), chance))


def _nonsense_fincra(chance: random.Random) -> Call:
    return charges.signed(_broken(json.dumps(_fields(CHARGE, chance)).encode(), chance))


NONSENSE: Final[Sequence[Callable[[random.Random], Call]]] = (
    _nonsense_get, _nonsense_query, _nonsense_form, _nonsense_json, _nonsense_dynopay, _nonsense_dynopay,
    _nonsense_fincra, _nonsense_fincra,
)  # fmt: skip
