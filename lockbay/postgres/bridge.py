"""trio to asyncpg: connections whose coroutines run in the asking trio task, and a pool of them.

asyncpg awaits nothing but futures of its protocol. So its coroutine is sent through by the trio task itself, which
sleeps only until each future is done: no asyncio task, no adapter per query (DESIGN §9). asyncpg's own Pool is not
used: under trio it leaks a slot on every cancelled query.

A cancelled query leaves at once; its connection stays behind with a `drain` that waits for the answer, asks the server
to cancel when that takes long, and throws the connection away when even that is not answered. Its slot is taken until
then, so there are never more connections than slots.
"""

from __future__ import annotations

import math
from asyncio import Future
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import asyncpg
import structlog
import trio
import trio_asyncio
from attrs import define, field, frozen
from prometheus_client import Counter, Gauge, Histogram

from lockbay.errors import DatabaseUnavailable, LockBayError, OutcomeUnknown, SettingsError
from lockbay.postgres import rows

if TYPE_CHECKING:
    from asyncpg.prepared_stmt import PreparedStatement

    Prepared: TypeAlias = PreparedStatement[asyncpg.Record]

T = TypeVar("T")
log = structlog.get_logger()

CONNECTIONS = Gauge("lockbay_database_connections", "Connections to PostgreSQL that are open in the pool.")
CONNECTS = Counter("lockbay_database_connects_total", "Connections made, and failures to make one.", ["outcome"])
WAITS = Histogram("lockbay_pool_wait_seconds", "Waiting for a free connection; those who found one are not counted.")
DRAINS = Counter("lockbay_pool_drains_total", "Connections that a cancelled query left behind.", ["outcome"])

DRAIN_SECONDS = 0.1  # most statements are answered in 2 ms: asking the server to cancel would cost a connection
CANCEL_SECONDS = 1.0  # then the server is asked to cancel; without an answer the connection is thrown away
CLOSE_SECONDS = 0.5  # what shut-down grants to queries in flight, and again to the good-byes
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # between attempts to connect
PREPARE_SECONDS = 2.0  # for each statement, once for each connection
ANSWER_MARGIN = 2.0  # the server's own statement_timeout comes first; after this much more the network is dead

NOTHING_HAPPENED = (
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
    "57014",  # query_canceled: statement_timeout ends before the commit begins
    "53",  # insufficient_resources: connections, memory, disk
    "57P03",  # cannot_connect_now: starting up or shutting down
)
LOST = (
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,  # this and the next can overtake the answer to a commit that happened
    asyncpg.CrashShutdownError,
    OSError,
)
CANNOT_CONNECT = (*LOST, asyncpg.CannotConnectNowError, asyncpg.InsufficientResourcesError)
WRONG_SETTING = (
    asyncpg.ClientConfigurationError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)


class StatementFailed(LockBayError):
    """PostgreSQL refused a statement; it changed nothing. `code` is the SQLSTATE."""

    def __init__(self, file: str, code: str, message: str) -> None:
        super().__init__(f"sql/{file}.sql failed with {code}: {message}")
        self.file, self.code = file, code


@frozen
class Limits:
    """How long things may take, in seconds, and how many connections there are."""

    connections: int = 6  # two or three for each core: more are slower (SQL.md, Speed)
    connect: float = 5.0
    statement: float = 5.0
    idle_in_transaction: float = 10.0


async def settled(future: Future[object]) -> None:
    """Wait until a future is done; it stays untouched when this is cancelled."""
    task = trio.lowlevel.current_task()

    def wake(_: Future[object]) -> None:
        trio.lowlevel.reschedule(task)

    def abort(_: Callable[[], None]) -> trio.lowlevel.Abort:
        if future.done():  # wake is under way and cannot be called back
            return trio.lowlevel.Abort.FAILED
        future.remove_done_callback(wake)
        return trio.lowlevel.Abort.SUCCEEDED

    future.add_done_callback(wake)
    await trio.lowlevel.wait_task_rescheduled(abort)


