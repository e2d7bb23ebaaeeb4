"""How much, how slowly and how many at once: what clients may not do to the server."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
import trio
import trio.testing
from prometheus_client import REGISTRY

from lockbay.web.limits import Limits
from tests.web.serving import POST, App, chunked, closed, counted, send_until_reset, serving, sized
from tests.web.site import rest_of, status_of


@pytest.mark.parametrize("request_", [sized(1000), chunked(100, 10)], ids=["sized", "chunked"])
async def test_a_body_of_exactly_the_limit_is_taken_whole(request_: bytes) -> None:
    async with serving(App()) as site:
        answer = await site.send(request_)
    assert status_of(answer) == 200
    assert answer.endswith(b"\r\n\r\n1000")


@pytest.mark.parametrize(
    "request_",
    [sized(1001), sized(2**20), chunked(101, 10), chunked(2**16, 32)],
    ids=["sized", "huge", "chunked", "many"],
)
async def test_a_body_over_the_limit_is_refused_and_the_client_hears_of_it(request_: bytes) -> None:
    before = counted("/known", "413")
    async with serving(App()) as site:
        assert status_of(await site.send(request_)) == 413
    assert counted("/known", "413") == before + 1


async def test_who_claims_a_huge_body_and_sends_a_part_is_answered_in_time() -> None:
    async with serving(App()) as site:
        assert status_of(await site.send(POST + b"Content-Length: 999999999\r\n\r\n" + b"x" * 2000)) == 413


async def test_a_body_that_never_ends_is_cut_off_without_being_kept() -> None:
    async with serving(App()) as site, await site.connect() as stream:
        await stream.send_all(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        await send_until_reset(stream, b"%x\r\n%b\r\n" % (2**14, b"x" * 2**14))


@pytest.mark.parametrize("framing", [b"Content-Length: 50\r\n\r\nx", b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"])
async def test_a_body_that_drips_is_cut_off(framing: bytes) -> None:
    async with serving(App()) as site:
        assert status_of(await site.send(POST + framing)) == 408


@pytest.mark.parametrize("head", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
async def test_a_head_that_does_not_come_is_not_waited_for(head: bytes) -> None:
    async with serving(App()) as site:
        assert await site.send(head) == b""


async def test_a_client_that_does_not_read_is_hung_up_on() -> None:
    before = closed("not_reading")
    async with serving(App()) as site, await site.connect() as stream:
        await stream.send_all(b"GET /floods HTTP/1.1\r\nHost: a\r\n\r\n")
        with trio.fail_after(10):
            while closed("not_reading") == before:
                await trio.lowlevel.checkpoint()
        assert len(await rest_of(stream)) < 64 * 2**20


async def test_a_body_that_no_route_takes_holds_nobody() -> None:
    """hypercorn's queue of 10 pieces fills up, and its task waits for ever: the connection is ended from outside."""
    limits = Limits(connection_seconds=0.5)
    before = closed("too_long")
    async with serving(App(), limits, guarded=False) as site, await site.connect() as stream:
        await stream.send_all(b"POST /ignores HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        await send_until_reset(stream, b"1\r\nx\r\n")
        with trio.fail_after(10):
            while REGISTRY.get_sample_value("lockbay_web_connections"):
                await trio.lowlevel.checkpoint()
    assert closed("too_long") <= before + 1


async def test_there_are_never_more_connections_than_allowed() -> None:
    app = App()
    async with serving(app, Limits(connections=1, idle_seconds=0.2)) as site, await site.connect() as first:
        await first.send_all(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
        await app.entered.wait()
        assert await site.send(b"GET /known HTTP/1.1\r\nHost: a\r\n\r\n") == b""
        app.leave.set()
        assert status_of(await rest_of(first)) == 200
        with trio.fail_after(10):
            while REGISTRY.get_sample_value("lockbay_web_connections"):
                await trio.lowlevel.checkpoint()
        assert (await site.get("/known")).status_code == 200


async def test_who_only_waits_for_a_next_request_makes_room_for_another() -> None:
    before = closed("idle")
    async with serving(App(), Limits(connections=1)) as site, await site.connect() as first:
        await first.send_all(b"GET /known HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = b""
        with trio.fail_after(10):
            while not answer.endswith(b"\r\n\r\n0"):  # the whole of it, and the connection stays open
                answer += await first.receive_some()
        assert (await site.get("/known")).status_code == 200
        assert await rest_of(first) == b""
    assert closed("idle") == before + 1


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HT", POST + b"Content-Length: 50\r\n\r\nx"], ids=["silent", "half a head", "half a body"]
)
async def test_who_begins_and_does_not_go_on_keeps_nobody_out(begun: bytes) -> None:
    """With as many as there may be, each kept open for as long as it lasts, nobody else came in any more."""
    limits = Limits(connections=3, head_seconds=60, body_seconds=60, connection_seconds=60, idle_seconds=0.3)
    async with serving(App(), limits) as site, AsyncExitStack() as stack:
        for _ in range(3):
            await (await stack.enter_async_context(await site.connect())).send_all(begun)
        await trio.testing.wait_all_tasks_blocked(0.05)
        assert status_of(await site.send(sized(10))) == 200
        assert (await site.get("/known")).status_code == 200


async def test_a_trailer_that_never_ends_is_cut_off_like_a_head() -> None:
    """It was put together for as long as a body may take: some MB of it held up everybody for ten seconds."""
    limits = Limits(body_seconds=60, connection_seconds=60)
    async with serving(App(), limits) as site, await site.connect() as stream:
        await stream.send_all(POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: ")
        await send_until_reset(stream, b"x" * 2**12)


async def test_a_short_trailer_is_passed_over() -> None:
    request = POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: y\r\n\r\n"
    async with serving(App()) as site:
        assert (await site.send(request)).endswith(b"\r\n\r\n2")
