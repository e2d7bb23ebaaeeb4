"""What a service that has lost the tenure still wants to write: nothing of it gets into the rows of its successor."""

from __future__ import annotations

import pytest
import trio

from lockbay.actors.inbox import UNCHANGED, Inbox, Settled
from lockbay.actors.update import Command, Typed
from lockbay.errors import Superseded
from lockbay.postgres import bridge
from lockbay.postgres.database import Database
from lockbay.tenure import TakeTenure
from tests.actors.house import ADA, open_house, update
from tests.clock import MovedClock

ROWS = "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM dead_letters), (SELECT next_offset FROM poller)"


@pytest.fixture
async def old(database: Database) -> Inbox:
    """The inbox of a service whose tenure is over."""
    await database.run(TakeTenure(1, "old"))
    old = Inbox(database, 1, "old")
    await old.put([], 1)
    await database.run(TakeTenure(1, ""))
    return old


async def rows(database: Database) -> list[object]:
    [row] = await database.pool.fetch("test", ROWS, (), reads=True)
    return list(row.values())


async def test_its_batch_is_not_stored_and_the_offset_stays(old: Inbox, database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        first = update(Command("menu"))
        await house.receive(first, update(Command("menu")))
        await house.quiet()
        before = await rows(database)
        with pytest.raises(Superseded):
            await old.put([first], first.update_id + 1)
        assert await rows(database) == before


@pytest.mark.parametrize("journal", [None, UNCHANGED])
async def test_its_turn_is_not_settled_and_ends_no_conversation(
    old: Inbox, database: Database, clock: MovedClock, journal: None
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        late = update(Typed("Ada"))
        await house.inbox.put([late], late.update_id + 1)
        old.settle(Settled(ADA.id, late.update_id, journal, lambda: None))
        with pytest.raises(Superseded):
            await old.drain()
        assert len(await house.left()) == 1
        await house.restart()
        house.router.route([late])
        await house.quiet()
        assert house.replies.texts()[-1] == "Ada, sure?"


async def test_it_buries_nothing(old: Inbox, database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        late = update(Typed("Ada"))
        await house.inbox.put([late], late.update_id + 1)
        before = await rows(database)
        with pytest.raises(Superseded):
            await old.bury(late, "broken")
        assert await rows(database) == before


async def test_a_successor_waits_for_what_is_being_settled(database: Database, database_url: str) -> None:
    """And a batch does not: turns are settled all the time."""
    inbox = Inbox(database, 1)
    await inbox.put([], 1)
    async with bridge.open_connection(database_url) as settling, trio.open_nursery() as nursery:
        await settling.execute("BEGIN; SELECT FROM poller WHERE bot_id = 1 FOR KEY SHARE")
        with trio.fail_after(5):
            await inbox.put([], 2)
        nursery.start_soon(database.run, TakeTenure(1, "next"))
        with trio.fail_after(5):
            while not await settling.fetch("SELECT FROM pg_locks WHERE NOT granted"):
                await trio.lowlevel.checkpoint()
        await settling.execute("COMMIT")
    with pytest.raises(Superseded):
        await inbox.put([], 3)