@define(eq=False)
class Connection:
    """One connection to PostgreSQL. Only one task at a time may use it."""

    raw: asyncpg.Connection[asyncpg.Record]
    loop: trio_asyncio.TrioEventLoop
    _prepared: dict[str, Prepared] = field(factory=dict, init=False)
    _unfinished: tuple[Coroutine[Future[object], None, object], Future[object]] | None = field(default=None, init=False)

    @property
    def is_usable(self) -> bool:
        return self._unfinished is None and not self.raw.is_closed()

    @property
    def is_drainable(self) -> bool:
        return self._unfinished is not None and not self.raw.is_closed()

    async def run(self, steps: Coroutine[Future[object], None, T]) -> T:
        """Run a coroutine of asyncpg in this task. When cancelled, the connection is left for `drain`."""
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

    async def prepared(self, sql: str) -> Prepared:
        """Prepared once for each connection."""
        statement = self._prepared.get(sql)
        if statement is None:
            statement = self._prepared[sql] = await self.run(self.raw.prepare(sql))
        return statement

    async def fetch(self, sql: str, *arguments: object) -> Sequence[asyncpg.Record]:
        statement = await self.prepared(sql)
        return await self.run(statement.fetch(*arguments))

    async def execute(self, script: str) -> None:
        """Run a script of one or more statements, which have no parameters."""
        await self.run(self.raw.execute(script))

    def forget(self, sql: str) -> None:
        """Prepare a statement anew next time: the schema has changed under it."""
        self._prepared.pop(sql, None)

    async def drain(self) -> None:
        """Bring a cancelled query to its end, within a bound; else the connection is closed. Never raises."""
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
        future.cancel()  # asyncpg then opens another connection to send its CancelRequest
        with trio.move_on_after(CANCEL_SECONDS) as bound, here(self.loop):
            try:
                await trio_asyncio.aio_as_trio(self.raw.execute, loop=self.loop)("SELECT")
            except (*LOST, asyncpg.PostgresError):
                self.terminate()
        if bound.cancelled_caught:
            self.terminate()
        return "terminated" if self.raw.is_closed() else "cancelled"

    async def close(self) -> None:
        """Say good-bye, within a bound. Never raises, but when cancelled."""
        with trio.move_on_after(CLOSE_SECONDS), here(self.loop):
            try:
                await trio_asyncio.aio_as_trio(self.raw.close, loop=self.loop)()
            except (*LOST, asyncpg.PostgresError) as error:
                log.info("connection_closed_hard", error=type(error).__name__)
        self.terminate()

    def terminate(self) -> None:
        """Drop the connection, now. Whoever waits on it gets an error."""
        if not self.raw.is_closed():
            self.raw.terminate()
        if self._unfinished is not None:
            steps, future = self._unfinished
            forget_outcome(future)
            steps.close()


def forget_outcome(future: Future[object]) -> None:
    """Nobody waits for it any more, so its error is no news."""
    future.add_done_callback(lambda done: None if done.cancelled() else done.exception() and None)


@contextmanager
def here(loop: trio_asyncio.TrioEventLoop) -> Iterator[None]:
    """Let asyncio find its loop in a task that was started elsewhere."""
    token = trio_asyncio.current_loop.set(loop)
    try:
        yield
    finally:
        trio_asyncio.current_loop.reset(token)


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
            "statement_timeout": milliseconds(limits.statement),
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


@define(eq=False)
class Attempt:
    """A connection that is being made for somebody, who may leave before it is there."""

    _done: trio.Event = field(factory=trio.Event, init=False)
    _left: bool = field(default=False, init=False)
    _connection: Connection | None = field(default=None, init=False)
    _error: LockBayError = field(factory=DatabaseUnavailable, init=False)

    async def outcome(self) -> Connection:
        """The connection, or the error of making it. When cancelled, `succeed` refuses the connection."""
        try:
            await self._done.wait()
        except trio.Cancelled:
            self._left = True
            raise
        if self._connection is None:
            raise self._error
        return self._connection

    def succeed(self, connection: Connection) -> bool:
        """Hand the connection over. False: nobody wants it any more."""
        self._connection = connection
        self._done.set()
        return not self._left

    def fail(self, error: LockBayError) -> None:
        self._error = error
        self._done.set()


