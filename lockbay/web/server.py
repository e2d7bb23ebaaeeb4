"""The server's tasks and sockets: hypercorn's trio connections (HTTP by h11) under an accept loop of our own.

Of our own, because hypercorn's lets a client keep a connection for ever (by not reading the answer; by sending a body
that nobody takes), any number of them, and ends the whole server when one connection's task fails. One request a
connection: providers call rarely, and what a connection can hold is bounded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, cast

import structlog
import trio
from attrs import field, frozen
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState
from prometheus_client import Counter, Gauge

from lockbay.errors import SettingsError
from lockbay.web.limits import Limits

if TYPE_CHECKING:
    from hypercorn.typing import ASGIFramework

CONNECTIONS = Gauge("lockbay_web_connections", "Open connections to the web server")
CLOSED = Counter("lockbay_web_connections_closed_total", "Connections that we ended", ["reason"])
BACKLOG = 128
log = structlog.get_logger()


async def serve_web(
    app: ASGIFramework,
    bind: tuple[str, int],
    *,
    limits: Limits | None = None,
    shutdown_trigger: Callable[[], Awaitable[None]] = trio.sleep_forever,
    task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serves until `shutdown_trigger` returns; requests in flight then have `grace_seconds`.

    Reports the bound address, host:port, when it is connectable. Port 0: the system chooses. Raises SettingsError.
    """
    worker = Worker(app, limits or Limits())
    listeners = await open_listeners(*bind)
    async with trio.open_nursery() as connections:
        async with trio.open_nursery() as accepting:
            accepting.start_soon(partial(trio.serve_listeners, worker.serve, listeners, handler_nursery=connections))
            task_status.started(address_of(listeners[0]))
            await shutdown_trigger()
            accepting.cancel_scope.cancel()
        await worker.context.terminated.set()
        connections.cancel_scope.deadline = trio.current_time() + worker.limits.grace_seconds


async def open_listeners(host: str, port: int) -> list[trio.SocketListener]:
    try:
        return await trio.open_tcp_listeners(port, host=host, backlog=BACKLOG)
    except OSError as error:
        raise SettingsError(f"LOCKBAY_WEB_BIND {host}:{port} cannot be used: {error.strerror or error}") from error


def address_of(listener: trio.SocketListener) -> str:
    host, port = listener.socket.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class BoundedStream:
    """A connection on which a client that does not read is a client that has gone."""

    def __init__(self, stream: trio.SocketStream, limit: float) -> None:
        self.socket = stream.socket
        self.receive_some = stream.receive_some
        self.send_eof = stream.send_eof
        self.aclose = stream.aclose
        self._stream = stream
        self._limit = limit

    async def send_all(self, data: bytes) -> None:
        """hypercorn shields its sends from cancellation, so the bound is in here."""
        try:
            with trio.fail_after(self._limit):
                await self._stream.send_all(data)
        except trio.TooSlowError as error:
            CLOSED.labels("not_reading").inc()
            await trio.aclose_forcefully(self._stream)  # hypercorn goes on listening to it
            raise trio.BrokenResourceError from error


@frozen
class Worker:
    """Serves connections, one call each."""

    app: ASGIFramework
    limits: Limits
    context: WorkerContext = field(factory=lambda: WorkerContext(None), init=False)
    _config: Config = field(init=False)
    _open: set[trio.SocketStream] = field(factory=set, init=False)

    @_config.default
    def _make_config(self) -> Config:
        config = Config()
        config.errorlog = config.accesslog = None  # failures are the app's to report, requests are counted there
        config.include_server_header = False
        config.keep_alive_max_requests = 1
        config.keep_alive_timeout = cast(int, self.limits.head_seconds)  # also runs before the first request
        return config

    async def serve(self, stream: trio.SocketStream) -> None:
        """Serves one connection; its failure ends nothing but itself."""
        if len(self._open) >= self.limits.connections:
            CLOSED.labels("too_many").inc()
            return await trio.aclose_forcefully(stream)
        self._open.add(stream)
        CONNECTIONS.inc()
        try:
            await self._serve(stream)
        except Exception:
            CLOSED.labels("failed").inc()
            log.exception("connection_failed")
        finally:
            CONNECTIONS.dec()
            self._open.discard(stream)
            await trio.aclose_forcefully(stream)

    async def _serve(self, stream: trio.SocketStream) -> None:
        bounded = cast("trio.SSLStream[trio.SocketStream]", BoundedStream(stream, self.limits.send_seconds))
        with trio.move_on_after(self.limits.connection_seconds) as bound:
            await TCPServer(ASGIWrapper(self.app), self._config, self.context, ConnectionState({}), bounded)
        if bound.cancelled_caught:
            CLOSED.labels("too_long").inc()
