"""A network that is bad on purpose: proxies of ours, one for HTTP and one for any stream, each with faults by chance.

HTTP is understood by whole requests, so that a request can be lost before it is sent, or its answer after it had its
effect, or be sent twice. A stream of another protocol is delayed, dripped, stopped or reset.
"""

from __future__ import annotations

import random
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import orjson
import trio
from attrs import define, field

from scripts.chaos.framing import Messages
from scripts.processes import HOST

BROKEN: Final = (trio.BrokenResourceError, trio.ClosedResourceError, OSError)
KINDS: Final[Mapping[str, float]] = {
    "delay": 4, "reset_before": 2, "reset_after": 2, "half_open": 0.4, "drip": 2, "duplicate": 2, "flood": 1,
    "error_before": 1, "error_after": 1, "cut": 1, "garbage": 0.5,
}  # fmt: skip
STREAM_KINDS: Final[Mapping[str, float]] = {
    "delay": 6, "reset_before": 1, "reset_after": 1, "half_open": 0.2, "drip": 3,
}  # fmt: skip
DELAYS: Final = (0.02, 1.0)  # s
DRIP: Final = 40  # pieces
PIECE: Final = 0.02  # s between two
STORM: Final = 1.5  # s
BAD_GATEWAY: Final = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 16\r\n\r\n<html>502</html>"
)
GARBAGE: Final = b"HTTP/9.9 what\x00\xff\r\n\r\n{"


@define(eq=False)
class Weather:
    """How bad it is now. What is half open lets go when it clears up. `struck` counts what was done to whom."""

    chance: random.Random
    share: float  # of requests that something happens to
    struck: Counter[str] = field(factory=Counter)
    is_bad: bool = False
    clear: trio.Event = field(factory=trio.Event)  # for good
    storm_until: float = 0.0

    def strikes(self, whom: str, kinds: Mapping[str, float]) -> str | None:
        """What happens to this one, if anything; it is counted."""
        fault = self._drawn(kinds)
        if fault is not None:
            self.struck[f"{whom} {fault}"] += 1
        return fault

    def _drawn(self, kinds: Mapping[str, float]) -> str | None:
        if not self.is_bad:
            return None
        if "flood" in kinds and trio.current_time() < self.storm_until:
            return "flood"
        if self.chance.random() >= self.share:
            return None
        found = self.chance.choices(list(kinds), weights=list(kinds.values()))[0]
        if found == "flood":
            self.storm_until = trio.current_time() + STORM
        return found

    def clears(self) -> None:
        self.is_bad = False
        self.clear.set()

    async def delay(self) -> None:
        await trio.sleep(self.chance.uniform(*DELAYS))


@define(eq=False)
class Proxy:
    """One place where the service believes another to be. `upstream` opens a connection to that."""

    name: str
    weather: Weather
    upstream: Callable[[], Awaitable[trio.SocketStream]]

    async def serve_http(self, *, task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled; reports its port."""
        await self._serve(self._http, task_status)

    async def serve_stream(self, *, task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED) -> None:
        await self._serve(self._stream, task_status)

    async def _serve(
        self, handle: Callable[[trio.SocketStream], Awaitable[None]], task_status: trio.TaskStatus[int]
    ) -> None:
        listeners = await trio.open_tcp_listeners(0, host=HOST)
        task_status.started(listeners[0].socket.getsockname()[1])

        async def guarded(stream: trio.SocketStream) -> None:
            with suppress(*BROKEN):
                await handle(stream)

        await trio.serve_listeners(guarded, listeners)

    # HTTP

    async def _http(self, client: trio.SocketStream) -> None:
        """Requests of one connection, one after another, over a connection upstream of its own."""
        requests, server = Messages(client), None
        try:
            while (request := await requests.next()) is not None:
                server = server or Messages(await self.upstream())
                if not await self._exchange(client, server, request):
                    return
        finally:
            if server is not None:
                server.stream.socket.close()

    async def _exchange(self, client: trio.SocketStream, server: Messages, request: bytes) -> bool:
        """Whether the connection goes on."""
        fault = self.weather.strikes(self.name, KINDS)
        match fault:
            case "delay":
                await self.weather.delay()
            case "reset_before":
                return await reset(client)
            case "half_open":
                await self.weather.clear.wait()
                return await reset(client)
            case "flood":
                await client.send_all(flooded(self.weather.chance.randrange(1, 3)))
                return True
            case "error_before":
                await client.send_all(BAD_GATEWAY)
                return True
            case "duplicate":
                await self._ask(server, request)
        answer = await self._ask(server, request)
        return await self._hand_over(client, answer, fault)

    async def _ask(self, server: Messages, request: bytes) -> bytes:
        await server.stream.send_all(request)
        answer = await server.next()
        if answer is None:
            raise trio.BrokenResourceError("the server hung up")
        return answer

    async def _hand_over(self, client: trio.SocketStream, answer: bytes, fault: str | None) -> bool:
        match fault:
            case "reset_after":
                return await reset(client)
            case "error_after":
                await client.send_all(BAD_GATEWAY)
                return True
            case "cut":
                await client.send_all(answer[: max(1, len(answer) - 7)])
                return await reset(client)
            case "garbage":
                await client.send_all(GARBAGE)
                return await reset(client)
            case "drip":
                await dripped(client, answer)
            case _:
                await client.send_all(answer)
        return True

    # Any other protocol

    async def _stream(self, client: trio.SocketStream) -> None:
        server = await self.upstream()
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._pass, client, server, nursery.cancel_scope)
                nursery.start_soon(self._pass, server, client, nursery.cancel_scope)
        finally:
            server.socket.close()
            _reset(client)

    async def _pass(self, source: trio.SocketStream, to: trio.SocketStream, both: trio.CancelScope) -> None:
        with suppress(*BROKEN):
            async for data in source:
                match self.weather.strikes(self.name, STREAM_KINDS):
                    case "delay":
                        await self.weather.delay()
                    case "reset_before":
                        break
                    case "reset_after":
                        await to.send_all(data)
                        break
                    case "half_open":
                        await self.weather.clear.wait()
                        break
                    case "drip":
                        await dripped(to, data)
                        continue
                await to.send_all(data)
        both.cancel()


async def reset(stream: trio.SocketStream) -> bool:
    """Breaks it: the other side sees a reset. Always False."""
    _reset(stream)
    await trio.lowlevel.checkpoint()
    return False


def _reset(stream: trio.SocketStream) -> None:
    with suppress(*BROKEN):
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        stream.socket.close()


async def dripped(stream: trio.SocketStream, data: bytes | bytearray) -> None:
    size = max(1, len(data) // DRIP)
    for at in range(0, len(data), size):
        await stream.send_all(data[at : at + size])
        await trio.sleep(PIECE)


def flooded(seconds: int) -> bytes:
    """As Telegram says it; a provider's client reads the status."""
    said = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": seconds}}
    body = orjson.dumps(said)
    head = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: %d\r\n" % seconds
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
