"""HTTP for the sandbox: an ASGI application on hypercorn's trio server, with a hand on each connection."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from socket import SO_LINGER, SOL_SOCKET
from typing import TYPE_CHECKING, Final, cast

import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework, ConnectionState
from starlette.requests import Request

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    SSLStream = trio.SSLStream[trio.SocketStream]

KEPT: Final = 75.0  # s, nginx's own; hypercorn's 5 s are httpx's, too, so a client may ask just as the line is closed


class Connections:
    """The open connections, by the client's port: so that one can be broken in the middle of a call."""

    def __init__(self) -> None:
        self._streams: dict[int, trio.SocketStream] = {}

    async def serve(
        self, app: ASGIApp, host: str, port: int, *, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Serve until cancelled. Reports http://host:port as bound. Raises OSError when the address is taken."""
        listeners = await trio.open_tcp_listeners(port, host=host)
        bound_host, bound_port = listeners[0].socket.getsockname()[:2]
        config, context = Config(), WorkerContext(None)
        config.keep_alive_timeout = KEPT
        wrapped = ASGIWrapper(cast("ASGIFramework", app))

        async def handle(stream: trio.SocketStream) -> None:
            peer = stream.socket.getpeername()[1]
            self._streams[peer] = stream
            try:
                await TCPServer(wrapped, config, context, ConnectionState({}), cast("SSLStream", stream)).run()
            finally:
                self._streams.pop(peer, None)

        async with trio.open_nursery() as nursery:
            shown = f"[{bound_host}]" if ":" in bound_host else bound_host
            nursery.start_soon(trio.serve_listeners, handle, listeners)
            task_status.started(f"http://{shown}:{bound_port}")

    async def reset(self, request: Request) -> None:
        """Break the request's connection: the client sees a reset."""
        stream = self._streams.get(request.client.port) if request.client else None
        if stream:
            stream.socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            await trio.aclose_forcefully(stream)


async def gone(request: Request) -> None:
    """Returns when the client has hung up. For requests whose body was read."""
    while True:
        message: Mapping[str, object] = await request.receive()
        if message["type"] == "http.disconnect":
            return
