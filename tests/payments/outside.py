"""A provider's server as a test scripts it: real HTTP, and a memory of what it was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias, cast

import trio
from attrs import define, field
from hypercorn.typing import ASGIFramework
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lockbay.web.server import serve_web

Script: TypeAlias = Callable[[Request], Awaitable[Response]]


@define
class Outside:
    script: Script
    url: str = ""
    asked: list[Request] = field(factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        self.asked.append(request)
        await (await self.script(request))(scope, receive, send)


@asynccontextmanager
async def outside(script: Script) -> AsyncIterator[Outside]:
    async with trio.open_nursery() as nursery:
        server = Outside(script)
        address = await nursery.start(serve_web, cast(ASGIFramework, server), ("127.0.0.1", 0))
        server.url = f"http://{address}"
        yield server
        nursery.cancel_scope.cancel()


def says(content: bytes | str, status: int = 200) -> Script:
    async def script(_: Request) -> Response:
        return Response(content, status, media_type="application/json")

    return script


@asynccontextmanager
async def raw(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers each request with these bytes, whatever they are, and keeps its connections; its URL, and
    the heads of what it was asked.
    """
    asked: list[bytes] = []

    async def serve(stream: trio.SocketStream) -> None:
        with suppress(trio.BrokenResourceError):
            async with stream:
                async for data in stream:
                    if data.endswith(b"\r\n\r\n"):
                        asked.append(bytes(data))
                        await stream.send_all(answer)

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, listeners)
        yield f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}", asked
        nursery.cancel_scope.cancel()


def http(content: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer as it is on the wire."""
    lines = [b"HTTP/1.1 " + status, b"content-length: %d" % len(content), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + content
