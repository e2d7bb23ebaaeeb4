"""Advisory locks: among all processes on one database, one at a time holds a name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import structlog
import trio
from attrs import define, evolve, field

from lockbay.errors import DatabaseUnavailable
from lockbay.postgres.bridge import LOST, Connection
from lockbay.postgres.loop import ungrouped
from lockbay.postgres.pool import Pool

log = structlog.get_logger()

PING_SECONDS: Final = 5.0  # between questions to the server that holds our lock
PONG_SECONDS: Final = 5.0  # an answer that takes longer means that the lock is lost
FOREVER: Final = 10.0**6  # a lock is waited for without limit: whoever waits may be cancelled


@define(eq=False)
class Lock:
    """A held lock. It is lost when its connection is: PostgreSQL gives it to the next one then."""

    name: str
    _lost: trio.Event = field(factory=trio.Event, init=False)

    @property
    def is_lost(self) -> bool:
        return self._lost.is_set()

    async def lost(self) -> None:
        """Returns once the lock is lost: at once when the connection is closed, within 10 s when it falls silent."""
        await self._lost.wait()

    def lose(self) -> None:
        if not self.is_lost:
            log.warning("advisory_lock_lost", name=self.name)
            self._lost.set()


@asynccontextmanager
async def hold_lock(pool: Pool, name: str) -> AsyncIterator[Lock]:
    """Waits for the lock and holds it until the exit, on a connection that is not one of the pool's."""
    limits = evolve(pool.limits, statement=FOREVER, lock=FOREVER)
    connection = await pool.connect(limits, application_name=f"lockbay lock {name}")
    try:
        await take(connection, name)
        lock = Lock(name)

        def terminated(_: object) -> None:
            lock.lose()

        connection.raw.add_termination_listener(terminated)
        async with ungrouped(trio.open_nursery()) as nursery:
            nursery.start_soon(watch, connection, lock)
            try:
                yield lock
            finally:
                connection.raw.remove_termination_listener(terminated)  # from here on it is not lost but given back
                nursery.cancel_scope.cancel()
    finally:
        connection.terminate()  # PostgreSQL releases the lock with the session


async def take(connection: Connection, name: str) -> None:
    try:
        await connection.fetch("SELECT pg_advisory_lock(hashtextextended($1, 0))", f"lockbay.{name}")
    except (*LOST, asyncpg.PostgresError) as error:
        raise DatabaseUnavailable from error


async def watch(connection: Connection, lock: Lock) -> None:
    """Asks the server now and then, as a connection can die without a word."""
    while not lock.is_lost:
        await trio.sleep(PING_SECONDS)
        if not await answers(connection):
            connection.terminate()
            lock.lose()


async def answers(connection: Connection) -> bool:
    with trio.move_on_after(PONG_SECONDS) as bound:
        try:
            await connection.fetch("SELECT 1")
        except (*LOST, asyncpg.PostgresError):
            return False
    return not bound.cancelled_caught
