"""PostgreSQL refuses what keeps the house going: a right was taken from the service, a server only reads. Who ended
then would be started again, and tell everybody everything again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import pytest
import trio
from structlog.testing import capture_logs
from structlog.typing import EventDict
from trio.testing import MockClock

from lockbay.actors import inbox
from lockbay.actors.conversation import Chat
from lockbay.actors.inbox import REFUSED
from lockbay.actors.intake import Intake
from lockbay.actors.maintenance import PERIOD, Maintenance
from lockbay.actors.parse import text
from lockbay.actors.update import Command, DeadlinePassed, Typed, Update
from lockbay.areas.preferences.records import Speak
from lockbay.postgres.bridge import Limits
from lockbay.postgres.database import Database, open_database
from tests.actors.house import ADA, open_house, say, update
from tests.clock import MovedClock

Lines: TypeAlias = list[EventDict]


@pytest.fixture(autouse=True)
def lines() -> Iterator[Lines]:
    with capture_logs() as lines:
        yield lines


async def reported(lines: Lines, event: str, times: int = 1) -> None:
    with trio.fail_after(5):
        while [line["event"] for line in lines].count(event) < times:
            await trio.lowlevel.checkpoint()


async def execute(database: Database, sql: str) -> None:
    await database.pool.fetch("test", sql, ())


@asynccontextmanager
async def refused(database: Database, table: str) -> AsyncIterator[None]:
    """Nothing is written there until the end of the block."""
    await execute(database, f"ALTER TABLE {table} ADD CONSTRAINT refused CHECK (false) NOT VALID")
    yield
    await execute(database, f"ALTER TABLE {table} DROP CONSTRAINT refused")


async def test_a_batch_that_cannot_be_stored_is_stored_when_it_can_be(
    database: Database, clock: MovedClock, lines: Lines, trio_clock: MockClock
) -> None:
    async with open_house(database, clock, {}) as house:
        async with trio.open_nursery() as poller:
            async with refused(database, "inbox"):
                poller.start_soon(house.receive, update(Command("menu")))
                await reported(lines, "inbox_refused")
            trio_clock.jump(REFUSED)
        await house.quiet()
        assert house.replies.texts() == ["home"]
        assert await house.left() == []


async def test_turns_that_cannot_be_settled_are_when_they_can_be_and_people_go_on_meanwhile(
    database: Database, clock: MovedClock, lines: Lines, trio_clock: MockClock
) -> None:
    async with open_house(database, clock, {}) as house:
        async with refused(database, "conversations"):
            await house.receive(update(Command("echo")))
            await reported(lines, "inbox_refused")
            await house.receive(update(Typed("one")))
            await house.replies.until(2)
        trio_clock.jump(REFUSED)
        await house.quiet()
        assert house.replies.texts() == ["heard 0: ", "heard 1: one"]
        assert await house.left() == []
        await house.restart()
        await house.tell(Typed("two"))
        assert house.replies.texts()[-1] == "heard 2: one-two"


async def test_while_nothing_can_be_settled_no_more_is_taken_in_than_memory_is_meant_to_hold(
    database: Database, clock: MovedClock, lines: Lines, trio_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits outside is with Telegram, and comes when there is room."""
    monkeypatch.setattr(inbox, "FULL", 5)
    batches = [[update(Typed(f"{number}"))] for number in range(20)]
    async with open_house(database, clock, {}) as house, trio.open_nursery() as poller:
        intake = Intake(house.router, house.inbox, house.nursery)
        async with refused(database, "conversations"):
            await intake([update(Command("echo"))], 1)
            await reported(lines, "inbox_refused")
            poller.start_soon(poll, intake, batches)
            await reported(lines, "inbox_full")
            assert len(house.replies.sent) <= 1 + 5 + 1  # what is refused, what has gathered, and what was on its way
        trio_clock.jump(REFUSED)
        await house.replies.until(21)
        await house.quiet()
        assert house.replies.texts()[-1] == "heard 20: 17-18-19"
        assert await house.left() == []
        assert [line["event"] for line in lines].count("inbox_full") <= 4


async def poll(intake: Intake, batches: list[list[Update]]) -> None:
    for batch in batches:
        await intake(batch, batch[-1].update_id + 1)


async def test_deadlines_that_change_nothing_do_not_gather(
    database: Database, clock: MovedClock, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock tells of a question's deadline every ten seconds until that is settled."""
    monkeypatch.setattr(inbox, "FULL", 5)
    async with open_house(database, clock, {}) as house, refused(database, "conversations"):
        await house.receive(update(Command("echo")))
        await reported(lines, "inbox_refused")
        for _ in range(20):
            house.router.deadline(ADA.id, DeadlinePassed(7, 1))
        await house.receive(update(Typed("one")))
        await house.replies.until(2)  # and before that the deadlines were handled
        with trio.fail_after(5):
            await Intake(house.router, house.inbox, house.nursery)([update(Typed("two"))], 1)
        await house.replies.until(3)


async def test_a_server_that_only_reads_costs_nobody_what_they_did(
    service_url: str, clock: MovedClock, lines: Lines, trio_clock: MockClock
) -> None:
    async with (
        open_database(service_url, clock=clock, limits=Limits(connections=1)) as database,
        open_house(database, clock, {"speaks": speaks}) as house,
    ):
        await house.tell(Command("speaks"))
        await execute(database, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        async with trio.open_nursery() as poller:
            poller.start_soon(house.receive, update(Typed("fr")))
            await reported(lines, "actor_waits_for_database")
            await reported(lines, "inbox_waits_for_database")
            await execute(database, "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        await house.quiet()
        assert house.replies.texts() == ["which?", "fr"]
        assert await house.left() == []


async def speaks(chat: Chat) -> None:
    language = await chat.ask("language", say(chat, "which?"), parse=text(chat.words, most=5))
    await chat.do("speak", Speak(chat.user_id, language))
    await chat.show(say(chat, language))


async def test_whether_it_is_open_is_read_again_after_it_could_not_be(
    database: Database, lines: Lines, trio_clock: MockClock
) -> None:
    maintenance = Maintenance()
    await execute(database, "ALTER TABLE house RENAME TO house_of_old")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(maintenance.run, database)
        await reported(lines, "lookout_failed")
        await execute(database, "ALTER TABLE house_of_old RENAME TO house")
        await execute(database, "UPDATE house SET maintenance = 'Back at noon', maintenance_since = now()")
        trio_clock.jump(PERIOD)
        with trio.fail_after(5):
            while maintenance.message != "Back at noon":
                await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()
