"""A way to the database server that tests can cut, or let fall silent without a word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import trio
from attrs import define, field


@define
class Wire:
    """Over TCP."""

    path: Path
    port: int = 0
    silent: bool = False
    _ends: list[trio.SocketStream] = field(factory=list)

    async def serve(self, *, task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED) -> None:
        listeners = await trio.open_tcp_listeners(self.port, host="127.0.0.1")
        self.port = listeners[0].socket.getsockname()[1]
        async with trio.open_nursery() as nursery:
            await nursery.start(trio.serve_listeners, self.join, listeners)
            task_status.started(self.port)

    async def join(self, client: trio.SocketStream) -> None:
        server = await trio.open_unix_socket(self.path)
        self._ends += [client, server]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.carry, client, server)
            nursery.start_soon(self.carry, server, client)

    async def carry(self, source: trio.SocketStream, target: trio.SocketStream) -> None:
        try:
            async for data in source:
                if not self.silent:
                    await target.send_all(data)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        finally:
            await trio.aclose_forcefully(target)

    async def cut(self) -> None:
        for end in self._ends:
            await trio.aclose_forcefully(end)


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[tuple[str, Wire]]:
    """The database's URL over a wire, and the wire."""
    parts = urlsplit(url)
    wire = Wire(Path(parse_qs(parts.query)["host"][0]) / ".s.PGSQL.5432")
    async with trio.open_nursery() as nursery:
        port = await nursery.start(wire.serve)
        yield f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}", wire
        nursery.cancel_scope.cancel()
