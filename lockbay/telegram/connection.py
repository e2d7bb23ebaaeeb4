"""One keep-alive HTTP/1.1 connection of our own: httptools' parser on a trio stream, one exchange at a time, of one
request or of two in one go.

RFC 9112 as far as the Bot API needs it: answers with Content-Length or chunked; an answer that ends with the connection
(neither of the two) counts as half read, since its end could not be told from a broken line.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import httptools
import trio

from lockbay.errors import Unavailable
from lockbay.tcp import BROKEN, RECEIVE, PlainStream
from lockbay.telegram.refusals import AnswerLost

BEHIND: Final = 2.0  # s that the answers behind the first one may take: nobody is to wait for them

Answer: TypeAlias = tuple[int, bytes]  # status, body


class Stale(Unavailable):
    """A kept connection was closed by the server before it began to answer."""


class Connection:
    """`stream` is what is spoken on (TLS or not), `line` the TCP stream under it. Not for two tasks at once.

    After anything but a returned answer the connection is only good for closing.
    """

    def __init__(self, stream: trio.abc.Stream, line: PlainStream, limit: int) -> None:
        self.deadline = math.inf  # trio.current_time() after which the exchange under way is given up
        self.busy_since = self.idle_since = 0.0
        self.reusable = True
        self._stream = stream
        self._line = line
        self._limit = limit  # bytes of one answer, with its headers
        self._parser = httptools.HttpResponseParser(self)
        self._served = False
        self._expired = False
        self._begin(1)

    def _begin(self, wanted: int) -> None:
        self._parts: list[bytes] = []
        self._received = 0
        self._answers: list[Answer] = []
        self._missing = wanted

    async def exchange(self, requests: bytes, wanted: int = 1) -> list[Answer]:
        """Sends the request, or several in one go (RFC 9112 §9.3.2), and returns the whole answers, in order: all that
        are `wanted`, or the first of them. Raises Stale (only on a kept connection) or AnswerLost when there is none.
        """
        self._begin(wanted)
        try:
            await self._stream.send_all(requests)
            while self._missing:
                self._feed(await self._stream.receive_some(RECEIVE))
        except (*BROKEN, AnswerLost) as error:
            self.reusable = False
            if not self._answers:
                raise error if isinstance(error, AnswerLost) else self._lost(error) from error
        self._served = True
        return self._answers

    def _feed(self, data: bytes | bytearray) -> None:
        if not data:
            raise trio.BrokenResourceError("closed by the server")
        self._received += len(data)
        if self._received > self._limit:
            raise AnswerLost(f"the answer is longer than {self._limit} bytes")
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.reusable = False
            if self._missing:
                raise AnswerLost(f"the answer is not HTTP: {type(error).__name__}") from error

    def _lost(self, error: Exception) -> AnswerLost | Stale:
        if self._expired:
            return AnswerLost("no whole answer in time")
        if self._served and not self._received:
            return Stale("a kept connection was closed")
        return AnswerLost(f"the connection broke after {self._received} bytes of the answer: {type(error).__name__}")

    @property
    def is_quiet(self) -> bool:
        """Whether a kept connection is as the last exchange left it: what came since then answers no request, and
        would be taken for the answer to the next (RFC 9112 §9.2).
        """
        return self._line.is_quiet

    @property
    def is_dead(self) -> bool:
        """Whether a kept connection, on which there were answers before, gave not a byte of one until its deadline."""
        return self._expired and self._served and not self._received

    def expire(self) -> None:
        """The exchange under way ends with AnswerLost."""
        self._expired = True
        self.close()

    def close(self) -> None:
        """At once and without ceremony, TLS or not. May be repeated."""
        self.reusable = False
        self._line.close()

    # What the parser calls:

    def on_message_begin(self) -> None:
        if not self._missing:  # bytes after the answer that nobody asked for: the next answer could not be trusted
            self.reusable = False

    def on_body(self, part: bytes) -> None:
        if self._missing:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        if not self._missing:
            return
        parts, self._parts = self._parts, []
        status = self._parser.get_status_code()
        if status < 200:  # 1xx: the answer is still to come
            return
        self._answers.append((status, parts[0] if len(parts) == 1 else b"".join(parts)))
        self._missing -= 1
        if not self._parser.should_keep_alive():  # nothing more is answered here (RFC 9112 §9.6)
            self.reusable, self._missing = False, 0
        elif self._missing:
            self.deadline = min(self.deadline, trio.current_time() + BEHIND)
