"""The outermost layer of the web app: what it takes in is bounded in bytes and time, and what it answers is counted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import structlog
import trio
from prometheus_client import Counter
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lockbay.web.connection import WHOLE
from lockbay.web.limits import Limits

SPOKEN: Final = ("1.0", "1.1")
RETRY_AFTER: Final = {"Retry-After": "30"}

REQUESTS = Counter("lockbay_web_requests_total", "Requests by route and status", ["route", "status"])
log = structlog.get_logger()


class Guard:
    """Takes in the whole body before the app sees a request, so that no route can forget a limit.

    Too big a body is read on and thrown away, as long as its time lasts: a client that still sends does not read, and
    would never learn why it was refused.
    """

    def __init__(self, app: ASGIApp, routes: Collection[str], limits: Limits) -> None:
        self._app = app
        self._routes = routes
        self._prefixes = {path.partition("{")[0]: path for path in routes if "{" in path}
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        answer = Answer(send)
        try:
            await self._pass(scope, receive, answer)
        finally:
            REQUESTS.labels(self._route(scope["path"]), answer.status or "none").inc()

    def _route(self, path: str) -> str:
        """As it is counted and logged: a series of its own for each path would be one for whatever anybody asks for,
        and in a path there may be a secret.
        """
        if path in self._routes:
            return path
        return next((route for prefix, route in self._prefixes.items() if path.startswith(prefix)), "unknown")

    async def _pass(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        body = await self._take(scope, receive)
        if body is None:
            return
        if isinstance(body, Response):
            return await body(scope, receive, answer)
        try:
            with trio.fail_after(self._limits.answer_seconds):
                await self._app(scope, replay(body, receive), answer)
        except trio.TooSlowError:
            log.error("request_too_slow", route=self._route(scope["path"]))
            await self._instead(503, scope, receive, answer)
        except Exception:
            log.exception("request_failed", route=self._route(scope["path"]))
            await self._instead(500, scope, receive, answer)

    async def _instead(self, status: int, scope: Scope, receive: Receive, answer: Answer) -> None:
        if answer.status is None:
            await PlainTextResponse("", status, RETRY_AFTER)(scope, receive, answer)

    async def _take(self, scope: Scope, receive: Receive) -> bytes | Response | None:
        """The body, or why not; None when the client has gone."""
        if scope["http_version"] not in SPOKEN:
            return PlainTextResponse("HTTP/1.1, please", 505)
        if WHOLE in scope.get("extensions", ()):
            return await self._whole(receive)
        body = bytearray()
        size = 0
        with trio.move_on_after(self._limits.body_seconds):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                size += len(message.get("body", b""))
                body += message.get("body", b"") if size <= self._limits.body else b""
                if not message.get("more_body", False):
                    return bytes(body) if size <= self._limits.body else PlainTextResponse("Too large", 413)
        return PlainTextResponse("Too large", 413) if size > self._limits.body else PlainTextResponse("Too slow", 408)

    async def _whole(self, receive: Receive) -> bytes | Response:
        """A body that needs no time."""
        body: bytes = (await receive())["body"]
        return body if len(body) <= self._limits.body else PlainTextResponse("Too large", 413)


class Answer:
    """The sending side of a request, which remembers the status that was sent."""

    def __init__(self, send: Send) -> None:
        self.status: int | None = None
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body in one piece, and then whatever comes."""
    pieces: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return pieces.pop() if pieces else await receive()

    return next_message
