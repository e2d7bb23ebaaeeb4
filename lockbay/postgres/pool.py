"""A pool of connections on the trio side: a slot for each, used last-in first-out; whoever waits is served in order."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import asyncpg
import structlog
import trio
import trio_asyncio
from attrs import define, field
from prometheus_client import Gauge, Histogram

from lockbay.errors import (
    DatabaseUnavailable,
    LockBayError,
    OutcomeUnknown,
    SettingsError,
    StatementTooSlow,
    WritesRefused,
)
from lockbay.postgres.bridge import CLOSE_SECONDS, LOST, Connection, Limits, StatementFailed, connect
from lockbay.postgres.loop import open_loop, ungrouped

if TYPE_CHECKING:
    from lockbay.postgres.bridge import Prepared

log = structlog.get_logger()

CONNECTIONS = Gauge("lockbay_database_connections", "Connections to PostgreSQL that are open in the pool.")
WAITS = Histogram("lockbay_pool_wait_seconds", "Waiting for a free connection; those who found one are not counted.")
PREPARE_SECONDS: Final = 2.0  # for each statement, once for each connection
ANSWER_MARGIN: Final = 2.0  # the server's own statement_timeout comes first; after this much more the network is dead
FIRST_PAUSE: Final = 0.05  # s before the second attempt to connect; doubled for each one after it
LONGEST_PAUSE: Final = 1.0

NOTHING_HAPPENED: Final = (
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
    "53",  # insufficient_resources: connections, memory
    "57P03",  # cannot_connect_now: starting up or shutting down
)
NO_WRITES: Final = (
    "25006",  # read_only_sql_transaction: the disk is nearly full, as managed servers have it, or a standby answers
    "53100",  # disk_full
)
TOO_SLOW: Final = "57014"  # query_canceled: statement_timeout ends before the commit begins, so nothing happened either


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
        """Hands the connection over. False: nobody wants it any more."""
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
    _was_connected: bool = field(default=False, init=False)
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
            statement = await self._prepare(connection, sql)
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
            raise refused(file, error) from None  # its DETAIL has whole rows in it, and causes are logged
        finally:
            self._release(connection)

    async def _prepare(self, connection: Connection, sql: str) -> Prepared:
        """Shielded, as a cancelled preparation would leave its statement on the server."""
        statement = connection.known(sql)
        if statement is not None:
            return statement
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

    async def connect(self, limits: Limits, **server: str) -> Connection:
        """A new connection, which takes no slot. Raises SettingsError only when there never was one: what was right
        once is being changed (a password, who may log in, the server), and asking again is right.
        """
        try:
            connection = await connect(self.url, self.loop, limits, **server)
        except SettingsError as error:
            if not self._was_connected:
                raise
            log.error("database_refuses_us", why=str(error))
            raise DatabaseUnavailable(str(error)) from error
        self._was_connected = True
        return connection

    async def _connect(self, attempt: Attempt) -> None:
        """Connects for somebody; when they have left meanwhile, for the next one.

        After a failure there is no other attempt before a pause has passed: asking fails at once until then.
        """
        try:
            connection = await self.connect(self.limits)
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
        """Cancelled, it gives the connection up: one that is left as it is would be drained for ever anew."""
        try:
            await connection.drain()
        except trio.Cancelled:
            connection.terminate()
            raise
        finally:
            self._release(connection)

    def _discard(self, connection: Connection) -> None:
        connection.terminate()
        if connection in self._open:
            self._open.remove(connection)
            CONNECTIONS.dec()

    async def close(self) -> None:
        """Lets the queries in flight end, within a bound, then closes everything. Takes at most twice CLOSE_SECONDS."""
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
    if code == TOO_SLOW:
        return StatementTooSlow(f"sql/{file}.sql took too long: {code}.")
    if code in NO_WRITES:
        return WritesRefused(f"The database writes nothing now: {code}.")
    if code.startswith(NOTHING_HAPPENED):
        return DatabaseUnavailable(f"The database could not do it now: {code}.")
    return StatementFailed(file, code, str(error.args[0]).partition(": ")[0])  # what follows may be a value


@asynccontextmanager
async def open_pool(url: str, limits: Limits | None = None) -> AsyncIterator[Pool]:
    """A pool that is connected. Raises SettingsError or DatabaseUnavailable when it cannot be."""
    async with open_loop() as loop, ungrouped(trio.open_nursery()) as nursery:
        pool = Pool(url, loop, limits or Limits(), nursery)
        try:
            pool._release(await pool._acquire())
            yield pool
        finally:
            with trio.CancelScope(shield=True):  # close() has its own bounds
                await pool.close()
            nursery.cancel_scope.cancel()
