"""One client's connection: HTTP/1.1 by httptools (llhttp) on a trio stream, spoken to an ASGI app (spec 2.4).

RFC 9112 as far as providers, probes and proxies need it. Requests come one after the other; whoever sends the next one
before the answer is answered once and hung up on, and so is whoever gets an error: nobody holds a connection by being
refused. Protocols other than HTTP/1 are not switched to.
"""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import time
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import httptools
import trio
from attrs import define, field

from lockbay.tcp import BROKEN, RECEIVE, PlainStream
from lockbay.web.incoming import Incoming, origin_form

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Scope

    from lockbay.web.limits import Limits

REASONS: Final = {status.value: status.phrase.encode() for status in HTTPStatus}
WHOLE: Final = "lockbay.whole"  # in a scope's extensions: the body is there already, in one piece
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
FRAMING: Final = (b"content-length", b"transfer-encoding")


@lru_cache(1)
def date(second: int) -> bytes:
    """As the header says it (RFC 9110 §6.6.1)."""
    return formatdate(second, usegmt=True).encode()


class Refused(Exception):
    """What came is not HTTP as we speak it; `status` says so."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Exchange:
    """One request and its answer. `receive` and `send` are the app's."""

    def __init__(self, stream: PlainStream, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self._incoming = Incoming()
        self._parser = httptools.HttpRequestParser(self._incoming)
        self._fruitless = 0  # bytes since there was something of the body: of the head, of trailers, of framing
        self._method = b""
        self._version = ""
        self._waits_for_go = False
        self._is_last = False  # of this client's, on this connection
        self._head = b""  # of the answer, until there is something to send with it
        self._is_over = False
        self._is_broken = False
        self.is_unread = False  # the client did not take what it was sent
        self.keeps = False

    @property
    def is_asked(self) -> bool:
        """Whether the whole request is there."""
        return self._incoming.is_whole

    @property
    def is_complete(self) -> bool:
        """Whether the answer was given, and the next request may come on the same connection."""
        whole = self._incoming.is_whole and not self._incoming.sent_ahead
        return self.keeps and self._is_over and whole and not self._is_broken

    async def begin(self) -> bool:
        """Takes what is there; False when the client has gone. Raises Refused."""
        room = self._limits.head - self._fruitless
        if room <= 0:
            raise Refused(431)
        data = await self._stream.receive_some(min(room, RECEIVE))
        self._fruitless += len(data)
        self._feed(data)
        if self._incoming.pieces:
            self._fruitless = 0
        return bool(data)

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as stopped:
            self._stay(data[stopped.args[0] :])
        except httptools.HttpParserError as error:
            if not self._incoming.is_whole:
                raise Refused(400) from error
            self._incoming.sent_ahead = True

    def _stay(self, rest: bytes) -> None:
        """Another protocol was offered, and is not switched to: what follows is the body still (RFC 9110 §7.8). The
        parser takes it for that protocol's, so another one goes on behind the head.
        """
        incoming = self._incoming
        self._method, self._version = self._parser.get_method(), self._parser.get_http_version()
        if self._method == b"CONNECT":
            raise Refused(400)
        lines = [b"%b: %b\r\n" % (name, value) for name, value in incoming.headers if name in FRAMING]
        incoming.is_whole = False
        self._parser = httptools.HttpRequestParser(incoming)
        self._feed(b"%b / HTTP/1.1\r\n%b\r\n%b" % (self._method, b"".join(lines), rest))

    async def head(self) -> Scope | None:
        """The request's head as the app knows it; None when the client has gone. Raises Refused."""
        while not self._incoming.has_head:
            if not await self.begin():
                return None
        self._method = self._method or self._parser.get_method()
        self._version = version = self._version or self._parser.get_http_version()
        hosts, target = self._incoming.values(b"host"), origin_form(self._incoming.target)
        if len(hosts) > 1 or (not hosts and version != "1.0") or not target.startswith(b"/") or not target.isascii():
            raise Refused(400)
        expected = [value.lower() for value in self._incoming.values(b"expect")]
        self._waits_for_go = b"100-continue" in expected and version != "1.0"  # who speaks 1.0 takes it for the answer
        self._is_last = version == "1.0" or self._incoming.wants_end
        path, _, query = target.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": version,
            "method": self._method.decode(),
            "scheme": "http",
            "path": unquote(path.decode()),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": self._incoming.headers,
            "client": self._stream.peer,
            "server": None,
            "extensions": {WHOLE: {}} if self._incoming.is_whole else {},
        }

    async def receive(self) -> Message:
        """The body as it comes; after its end nothing more, for as long as the app asks."""
        incoming = self._incoming
        while not incoming.pieces and not incoming.is_whole:
            if self._waits_for_go:
                self._waits_for_go = False
                await self._write(CONTINUE)
            try:
                if not await self.begin():
                    return {"type": "http.disconnect"}
            except (*BROKEN, Refused):
                return {"type": "http.disconnect"}
        body = b"".join(incoming.pieces)
        incoming.pieces.clear()
        return {"type": "http.request", "body": body, "more_body": not incoming.is_whole}

    async def send(self, message: Message) -> None:
        """Never fails: what cannot be sent is dropped, and the connection ends after the request."""
        if message["type"] == "http.response.start":
            self._head = self._answer_head(message["status"], message.get("headers", ()))
        elif message["type"] == "http.response.body":
            await self._send_body(message.get("body", b""), message.get("more_body", False))

    async def refuse(self, status: int) -> None:
        if not self._is_over and not self._head:
            await self._write(self._answer_head(status, [(b"content-length", b"0")]))

    async def _send_body(self, body: bytes, more: bool) -> None:
        sent = self._head + (b"" if self._method == b"HEAD" else body)
        self._head = b""
        self._is_over = not more
        if sent:
            await self._write(sent)

    def _answer_head(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """With an error, or without a length, the connection ends."""
        lines = [b"%b: %b\r\n" % pair for pair in headers]
        has_length = any(name.lower() == b"content-length" for name, _ in headers)
        incoming = self._incoming
        wanted = incoming.is_whole and not incoming.sent_ahead and not self._is_last
        self.keeps = self.keeps and wanted and has_length and status < 400
        kept = b"" if self.keeps else b"connection: close\r\n"
        return b"HTTP/1.1 %d %b\r\n%bdate: %b\r\n%b\r\n" % (
            status, REASONS.get(status, b""), b"".join(lines), date(int(time())), kept,
        )  # fmt: skip

    async def _write(self, data: bytes) -> None:
        """Shielded, as half an answer is none; bounded, as a client that does not read is one that has gone."""
        if self._is_broken:
            return
        try:
            with trio.CancelScope(deadline=trio.current_time() + self._limits.send_seconds, shield=True) as bound:
                await self._stream.send_all(data)
            self._is_broken = self.is_unread = bound.cancelled_caught
        except BROKEN:
            self._is_broken = True


@define(eq=False)
class Connection:
    """Serves one client's requests. `is_idle`: it waits for the next one, and can be closed without harm. `is_last`:
    the answer under way is the last.
    """

    app: ASGIApp
    limits: Limits
    stream: PlainStream
    is_idle: bool = False
    is_last: bool = False
    _exchange: Exchange | None = field(default=None, init=False)

    @property
    def is_owed(self) -> bool:
        """Whether a request has come whole, and its answer is made or sent."""
        return not self.is_idle and self._exchange is not None and self._exchange.is_asked

    async def serve(self) -> str | None:
        """Until somebody has had enough. Why it was us, where that is worth counting. Raises what the app raises."""
        patience = self.limits.head_seconds
        while True:
            self._exchange = exchange = Exchange(self.stream, self.limits)
            scope = await self._head(exchange, patience)
            if scope is None:
                return None
            exchange.keeps = not self.is_last
            with trio.move_on_after(self.limits.connection_seconds) as bound:
                await self.app(scope, exchange.receive, exchange.send)
            if bound.cancelled_caught or exchange.is_unread:
                return "not_reading" if exchange.is_unread else "too_long"
            if not exchange.is_complete or self.is_last:
                return None
            patience = self.limits.idle_seconds

    async def _head(self, exchange: Exchange, patience: float) -> Scope | None:
        """The next request's; None when there is none."""
        self.is_idle = True
        try:
            with trio.move_on_after(patience) as bound:
                came = await exchange.begin()
                self.is_idle = False
                bound.deadline = trio.current_time() + self.limits.head_seconds
                return await exchange.head() if came else None
        except Refused as refused:
            await exchange.refuse(refused.status)
        except BROKEN:
            pass
        return None

    def close(self) -> None:
        self.stream.close()
