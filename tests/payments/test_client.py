"""What any provider may do to who asks it."""

from __future__ import annotations

import gzip
import resource
import zlib

import pytest
from starlette.requests import Request
from starlette.responses import Response

from lockbay.errors import ProviderUnavailable
from lockbay.payments.client import LONGEST, open_api, open_client
from lockbay.payments.prices import ask
from tests.payments.outside import Script, http, outside, raw, says


def packed(content: bytes) -> Script:
    async def script(_: Request) -> Response:
        return Response(gzip.compress(content), headers={"content-encoding": "gzip"})

    return script


ENDLESS = [says(b" " * (LONGEST + 1)), packed(b" " * (LONGEST + 1))]


@pytest.mark.parametrize("script", ENDLESS, ids=["plain", "packed"])
async def test_an_answer_that_would_fill_the_memory_is_none(script: Script) -> None:
    async with outside(script) as server:
        async with open_api(server.url, {}, "provider") as api:
            with pytest.raises(ProviderUnavailable):
                await api.exchange("GET", "anything")
        async with open_client(server.url, {}, "SETTING", 5) as client:
            with pytest.raises(ProviderUnavailable):
                await ask(client, "source", "anything", {})


@pytest.mark.parametrize("make", [says, packed], ids=["plain", "packed"])
async def test_a_long_answer_is_read(make: type) -> None:
    content = b'{"a": "' + b"x" * 500_000 + b'"}'
    async with outside(make(content)) as server, open_api(server.url, {}, "provider") as api:
        assert (await api.exchange("GET", "anything")).body == content


async def test_what_was_packed_twice_does_not_unfold_in_the_memory() -> None:
    """Twelve thousand bytes on the wire were a gigabyte in the memory, and eight seconds in which nobody was served."""
    bomb = gzip.compress(folded(300))
    before = peak()
    async with raw(http(bomb, b"content-encoding: gzip, gzip")) as (url, _), open_api(url, {}, "provider") as api:
        with pytest.raises(ProviderUnavailable):
            await api.exchange("GET", "anything")
    assert peak() - before < 10 * LONGEST


async def test_what_was_packed_once_unfolds_no_further_than_it_is_read() -> None:
    bomb = folded(60)
    before = peak()
    async with raw(http(bomb, b"content-encoding: gzip")) as (url, _), open_api(url, {}, "provider") as api:
        with pytest.raises(ProviderUnavailable, match="TooLong"):
            await api.exchange("GET", "anything")
    assert peak() - before < 10 * LONGEST


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
async def test_of_what_was_packed_the_half_is_no_answer(pack: type) -> None:
    packed = pack(b'{"a": "' + bytes(range(48, 90)) + b'"}')
    name = b"content-encoding: " + (b"gzip" if pack is gzip.compress else b"deflate")
    async with raw(http(packed, name)) as (url, _), open_api(url, {}, "provider") as api:
        assert (await api.exchange("GET", "anything")).fields
    async with raw(http(packed[:-1], name)) as (url, _), open_api(url, {}, "provider") as api:
        with pytest.raises(ProviderUnavailable):
            await api.exchange("GET", "anything")


@pytest.mark.parametrize("where", [b"mailto:x", b"http://xn--a/", b"x:y:z", b"http:["])
async def test_a_redirect_to_nowhere_is_an_answer_that_cannot_be_used(where: bytes) -> None:
    answer = http(b"{}", b"location: " + where, status=b"302 Found")
    async with raw(answer) as (url, _):
        async with open_api(url, {}, "provider") as api:
            with pytest.raises(ProviderUnavailable):
                await api.get("anything")
        async with open_client(url, {}, "SETTING", 5) as client:
            with pytest.raises(ProviderUnavailable):
                await ask(client, "source", "anything", {})


async def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else() -> None:
    async with raw(http(b"{}")) as (elsewhere, asked):
        answer = http(b"{}", b"location: " + elsewhere.encode(), status=b"307 Temporary Redirect")
        async with raw(answer) as (url, _), open_api(url, {"apikey": "very-secret"}, "provider") as api:
            assert (await api.exchange("POST", "anything", b"{}\r\n\r\n")).status == 307
        assert not asked


async def test_what_is_sent_behind_an_answer_answers_nothing_else() -> None:
    async with raw(http(b'{"a": 1}') + http(b'{"a": 2}')) as (url, asked), open_api(url, {}, "provider") as api:
        for _ in range(3):
            assert (await api.get("anything")) == {"a": 1}
    assert len(asked) == 3


def folded(megabytes: int) -> bytes:
    """So much nothing, packed, without ever having had it in the memory."""
    packer = zlib.compressobj(1, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
