"""HTTP/1.1 client of our own: a bounded pool of kept connections to one server, directly or through a proxy.

Why our own: the same call costs httpx 460 µs and this 15 (scripts/bench_transport.py). So the way of a call is short on
purpose: a place, a connection, one send, mostly one receive, and no cancel scope (another 14): a timekeeper looks after
the deadlines of all exchanges under way, once a second.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import certifi
import trio
from prometheus_client import Counter

from lockbay.errors import TelegramUnavailable
from lockbay.tcp import BROKEN, PlainStream
from lockbay.telegram.connection import Answer, Connection, Stale
from lockbay.telegram.proxy import Endpoint, Proxy, proxy_for, tunnel

CONNECT_LIMIT: Final = 10.0  # s for name, TCP, proxy and TLS together
IDLE_LIMIT: Final = 50.0  # s; servers close kept connections after 60 to 75
ANSWER_LIMIT: Final = 8 * 2**20  # bytes; getUpdates cuts its answers at about 4 MiB (docs/apis.md §1.4)
TICK: Final = 1.0  # s between two looks at the deadlines
SLOW: Final = 2.0  # s; an exchange that takes longer leaves its place to others
HANGING: Final = 192  # that may have left theirs at once

OPENED = Counter("lockbay_telegram_connections_opened_total", "Connections made to Telegram")
STALE = Counter("lockbay_telegram_stale_connections_total", "Calls repeated because a kept connection had been closed")


def default_tls() -> ssl.SSLContext:
    """The machine's certificates (SSL_CERT_FILE counts) and certifi's; HTTP/1.1 only."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


