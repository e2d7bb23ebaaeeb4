"""A signed callback, changed in any way, is never a failure of ours and never money."""

from __future__ import annotations

import binascii
from base64 import b64decode

import trio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockbay.payments.provider import Call
from lockbay.postgres.database import open_database
from lockbay.web.limits import Limits
from tests.payments.callbacks import NONCE, OFFICIAL, REFERENCE
from tests.web.site import SIGNER, Site, balance, give_address, open_site, status_of

GET = SIGNER.callback()
POST = SIGNER.post(
    "&".join(f"{name}={value}" for name, value in OFFICIAL.items()).encode(),
    "application/x-www-form-urlencoded",
    f"reference={REFERENCE}&nonce={NONCE}",
)
BATCH = 20


def splice(data: bytes, place: int, gone: int, new: bytes) -> bytes:
    place %= len(data) + 1
    return data[:place] + new + data[place + gone :]


def is_same(signature: bytes, original: bytes) -> bool:
    """Base64 has more than one spelling of the same bytes."""
    try:
        return b64decode(signature, validate=True) == b64decode(original)
    except (binascii.Error, ValueError):
        return False


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """The bytes of a request that differs from a signed one in its target, signature or body."""
    call: Call = draw(st.sampled_from([GET, POST]))
    parts = {"target": call.target, "signature": call.headers[0][1], "body": call.body}
    part = draw(st.sampled_from(["target", "signature"] if call is GET else ["signature", "body"]))
    new = splice(parts[part], draw(st.integers(0, 2000)), draw(st.integers(0, 40)), draw(st.binary(max_size=40)))
    if new == parts[part] or (part == "signature" and is_same(new.strip(), parts[part])):
        new = b"/" + new
    parts[part] = new
    head = b"%b %b HTTP/1.1\r\nHost: a\r\nx-ca-signature: %b\r\nContent-Length: %d\r\n" % (
        call.method.encode(), parts["target"], parts["signature"], len(parts["body"]),
    )  # fmt: skip
    return head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" + parts["body"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(changed() | st.binary(max_size=300), min_size=BATCH, max_size=BATCH))
def test_no_change_of_a_signed_callback_fails_or_credits(database_url: str, batch: list[bytes]) -> None:
    trio.run(send_all, database_url, batch)


async def send_all(database_url: str, batch: list[bytes]) -> None:
    async with open_database(database_url) as database:
        await give_address(database)
        limits = Limits(head_seconds=0.5, body_seconds=0.5)
        async with open_site(database, limits=limits) as site, trio.open_nursery() as nursery:
            for request in batch:
                nursery.start_soon(send_one, site, request)
        assert await balance(database) == "0"


async def send_one(site: Site, request: bytes) -> None:
    status = status_of(await site.send(request))
    assert status is None or 400 <= status < 500 or status in (501, 503, 505), (status, request)
