"""trio to asyncpg: connections whose coroutines run in the asking trio task.

asyncpg awaits nothing but futures of its protocol. So its coroutine is sent through by the trio task itself, which
sleeps only until each future is done: no asyncio task, no adapter per query. asyncpg's own Pool is not used:
under trio it leaks a slot on every cancelled query.

A cancelled query leaves at once; its connection stays behind with a `drain` that waits for the answer, asks the server
to cancel when that takes long, and throws the connection away when even that is not answered. Its slot is taken until
then, so there are never more connections than slots (`pool`).
"""

from __future__ import annotations

import math
from asyncio import Future
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import asyncpg
import structlog
import trio
import trio_asyncio
from attrs import define, field, frozen
from prometheus_client import Counter

from lockbay.errors import DatabaseUnavailable, LockBayError, SettingsError
from lockbay.postgres import rows
from lockbay.postgres.loop import forget_outcome, here, open_loop, settled

if TYPE_CHECKING:
    from asyncpg.prepared_stmt import PreparedStatement

    Prepared: TypeAlias = PreparedStatement[asyncpg.Record]

T = TypeVar("T")
log = structlog.get_logger()

CONNECTS = Counter("lockbay_database_connects_total", "Connections made, and failures to make one.", ["outcome"])
DRAINS = Counter("lockbay_pool_drains_total", "Connections that a cancelled query left behind.", ["outcome"])

DRAIN_SECONDS: Final = 0.1  # most statements are answered in 2 ms: asking the server to cancel would cost a connection
CANCEL_SECONDS: Final = 1.0  # then the server is asked to cancel; without an answer the connection is thrown away
CLOSE_SECONDS: Final = 0.5  # what shut-down grants to queries in flight, and again to the good-byes

LOST: Final = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asked again after a server's last words, before its hanging up was seen
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,  # this and the next can overtake the answer to a commit that happened
    asyncpg.CrashShutdownError,
    OSError,
)
CANNOT_CONNECT: Final = (*LOST, asyncpg.PostgresError)  # whatever it says: starting up, full, not accepting connections
WRONG_SETTING: Final = (
    asyncpg.ClientConfigurationError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    ValueError,  # a URL that asyncpg cannot take apart
)


class StatementFailed(LockBayError):
    """PostgreSQL refused a statement; it changed nothing. `code` is the SQLSTATE."""

    def __init__(self, file: str, code: str, message: str) -> None:
        super().__init__(f"sql/{file}.sql failed with {code}: {message}")
        self.file, self.code = file, code


@frozen
class Limits:
    """How long things may take, in seconds, and how many connections there are."""

    connections: int = 6  # two or three for each core: more get in each other's way, and all are slower
    connect: float = 5.0
    statement: float = 5.0
    lock: float = field()
    idle_in_transaction: float = 10.0

    @lock.default
    def _sooner(self) -> float:
        """So that the reason is told."""
        return self.statement * 0.8


