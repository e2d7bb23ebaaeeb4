"""The tenure: one service at a time, through ends, lost connections and successors."""

from __future__ import annotations

import pytest
import trio
from attrs import define, field

from lockbay.errors import Superseded
from lockbay.postgres import bridge
from lockbay.postgres.database import Database, open_database
from lockbay.tenure import Tenure

BOT = 7
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lockbay lock service'"


@define
class Taken:
    """The turns that somebody had, one after the other."""

    tenure: Tenure
    turns: int = 0
    _news: trio.Event = field(factory=trio.Event)

    async def take(self) -> None:
        while True:
            async with self.tenure.turn() as lock:
                self.turns += 1
                self._news.set()
                self._news = trio.Event()
                await lock.lost()

    async def until(self, turns: int) -> None:
        with trio.fail_after(10):
            while self.turns < turns:
                await self._news.wait()


async def cut(url: str) -> None:
    """PostgreSQL drops all connections that hold a tenure, or wait for one."""
    async with bridge.open_connection(url) as connection:
        await connection.fetch(CUT)


async def somebody_waits(url: str) -> None:
    async with bridge.open_connection(url) as connection:
        with trio.fail_after(10):
            while not await connection.fetch("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                await trio.lowlevel.checkpoint()


async def test_the_second_begins_when_the_first_has_ended(database: Database, database_url: str) -> None:
    first = trio.CancelScope()

    async def serve(*, task_status: trio.TaskStatus[None]) -> None:
        with first:
            await Tenure(database, BOT).keep(task_status=task_status)

    async with open_database(database_url) as other, trio.open_nursery() as nursery:
        await nursery.start(serve)
        second = Taken(Tenure(other, BOT))
        nursery.start_soon(second.tenure.keep)
        nursery.start_soon(second.take)
        await somebody_waits(database_url)
        assert second.turns == 0
        first.cancel()
        await second.until(1)
        nursery.cancel_scope.cancel()


async def test_a_lost_connection_is_a_pause_only(database: Database, database_url: str) -> None:
    async with trio.open_nursery() as nursery:
        taken = Taken(Tenure(database, BOT))
        await nursery.start(taken.tenure.keep)
        nursery.start_soon(taken.take)
        await taken.until(1)
        await cut(database_url)
        await taken.until(2)
        nursery.cancel_scope.cancel()


async def test_who_was_followed_by_another_while_away_ends(database: Database, database_url: str) -> None:
    """The one who waited is first in the line when the connection of the one who serves is cut."""
    async with open_database(database_url) as other, trio.open_nursery() as nursery:
        follower = Taken(Tenure(other, BOT))
        with pytest.raises(ExceptionGroup) as caught:  # noqa: PT012 it ends by itself, some time
            async with trio.open_nursery() as first:
                await first.start(Tenure(database, BOT).keep)
                nursery.start_soon(follower.tenure.keep)
                nursery.start_soon(follower.take)
                await somebody_waits(database_url)
                async with bridge.open_connection(database_url) as connection:
                    await connection.fetch(CUT + " AND state = 'idle'")
                with trio.fail_after(10):
                    await trio.sleep_forever()
        assert caught.group_contains(Superseded)
        await follower.until(1)
        nursery.cancel_scope.cancel()
