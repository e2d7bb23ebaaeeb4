"""What should never fail does: writing to the dead letters, asking the inbox. What waits behind it is not lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import pytest
import trio
import trio.testing
from structlog.testing import capture_logs
from structlog.typing import EventDict
from trio.testing import MockClock

from lockbay.actors.actor import MAILBOX, STUCK
from lockbay.actors.conversation import Chat
from lockbay.actors.parse import text
from lockbay.actors.update import Command, Typed
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.queries import Change
from tests.actors.house import ADA, House, open_house, say, update
from tests.actors.test_intake import inbox_is_locked, waits_for_a_lock
from tests.clock import MovedClock
from tests.wire import wired

Lines: TypeAlias = list[EventDict]
BURY_FAILS = "ALTER TABLE dead_letters ADD CONSTRAINT full_up CHECK (false)"
BURY_WORKS = "ALTER TABLE dead_letters DROP CONSTRAINT full_up"


@pytest.fixture(autouse=True)
def lines() -> Iterator[Lines]:
    """What is logged: to draw all the tracebacks would take seconds."""
    with capture_logs() as lines:
        yield lines


async def execute(database: Database, sql: str) -> None:
    await database.pool.fetch("test", sql, ())


async def letters(database: Database) -> int:
    [row] = await database.pool.fetch("test", "SELECT count(*) FROM dead_letters", (), reads=True)
    count: int = row["count"]
    return count


async def reported(lines: Lines, event: str) -> None:
    with trio.fail_after(5):
        while event not in [line["event"] for line in lines]:
            await trio.lowlevel.checkpoint()


async def breaks(chat: Chat) -> None:
    raise ZeroDivisionError


async def test_a_turn_that_cannot_be_given_up_holds_up_what_is_behind_it_until_it_can(
    database: Database, clock: MovedClock, lines: Lines, trio_clock: MockClock
) -> None:
    async with open_house(database, clock, {"breaks": breaks}) as house:
        await execute(database, BURY_FAILS)
        await house.receive(update(Command("breaks")), update(Command("menu")))
        await reported(lines, "turn_not_given_up")
        await house.receive(update(Command("menu")))
        assert house.replies.texts() == []
        await execute(database, BURY_WORKS)
        trio_clock.jump(STUCK)
        await house.quiet()
        assert [said[:20] for said in house.replies.texts()] == ["Something went wrong", "home", "home"]
        assert await letters(database) == 1
        assert await house.left() == []


async def test_a_turn_that_cannot_be_given_up_is_done_when_it_can_be(
    database: Database, clock: MovedClock, lines: Lines, trio_clock: MockClock
) -> None:
    is_broken = [True]

    async def form(chat: Chat) -> None:
        name = await chat.ask("name", say(chat, "name?"), parse=text(chat.words, most=20))
        if is_broken:
            raise ZeroDivisionError
        await chat.show(say(chat, f"hello {name}"))

    async with open_house(database, clock, {"form": form}) as house:
        await house.tell(Command("form"))
        await execute(database, BURY_FAILS)
        await house.receive(update(Typed("Ada")))
        await reported(lines, "turn_not_given_up")
        is_broken.clear()
        trio_clock.jump(STUCK)
        await house.quiet()
        assert house.replies.texts() == ["name?", "hello Ada"]
        assert await house.left() == []
        assert await letters(database) == 0


@asynccontextmanager
async def inbox_is_away(house: House) -> AsyncIterator[None]:
    await execute(house.database, "ALTER TABLE inbox RENAME TO outbox_of_old")
    yield
    await execute(house.database, "ALTER TABLE outbox_of_old RENAME TO inbox")


async def test_who_is_behind_goes_on_after_the_inbox_could_not_be_asked(
    database: Database, clock: MovedClock, lines: Lines, trio_clock: MockClock
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        burst = [update(Typed("again")) for _ in range(2 * MAILBOX)]
        house.replies.hold = True  # nothing is settled meanwhile
        house.inbox.expect(burst)
        skipped = house.router.route(burst)
        await house.inbox.put(burst, burst[-1].update_id + 1)
        async with inbox_is_away(house):
            house.router.stored(skipped)
            await reported(lines, "actor_failed")
        trio_clock.jump(STUCK)
        await house.sent(1 + len(burst))
        house.replies.hold = False
        for arrived in house.replies.waiting:
            arrived()
        await house.quiet()
        assert len(house.replies.texts()) == 1 + len(burst)
        assert await house.left() == []


async def test_what_is_tried_again_is_not_forgotten_when_the_inbox_could_not_be_asked(
    database: Database, clock: MovedClock, lines: Lines, trio_clock: MockClock
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        again = update(Typed("again"))
        await house.inbox.put([again], again.update_id + 1)
        await execute(database, "UPDATE inbox SET again = true")
        async with inbox_is_away(house):
            house.router.changed([Change(ADA.id, "Inbox")])
            await reported(lines, "actor_failed")
        trio_clock.jump(STUCK)
        await house.quiet()
        assert house.replies.texts() == ["home", "home"]
        assert await house.left() == []


async def test_what_is_tried_again_is_not_forgotten_when_the_answer_of_the_inbox_was_lost(
    database: Database, service_url: str, database_url: str, clock: MovedClock, lines: Lines
) -> None:
    async with (
        wired(service_url) as (url, wire),
        open_database(url, clock=clock) as over_the_wire,
        open_house(over_the_wire, clock, {}) as house,
    ):
        await house.tell(Command("menu"))
        again = update(Typed("again"))
        await house.inbox.put([again], again.update_id + 1)
        await execute(database, "UPDATE inbox SET again = true")
        house.replies.hold = True
        async with inbox_is_locked(database_url):
            house.router.changed([Change(ADA.id, "Inbox")])
            await waits_for_a_lock(database_url)
            await wire.cut()
            await reported(lines, "actor_waits_for_database")
        await house.replies.until(2)
        house.router.changed([Change(ADA.id, "Inbox")])  # of another one
        await trio.testing.wait_all_tasks_blocked(0.05)
        house.replies.waiting.pop()()
        await house.quiet()
        assert house.replies.texts() == ["home", "home"]
        assert await house.left() == []


async def test_what_is_put_in_again_is_not_settled_by_the_turn_that_had_failed(
    database: Database, clock: MovedClock
) -> None:
    """That one waits for the delivery of what was said before."""
    async with open_house(database, clock, {"breaks": breaks}) as house:
        house.replies.hold = True
        await house.receive(update(Command("menu")), update(Command("breaks")))
        await house.replies.until(2)
        await execute(database, "INSERT INTO inbox SELECT update_id, user_id, body, at, true FROM dead_letters")
        house.replies.waiting.pop(0)()
        await house.quiet()
        assert len(await house.left()) == 1