@define(eq=False)
class Connection:
    """One connection to PostgreSQL. Only one task at a time may use it.

    What asyncpg raises comes out as it is: `pool` makes LockBay's errors of it.
    """

    raw: asyncpg.Connection[asyncpg.Record]
    loop: trio_asyncio.TrioEventLoop
    _prepared: dict[str, Prepared] = field(factory=dict, init=False)
    _names: Iterator[int] = field(factory=count, init=False)
    _unfinished: tuple[Coroutine[Future[object], None, object], Future[object]] | None = field(default=None, init=False)

    @property
    def is_usable(self) -> bool:
        return self._unfinished is None and not self.raw.is_closed()

    @property
    def is_drainable(self) -> bool:
        return self._unfinished is not None and not self.raw.is_closed()

    async def run(self, steps: Coroutine[Future[object], None, T]) -> T:
        """Runs a coroutine of asyncpg in this task. When cancelled, the connection is left for `drain`."""
        future: Future[object] | None = None
        try:
            while True:
                future = steps.send(None)
                await settled(future)
                future = None
        except StopIteration as done:
            value: T = done.value
            return value
        finally:
            if future is not None:
                self._unfinished = (steps, future)

    def known(self, sql: str) -> Prepared | None:
        """The statement, if it is prepared already."""
        return self._prepared.get(sql)

    async def prepared(self, sql: str) -> Prepared:
        """Prepared once for each connection.

        By name: asyncpg without its cache prepares unnamed statements, which PostgreSQL plans anew each time. Planning
        a view costs ten times running it.
        """
        statement = self.known(sql)
        if statement is None:
            name = f"lockbay_{next(self._names)}"
            statement = self._prepared[sql] = await self.run(self.raw.prepare(sql, name=name))
        return statement

    async def fetch(self, sql: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """The rows of one statement, in its own transaction. When cancelled it may yet happen: see `run`."""
        statement = await self.prepared(sql)
        return await self.run(statement.fetch(*arguments))

    async def execute(self, script: str) -> None:
        """Runs a script of one or more statements, which have no parameters."""
        await self.run(self.raw.execute(script))

    def forget(self, sql: str) -> None:
        """Prepares a statement anew next time: the schema has changed under it."""
        self._prepared.pop(sql, None)

    async def drain(self) -> None:
        """Brings a cancelled query to its end, within a bound; else the connection is closed. Never raises."""
        if self._unfinished is None:
            return
        steps, future = self._unfinished
        with trio.move_on_after(DRAIN_SECONDS):
            await settled(future)
        outcome = "answered"
        if not future.done():
            outcome = await self._cancel(future)
        forget_outcome(future)
        steps.close()
        self._unfinished = None
        DRAINS.labels(outcome).inc()

    async def _cancel(self, future: Future[object]) -> str:
        with trio.move_on_after(CANCEL_SECONDS) as bound, here(self.loop):
            future.cancel()  # asyncpg then opens another connection to send its CancelRequest
            try:
                await trio_asyncio.aio_as_trio(self.raw.execute, loop=self.loop)("SELECT")
            except (*LOST, asyncpg.PostgresError):
                self.terminate()
        if bound.cancelled_caught:
            self.terminate()
        return "terminated" if self.raw.is_closed() else "cancelled"

    async def close(self) -> None:
        """Says good-bye, within a bound. Never raises, but when cancelled."""
        with trio.move_on_after(CLOSE_SECONDS), here(self.loop):
            try:
                await trio_asyncio.aio_as_trio(self.raw.close, loop=self.loop)()
            except (*LOST, asyncpg.PostgresError) as error:
                log.info("connection_closed_hard", error=type(error).__name__)
        self.terminate()

    def terminate(self) -> None:
        """Drops the connection, now. Whoever waits on it gets an error."""
        if not self.raw.is_closed():
            self.raw.terminate()
        if self._unfinished is not None:
            steps, future = self._unfinished
            forget_outcome(future)
            steps.close()


async def connect(url: str, loop: trio_asyncio.TrioEventLoop, limits: Limits, **server: str) -> Connection:
    """A new connection. Raises DatabaseUnavailable, or SettingsError when trying again would not help.

    When cancelled, no connection is left behind.
    """
    try:
        with trio.fail_after(limits.connect), here(loop):
            raw = await trio_asyncio.aio_as_trio(open_raw, loop=loop)(url, limits, server)
    except WRONG_SETTING as error:
        CONNECTS.labels("refused").inc()
        raise SettingsError(f"LOCKBAY_DATABASE_URL cannot be used: {type(error).__name__}.") from error
    except (*CANNOT_CONNECT, trio.TooSlowError) as error:
        CONNECTS.labels("failed").inc()
        raise DatabaseUnavailable(f"No connection to the database: {type(error).__name__}.") from error
    CONNECTS.labels("made").inc()
    return Connection(raw, loop)


async def open_raw(url: str, limits: Limits, server: dict[str, str]) -> asyncpg.Connection[asyncpg.Record]:
    """asyncio's side of `connect`."""
    raw = await asyncpg.connect(
        url,
        timeout=limits.connect,
        statement_cache_size=0,
        server_settings={
            "application_name": "lockbay",
            "timezone": "UTC",
            "jit": "off",
            # Every statement looks up by key: the plan that does not know the values is the right one.
            "plan_cache_mode": "force_generic_plan",
            "random_page_cost": "1.1",  # what people touch is in memory: at 4 a young table is read from end to end
            "statement_timeout": milliseconds(limits.statement),
            "lock_timeout": milliseconds(limits.lock),
            "idle_in_transaction_session_timeout": milliseconds(limits.idle_in_transaction),
            "client_connection_check_interval": "1000",  # a statement whose client is gone ends
            "tcp_keepalives_idle": "30",
            **server,
        },
    )
    try:
        for kind in ("json", "jsonb"):
            await raw.set_type_codec(kind, schema="pg_catalog", encoder=rows.write_json, decoder=rows.parse_json)
    except BaseException:
        raw.terminate()
        raise
    return raw


def milliseconds(seconds: float) -> str:
    return str(math.ceil(seconds * 1000))


@asynccontextmanager
async def open_connection(url: str, limits: Limits | None = None) -> AsyncIterator[Connection]:
    """One connection without a pool."""
    async with open_loop() as loop:
        connection = await connect(url, loop, limits or Limits())
        try:
            yield connection
        finally:
            with trio.CancelScope(shield=True):  # close() has its own bound
                await connection.close()
