"""What is not plain HTTP/1.1 with a path of ours: other protocols, other targets, other expectations."""

from __future__ import annotations

import pytest
import trio
import trio.testing
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lockbay.web.limits import Limits
from tests.web.serving import POST, App, serving
from tests.web.site import rest_of, status_of


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
