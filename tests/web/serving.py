"""A server with short patience, an application that misbehaves, and what clients send to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import trio
import trio.testing
from prometheus_client import REGISTRY
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lockbay.web.guard import Guard
from lockbay.web.limits import Limits
from lockbay.web.server import serve_web
from tests.web.site import Site

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
