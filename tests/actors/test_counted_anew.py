"""After a week of silence, or for another bot, Telegram counts from a number of its own, which may be a lower one."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import trio
from attrs import evolve
from structlog.testing import capture_logs
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.actor import MAILBOX, TRIES
from lockbay.actors.conversation import Chat
from lockbay.actors.intake import Intake
from lockbay.actors.update import Command, Typed, Update
from lockbay.postgres import bridge
from lockbay.postgres.database import Database
from tests.actors.house import BOB, House, open_house, parse_update, update
from tests.actors.test_intake import all_done, take
from tests.clock import MovedClock

HIGH = 10**9


def late(said: str, update_id: int = HIGH) -> Update:
    """An update of the old count, which was higher."""
    made = update(Typed(said))
    raw = made.raw.replace(b'"id": %d' % made.update_id, b'"id": %d' % update_id)
    return evolve(made, update_id=update_id, raw=raw)


@asynccontextmanager
async def counted_anew(database: Database, clock: MovedClock, left: Update) -> AsyncIterator[House]:
    """A house after a week, in which what was left behind is handled again and its reply does not arrive."""
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        await house.receive(left)
        await house.replies.until(1)
    clock.advance(timedelta(days=7))
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        house.router.route([parse_update(raw) for raw in await house.left()])
        await house.replies.until(1)
        house.replies.hold = False
        yield house


@asynccontextmanager
async def nothing_is_stored(url: str) -> AsyncIterator[None]:
    """Whoever stores updates waits until the end of the block; who settles turns does not."""
    async with bridge.open_connection(url) as connection:
        await connection.execute("BEGIN; SELECT FROM poller FOR SHARE")
        yield
        await connection.execute("COMMIT")


async def released(house: House) -> None:
    """What was on its way has arrived."""
    for arrived in house.replies.waiting:
        arrived()
    await house.quiet()


async def test_what_was_left_behind_holds_up_nobody(database: Database, clock: MovedClock) -> None:
    async with counted_anew(database, clock, late("again")) as house:
        await house.receive(update(Command("menu"), BOB))
        await house.replies.until(1, BOB)
        await released(house)
        assert await house.left() == []


async def test_what_does_not_fit_into_the_mailbox_is_taken_from_the_inbox_and_what_is_under_way_is_not(
    database: Database, clock: MovedClock
) -> None:
    async with counted_anew(database, clock, late("again")) as house:
        await house.receive(*[update(Typed("again")) for _ in range(2 * MAILBOX)])
        await house.sent(1 + 2 * MAILBOX)
        await released(house)
        assert len(house.replies.texts()) == 1 + 2 * MAILBOX
        assert await house.left() == []


async def test_who_is_still_behind_with_the_old_count_is_given_all_of_both_in_order(
    database: Database, clock: MovedClock
) -> None:
    each = MAILBOX + 3
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        await house.inbox.put([late(f"old{n}", HIGH + n) for n in range(each)], HIGH + each)
    clock.advance(timedelta(days=7))
    async with open_house(database, clock, {}) as house:
        house.router.stored(house.router.route([parse_update(raw) for raw in await house.left()]))
        await house.receive(*[update(Typed(f"new{n}")) for n in range(each)])
        await house.quiet()
        assert len(house.replies.texts()) == 2 * each
        assert house.replies.texts()[each] == f"heard {each + 1}: old{each - 2}-old{each - 1}-new0"
        assert house.replies.texts()[-1] == f"heard {2 * each}: new{each - 3}-new{each - 2}-new{each - 1}"
        assert await house.left() == []


@asynccontextmanager
async def counted_lower(house: House, clock: MovedClock, url: str) -> AsyncIterator[Callable[[Update], None]]:
    """After a silent week in which the service ran: what it is given is handled, and stored at the end of the block."""
    intake = Intake(house.router, house.inbox, house.nursery)
    await take(intake, late("before"))
    await all_done(house)
    clock.advance(timedelta(days=7))
    async with trio.open_nursery() as poller, nothing_is_stored(url):
        yield lambda given: poller.start_soon(take, intake, given)
    await all_done(house)


async def test_a_turn_that_is_over_before_its_update_is_stored_is_settled_after_that(
    database: Database, database_url: str, clock: MovedClock
) -> None:
    """What is stored later would be handled again after the next start."""
    async with open_house(database, clock, {}) as house:
        async with counted_lower(house, clock, database_url) as give:
            give(update(Command("menu"), BOB))
            await house.replies.until(1, BOB)
            await house.inbox.drain()
        assert house.replies.texts(BOB) == ["home"]


async def test_an_update_that_fails_before_it_is_stored_goes_to_the_dead_letters_after_that(
    database: Database, database_url: str, clock: MovedClock
) -> None:
    tries, failed = itertools.count(1), trio.Event()

    async def breaks(chat: Chat) -> None:
        if next(tries) == TRIES:
            failed.set()
        raise ZeroDivisionError

    async with open_house(database, clock, {"breaks": breaks}) as house:
        with capture_logs():
            async with counted_lower(house, clock, database_url) as give:
                give(update(Command("breaks"), BOB))
                await failed.wait()
                await wait_all_tasks_blocked(0.05)
        assert len(house.replies.texts(BOB)) == 1
