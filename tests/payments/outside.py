"""A provider's server as a test scripts it: real HTTP, and a memory of what it was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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