@define(eq=False)
class Pool:
    """Connections, used last-in first-out, at most `limits.connections`; those who wait are served in order."""

    url: str = field(repr=False)
    loop: trio_asyncio.TrioEventLoop
    limits: Limits
    nursery: trio.Nursery
    _idle: list[Connection] = field(factory=list, init=False)
    _open: set[Connection] = field(factory=set, init=False)
    _slots: trio.Semaphore = field(init=False)
    _closed: bool = field(default=False, init=False)
    _next_attempt: float = field(default=-math.inf, init=False)
    _pause: float = field(default=FIRST_PAUSE, init=False)

    @_slots.default
    def _all_slots(self) -> trio.Semaphore:
        return trio.Semaphore(self.limits.connections, max_value=self.limits.connections)

    @property
    def _patience(self) -> float:
        return self.limits.statement + ANSWER_MARGIN

    async def fetch(
        self, file: str, sql: str, arguments: Sequence[object], *, reads: bool = False, shielded: bool = False
    ) -> Sequence[asyncpg.Record]:
        """The rows of one statement, in its own transaction.

        Raises DatabaseUnavailable when nothing happened; OutcomeUnknown when it was sent, no answer came and it may
        have changed something (not `reads`); StatementFailed when PostgreSQL refused it. Cancelled before it is sent:
        nothing happened. Cancelled later: it may yet happen; when `shielded` the cancellation waits for the answer,
        which is bounded.
        """
        connection = await self._acquire()
        try:
            statement = await self._prepare(connection, file, sql)
            await trio.lowlevel.checkpoint_if_cancelled()
            found: list[asyncpg.Record] = []
            with trio.CancelScope(deadline=trio.current_time() + self._patience, shield=shielded) as bound:
                found = await connection.run(statement.fetch(*arguments))
            if bound.cancelled_caught:
                connection.terminate()
                raise unanswered(reads)
            return found
        except asyncpg.InvalidCachedStatementError as error:
            connection.forget(sql)
            raise DatabaseUnavailable("The schema has changed; asking again is right.") from error
        except LOST as error:
            connection.terminate()
            raise unanswered(reads) from error
        except asyncpg.PostgresError as error:
            raise refused(file, error) from error
        finally:
            self._release(connection)

    async def _prepare(self, connection: Connection, file: str, sql: str) -> Prepared:
        """Shielded, as a cancelled preparation would leave its statement on the server."""
        statement: Prepared | None = None
        try:
            with trio.CancelScope(deadline=trio.current_time() + PREPARE_SECONDS, shield=True):
                statement = await connection.prepared(sql)
        except LOST as error:
            raise DatabaseUnavailable from error
        if statement is None:
            connection.terminate()
            raise DatabaseUnavailable
        return statement

    async def _acquire(self) -> Connection:
        await self._take_slot()
        connection = self._take_idle()
        if connection is not None:
            return connection
        if self._closed or trio.current_time() < self._next_attempt:
            self._slots.release()
            raise DatabaseUnavailable
        attempt = Attempt()
        self.nursery.start_soon(self._connect, attempt)  # it has the slot now
        return await attempt.outcome()

    async def _take_slot(self) -> None:
        try:
            self._slots.acquire_nowait()
        except trio.WouldBlock:
            with WAITS.time():
                await self._slots.acquire()

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable:
                return connection
            self._discard(connection)
        return None

    async def _connect(self, attempt: Attempt) -> None:
        """Connect for somebody; when they have left meanwhile, for the next one.

        After a failure there is no other attempt before a pause has passed: asking fails at once until then.
        """
        try:
            connection = await connect(self.url, self.loop, self.limits)
        except (DatabaseUnavailable, SettingsError) as error:
            self._next_attempt = trio.current_time() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._slots.release()
            attempt.fail(error)
        except trio.Cancelled:
            self._slots.release()
            attempt.fail(DatabaseUnavailable("The database was closed."))
            raise
        else:
            self._pause = FIRST_PAUSE
            self._open.add(connection)
            CONNECTIONS.inc()
            if not attempt.succeed(connection):
                self._release(connection)

    def _release(self, connection: Connection) -> None:
        if connection.is_drainable and not self._closed:
            self.nursery.start_soon(self._drain, connection)
            return
        if connection.is_usable and not self._closed:
            self._idle.append(connection)
        else:
            self._discard(connection)
        self._slots.release()

    async def _drain(self, connection: Connection) -> None:
        try:
            await connection.drain()
        finally:
            self._release(connection)

    def _discard(self, connection: Connection) -> None:
        connection.terminate()
        if connection in self._open:
            self._open.remove(connection)
            CONNECTIONS.dec()

    async def close(self) -> None:
        """Let the queries in flight end, within a bound, then close everything. Takes at most twice CLOSE_SECONDS."""
        taken = 0
        with trio.move_on_after(CLOSE_SECONDS):
            while taken < self.limits.connections:
                await self._slots.acquire()
                taken += 1
        self._closed = True
        async with trio.open_nursery() as nursery:
            for connection in self._idle:
                nursery.start_soon(connection.close)
        self._idle.clear()
        for connection in list(self._open):
            self._discard(connection)
        for _ in range(taken):
            self._slots.release()


def unanswered(reads: bool) -> LockBayError:
    return DatabaseUnavailable() if reads else OutcomeUnknown()


def refused(file: str, error: asyncpg.PostgresError) -> LockBayError:
    code = error.sqlstate or "XX000"
    if code.startswith(NOTHING_HAPPENED):
        return DatabaseUnavailable(f"The database could not do it now: {code}.")
    return StatementFailed(file, code, str(error.args[0]).partition(": ")[0])  # what follows may be a value


@asynccontextmanager
async def ungrouped(manager: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """`manager`, which holds a nursery; but the body's error comes out as it is, not in a group.

    The body must cancel what runs in the nursery, as its error does not reach it.
    """
    failure: BaseException | None = None
    try:
        async with manager as value:
            try:
                yield value
            except GeneratorExit:
                raise
            except BaseException as error:
                failure = error
    except BaseException:
        if failure is None or isinstance(failure, trio.Cancelled):  # then the background's error is the reason
            raise
    if failure is not None:
        raise failure


@asynccontextmanager
async def open_pool(url: str, limits: Limits | None = None) -> AsyncIterator[Pool]:
    """A pool that is connected. Raises SettingsError or DatabaseUnavailable when it cannot be."""
    async with ungrouped(trio_asyncio.open_loop()) as loop, ungrouped(trio.open_nursery()) as nursery:
        pool = Pool(url, loop, limits or Limits(), nursery)
        try:
            pool._release(await pool._acquire())
            yield pool
        finally:
            with trio.CancelScope(shield=True):  # close() has its own bounds
                await pool.close()
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def open_connection(url: str, limits: Limits | None = None) -> AsyncIterator[Connection]:
    """One connection without a pool."""
    async with ungrouped(trio_asyncio.open_loop()) as loop:
        connection = await connect(url, loop, limits or Limits())
        try:
            yield connection
        finally:
            with trio.CancelScope(shield=True):  # close() has its own bound
                await connection.close()
