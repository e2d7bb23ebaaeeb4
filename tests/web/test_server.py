"""What clients may do to the server, and what they may not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
import trio
import trio.testing
from prometheus_client import REGISTRY
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from lockbay.errors import SettingsError
from lockbay.web.guard import Guard
from lockbay.web.limits import Limits
from lockbay.web.server import serve_web
from tests.web.site import Site, rest_of, status_of

SHORT = Limits(
    body=1000,
    head_seconds=0.3,
    idle_seconds=0.3,
    body_seconds=0.3,
    answer_seconds=0.3,
    send_seconds=0.3,
    grace_seconds=0.3,
)
POST = b"POST /known HTTP/1.1\r\nHost: a\r\n"


class App:
    """Answers with how much it was sent; on other paths, misbehaves."""

    def __init__(self) -> None:
        self.entered = trio.Event()
        self.leave = trio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        match scope["path"]:
            case "/fails":
                raise RuntimeError("a bug")
            case "/hangs":
                await trio.sleep_forever()
            case "/waits":
                self.entered.set()
                await self.leave.wait()
            case "/floods":
                return await StreamingResponse(b"x" * 2**20 for _ in range(64))(scope, receive, send)
            case "/ignores":
                return await Response("")(scope, receive, send)
        body = (await receive())["body"]
        await Response(str(len(body)))(scope, receive, send)


@asynccontextmanager
async def serving(
    app: ASGIApp,
    limits: Limits = SHORT,
    trigger: Callable[[], Awaitable[None]] = trio.sleep_forever,
    guarded: bool = True,
) -> AsyncIterator[Site]:
    guard: ASGIApp = Guard(app, {"/known"}, limits) if guarded else app
    async with trio.open_nursery() as nursery:
        address = await nursery.start(
            lambda task_status: serve_web(
                guard, ("127.0.0.1", 0), limits=limits, shutdown_trigger=trigger, task_status=task_status
            )
        )
        async with httpx.AsyncClient(timeout=20) as client:
            yield Site(address, client)
        nursery.cancel_scope.cancel()


def counted(route: str, status: str) -> float:
    return REGISTRY.get_sample_value("lockbay_web_requests_total", {"route": route, "status": status}) or 0.0


def closed(reason: str) -> float:
    return REGISTRY.get_sample_value("lockbay_web_connections_closed_total", {"reason": reason}) or 0.0


async def send_until_reset(stream: trio.SocketStream, piece: bytes) -> None:
    with trio.fail_after(10):
        try:
            while True:
                await stream.send_all(piece)
        except trio.BrokenResourceError:
            return


def chunked(size: int, pieces: int) -> bytes:
    return POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%b\r\n" % (size, b"x" * size) * pieces + b"0\r\n\r\n"


def sized(size: int) -> bytes:
    return POST + b"Content-Length: %d\r\n\r\n%b" % (size, b"x" * size)


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


async def test_a_bug_is_a_500_without_details_and_the_server_goes_on() -> None:
    with capture_logs() as logs:
        async with serving(App()) as site:
            answer = await site.get("/fails")
            assert (answer.status_code, answer.text) == (500, "")
            assert (await site.get("/known")).status_code == 200
    assert [each["event"] for each in logs] == ["request_failed"]


async def test_an_answer_that_takes_too_long_is_a_503() -> None:
    with capture_logs():
        async with serving(App()) as site:
            answer = await site.get("/hangs")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\r\n\r\n\r\n",
        b"\0" * 100,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 9,
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_refused_and_ends_nothing(nonsense: bytes) -> None:
    async with serving(App()) as site:
        assert status_of(await site.send(nonsense)) in (None, 400, 431, 505)
        assert (await site.get("/known")).status_code == 200


async def test_two_requests_in_one_go_are_answered_once() -> None:
    one = b"GET /known HTTP/1.1\r\nHost: a\r\n\r\n"
    async with serving(App()) as site:
        answer = await site.send(one * 2)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert b"connection: close" in answer


@pytest.mark.parametrize("preface", [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /known HTTP/2.0\r\nHost: a\r\n\r\n"])
async def test_http_2_is_not_spoken(preface: bytes) -> None:
    async with serving(App()) as site:
        assert status_of(await site.send(preface)) in (400, 505)


async def test_a_web_socket_is_not_opened() -> None:
    upgrade = (
        b"GET /known HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    async with serving(App()) as site:
        answer = await site.send(upgrade)  # HTTP goes on, and only once
        assert status_of(answer) == 200
        assert b"connection: close" in answer
        assert (await site.get("/known")).status_code == 200


UPGRADE = POST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
BODY = b"x" * 900


@pytest.mark.parametrize(
    "request_",
    [
        UPGRADE + b"Content-Length: 900\r\n\r\n" + BODY,
        UPGRADE + b"Transfer-Encoding: chunked\r\n\r\n384\r\n" + BODY + b"\r\n0\r\n\r\n",
        UPGRADE.replace(b"1.1", b"1.0", 1) + b"Content-Length: 900\r\n\r\n" + BODY,
    ],
)
@pytest.mark.parametrize("cut", [0, 40, 150, 400])
async def test_who_offers_another_protocol_is_answered_in_this_one_with_their_body_read(
    request_: bytes, cut: int
) -> None:
    """As Java's client does at each request to a server without TLS: a webhook's signature is over its body."""
    async with serving(App()) as site, await site.connect() as stream:
        for part in (request_[:cut], request_[cut:]):
            await stream.send_all(part)
            await trio.testing.wait_all_tasks_blocked()
        answer = await rest_of(stream)
    assert status_of(answer) == 200
    assert answer.endswith(b"\r\n\r\n900")


async def test_what_follows_an_offer_of_another_protocol_is_no_request_of_its_own() -> None:
    once = UPGRADE + b"Content-Length: 900\r\n\r\n" + BODY
    async with serving(App()) as site:
        answer = await site.send(once + b"GET /fails HTTP/1.1\r\nHost: a\r\n\r\n")
        assert answer.count(b"HTTP/1.1") == 1
        assert b"connection: close" in answer
        assert status_of(await site.send(UPGRADE + b"Content-Length: 1001\r\n\r\n" + b"x" * 1001)) == 413
        assert status_of(await site.send(UPGRADE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")) in (None, 400)


@pytest.mark.parametrize("target", [b"a:443", b"/known"])
async def test_nobody_is_connected_to_somebody_else(target: bytes) -> None:
    async with serving(App()) as site:
        assert status_of(await site.send(b"CONNECT %b HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n" % target)) == 400


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"http://a/known?b=http://c/d", "/known", b"b=http://c/d"),
        (b"HTTPS://a:8443/known", "/known", b""),
        (b"http://a?b", "/", b"b"),
        (b"http://a", "/", b""),
        (b"/http://a/known", "/http://a/known", b""),
    ],
)
async def test_a_whole_url_is_asked_for_as_its_path(target: bytes, path: str, query: bytes) -> None:
    """As a proxy may send it: who serves must take it (RFC 9112 §3.2.2)."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)
        await Response("")(scope, receive, send)

    async with serving(app) as site:
        assert status_of(await site.send(b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % target)) == 200
    [scope] = scopes
    assert (scope["path"], scope["query_string"]) == (path, query)


