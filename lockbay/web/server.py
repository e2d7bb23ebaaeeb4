"""The server's tasks and sockets: an accept loop, and a bound on how many connections there are.

Connections are our own (connection.py). hypercorn's let a client keep one for ever (by not reading the answer; by
sending a body that nobody takes), the failure of one ended its whole server, and a signed webhook without its statement
took 1600 µs of CPU, a connection each; now 170 µs, on kept connections.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog
import trio
from attrs import define, field
from prometheus_client import Counter, Gauge
from starlette.types import ASGIApp

from lockbay.errors import SettingsError
from lockbay.tcp import PlainStream
from lockbay.web.connection import Connection
from lockbay.web.limits import Limits

CONNECTIONS = Gauge("lockbay_web_connections", "Open connections to the web server")
CLOSED = Counter("lockbay_web_connections_closed_total", "Connections that we ended", ["reason"])
BACKLOG: Final = 128
log = structlog.get_logger()


async def serve_web(
    app: ASGIApp,
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
        worker.stop()
        connections.cancel_scope.deadline = trio.current_time() + worker.limits.grace_seconds


async def open_listeners(host: str, port: int) -> list[trio.SocketListener]:
    try:
        return await trio.open_tcp_listeners(port, host=host, backlog=BACKLOG)
    except OSError as error:
        raise SettingsError(f"LOCKBAY_WEB_BIND {host}:{port} cannot be used: {error.strerror or error}") from error


def address_of(listener: trio.SocketListener) -> str:
    host, port = listener.socket.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@define(eq=False)
class Worker:
    """Serves connections, one call each."""

    app: ASGIApp
    limits: Limits
    _open: dict[Connection, None] = field(factory=dict, init=False)  # in the order in which they came

    async def serve(self, stream: trio.SocketStream) -> None:
        """Serves one connection; its failure ends nothing but itself."""
        connection = Connection(self.app, self.limits, PlainStream(stream))
        if len(self._open) >= self.limits.connections and not self._make_room():
            CLOSED.labels("too_many").inc()
            return connection.close()
        self._open[connection] = None
        CONNECTIONS.inc()
        try:
            await self._serve(connection)
        except Exception:
            CLOSED.labels("failed").inc()
            log.exception("connection_failed")
        finally:
            CONNECTIONS.dec()
            self._open.pop(connection, None)
            connection.close()

    def stop(self) -> None:
        """No further requests: who is being answered is answered, all others are hung up on."""
        for connection in self._open:
            connection.is_last = True
            if connection.is_idle:
                connection.close()

    async def _serve(self, connection: Connection) -> None:
        reason = await connection.serve()
        if reason is not None:
            CLOSED.labels(reason).inc()

    def _make_room(self) -> bool:
        """Hangs up on the oldest connection that is owed no answer; False when there is none. So whoever opens
        connections and asks nothing keeps nobody out who asks at once.
        """
        for connection in self._open:
            if not connection.is_owed:
                CLOSED.labels("idle").inc()
                self._open.pop(connection)
                connection.close()
                return True
        return False