class Transport:
    """Calls to one server. The last connection used is the first used again; whoever waits for a place is served in
    turn. What hangs leaves its place to others, up to a bound: it says nothing about them.

    A cancelled, failed or expired exchange closes its connection: it never comes back to the pool.
    """

    def __init__(
        self,
        server: Endpoint,
        *,
        size: int = 64,
        tls: ssl.SSLContext | None = None,
        answer_limit: int = ANSWER_LIMIT,
        tick: float = TICK,
    ) -> None:
        self._server = server
        self.proxy: Final = proxy_for(server)
        self._tls = tls
        self._answer_limit = answer_limit
        self._tick = tick
        self._places = size
        self._waiting = trio.lowlevel.ParkingLot()
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._hanging: set[Connection] = set()  # those of them that have left their places

    @property
    def target(self) -> bytes:
        """What a request line begins its target with: nothing, or the whole address for a proxy of plain HTTP."""
        if self.proxy is None or self._server.scheme == "https":
            return b""
        return f"http://{self._server.authority}".encode()

    @property
    def headers(self) -> bytes:
        """The header lines that every request needs."""
        through = self.proxy.header if self.target and self.proxy else b""
        return b"Host: %b\r\n%b" % (self._server.authority.encode(), through)

    async def exchange(self, request: bytes, timeout: float, goes: Callable[[], None] | None = None) -> Answer:
        """Sends one request, returns status and body. Like `pipeline`."""
        [answer] = await self.pipeline(request, timeout, goes=goes)
        return answer

    async def pipeline(
        self, requests: bytes, timeout: float, wanted: int = 1, goes: Callable[[], None] | None = None
    ) -> list[Answer]:
        """Sends requests in one go, returns status and body of each; of the first at least. `timeout` (s, kept to
        within a tick) covers all of it. `goes` is called right before they are written to the wire; what it raises
        keeps them off it.

        Raises TelegramUnavailable when nothing was sent, AnswerLost when it may have arrived. A kept connection that
        the server had closed without a byte of answer is replaced by a fresh one, once: RFC 9112 §9.3.1 leaves open
        whether the server saw the request, but servers close idle lines far more often than they die with a request
        in hand.
        """
        deadline = trio.current_time() + timeout
        if self._places > 0:
            self._places -= 1
        else:
            await self._wait_for_place(deadline)
        try:
            if (kept := self._kept()) is not None:
                try:
                    return await self._over(kept, requests, wanted, deadline, goes)
                except Stale:
                    STALE.inc()
            return await self._over(await self._connect(deadline), requests, wanted, deadline, goes)
        finally:
            self._give_place()

    def _kept(self) -> Connection | None:
        """The connection used last that can be used again."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_quiet:
                return connection
            connection.close()
        return None

    async def _over(
        self,
        connection: Connection,
        requests: bytes,
        wanted: int,
        deadline: float,
        goes: Callable[[], None] | None,
    ) -> list[Answer]:
        connection.deadline, connection.busy_since = deadline, trio.current_time()
        self._busy.add(connection)
        try:
            if goes is not None:
                goes()
            answers = await connection.exchange(requests, wanted)
        except BaseException:
            connection.close()
            if connection.is_dead:
                self._forget_idle()
            raise
        finally:
            self._busy.discard(connection)
            if connection in self._hanging:
                self._hanging.discard(connection)
                self._places -= 1  # for `pipeline` to give back
        if connection.reusable:
            connection.idle_since = trio.current_time()
            self._idle.append(connection)
        else:
            connection.close()
        return answers

    async def _wait_for_place(self, deadline: float) -> None:
        try:
            with trio.fail_at(deadline):
                await self._waiting.park()  # whoever leaves hands their place over: nobody can jump the queue
        except trio.TooSlowError:
            raise TelegramUnavailable("all connections were busy for too long") from None

    def _give_place(self) -> None:
        if self._waiting and self._places >= 0:  # below: it is the place of one that had left it, and came back
            self._waiting.unpark()
        else:
            self._places += 1

    async def _connect(self, deadline: float) -> Connection:
        """Raises TelegramUnavailable: nothing has been sent yet."""
        where = f"{self._server.host}:{self._server.port}"
        try:
            with trio.fail_at(min(deadline, trio.current_time() + CONNECT_LIMIT)):
                connection = await self._dial()
        except trio.TooSlowError:
            raise TelegramUnavailable(f"no connection to {where} in time") from None
        except BROKEN as error:
            raise TelegramUnavailable(f"no connection to {where}: {error.__cause__ or error}") from error
        OPENED.inc()
        return connection

    async def _dial(self) -> Connection:
        first = self.proxy.endpoint if self.proxy else self._server
        line = PlainStream(await trio.open_tcp_stream(first.host, first.port))
        try:
            stream = await self._secured(line, first) if first.scheme == "https" else line
            if self.proxy and self._server.scheme == "https":
                stream = await self._tunnelled(stream, self.proxy)
        except BaseException:
            line.close()
            raise
        return Connection(stream, line, self._answer_limit)

    async def _tunnelled(self, stream: trio.abc.Stream, proxy: Proxy) -> trio.abc.Stream:
        await tunnel(stream, proxy, self._server)
        return await self._secured(stream, self._server)

    async def _secured(self, stream: trio.abc.Stream, to: Endpoint) -> trio.abc.Stream:
        if self._tls is None:  # made when it is needed: reading all certificates takes 30 ms
            self._tls = default_tls()
        secured = trio.SSLStream(stream, self._tls, server_hostname=to.host, https_compatible=True)
        await secured.do_handshake()
        return secured

    async def keep_time(self) -> None:
        """Expires what is over its deadline, closes what was idle for too long, and sees what hangs, for ever."""
        while True:
            await trio.sleep(self._tick)
            now = trio.current_time()
            for connection in [each for each in self._busy if each.deadline < now]:
                connection.expire()
            for connection in [each for each in self._busy if each.busy_since <= now - SLOW]:
                self._leave_place(connection)
            while self._idle and self._idle[0].idle_since + IDLE_LIMIT < now:
                self._idle.pop(0).close()

    def _leave_place(self, connection: Connection) -> None:
        if connection not in self._hanging and len(self._hanging) < HANGING:
            self._hanging.add(connection)
            self._give_place()

    def close(self) -> None:
        """Closes every connection; calls under way end with AnswerLost. May be repeated."""
        for connection in self._busy:
            connection.close()
        self._forget_idle()

    def _forget_idle(self) -> None:
        """What forgets one kept connection without a word (a router, on its restart) has forgotten the others as well:
        each would take the whole time limit of somebody's call.
        """
        while self._idle:
            self._idle.pop().close()


@asynccontextmanager
async def open_transport(
    server: Endpoint,
    *,
    size: int = 64,
    tls: ssl.SSLContext | None = None,
    answer_limit: int = ANSWER_LIMIT,
    tick: float = TICK,
) -> AsyncIterator[Transport]:
    """A transport with its timekeeper, closed at the end."""
    transport = Transport(server, size=size, tls=tls, answer_limit=answer_limit, tick=tick)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(transport.keep_time)
        try:
            yield transport
        finally:
            transport.close()
            nursery.cancel_scope.cancel()