@pytest.mark.parametrize("target", [b"ftp://a/known", b"*", b"known", b"http:/known"])
async def test_what_is_no_path_of_ours_is_a_bad_request(target: bytes) -> None:
    async with serving(App()) as site:
        assert status_of(await site.send(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)) == 400


@pytest.mark.parametrize(("version", "first"), [(b"1.1", 100), (b"1.0", 200)])
async def test_only_who_knows_it_is_told_to_go_on(version: bytes, first: int) -> None:
    """Who speaks HTTP/1.0 would take the 100 for the answer (RFC 9110 §10.1.1)."""
    head = b"POST /known HTTP/%b\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n" % version
    async with serving(App()) as site, await site.connect() as stream:
        await stream.send_all(head)
        await trio.testing.wait_all_tasks_blocked()
        await stream.send_all(b"abc")
        await stream.send_eof()
        answer = await rest_of(stream)
    assert status_of(answer) == first
    assert answer.endswith(b"3")


@pytest.mark.parametrize(
    "head",
    [b"GET /known HTTP/1.0\r\n\r\n", b"GET /known HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n"],
    ids=["1.0", "close"],
)
async def test_who_wants_no_other_answer_is_hung_up_on_at_once(head: bytes) -> None:
    """Who reads to the end would wait for it until the connection is idle for too long."""
    async with serving(App(), Limits(idle_seconds=60)) as site:
        answer = await site.send(head)
    assert status_of(answer) == 200
    assert b"connection: close" in answer


async def test_at_shut_down_a_request_in_flight_is_finished_and_new_ones_find_nobody() -> None:
    app, stop = App(), trio.Event()
    async with serving(app, Limits(), stop.wait) as site, await site.connect() as stream:
        await stream.send_all(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
        await app.entered.wait()
        stop.set()
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(OSError):
            await site.connect()
        app.leave.set()
        assert status_of(await rest_of(stream)) == 200


async def test_shut_down_waits_for_nobody_longer_than_its_grace() -> None:
    app = App()
    async with trio.open_nursery() as nursery:
        stop = trio.Event()
        guard = Guard(app, {}, Limits())
        stopped = trio.Event()

        async def serve(task_status: trio.TaskStatus[str]) -> None:
            await serve_web(
                guard,
                ("127.0.0.1", 0),
                limits=Limits(grace_seconds=0.2),
                shutdown_trigger=stop.wait,
                task_status=task_status,
            )
            stopped.set()

        site = Site(await nursery.start(serve), httpx.AsyncClient())
        async with site.client, await site.connect() as stream, await site.connect():
            await stream.send_all(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
            await app.entered.wait()
            stop.set()
            with trio.fail_after(3):
                await stopped.wait()


async def test_a_port_that_is_taken_is_a_setting_to_change() -> None:
    async with serving(App()) as site:
        host, port = site.address.split(":")
        with pytest.raises(SettingsError, match="LOCKBAY_WEB_BIND"):
            await serve_web(App(), (host, int(port)))


async def test_the_address_is_reported_in_a_form_that_fits_a_url() -> None:
    async with trio.open_nursery() as nursery:
        address = await nursery.start(serve_web, App(), ("::1", 0))
        assert httpx.URL(f"http://{address}").host == "::1"
        nursery.cancel_scope.cancel()
