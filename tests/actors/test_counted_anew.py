"""After a week of silence, or for another bot, Telegram counts from a number of its own, which may be a lower one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from attrs import evolve

from lockbay.actors.update import Command, Typed, Update
from lockbay.postgres.database import Database
from tests.actors.test_actors import BOB, House, open_house, parse_update, update
from tests.clock import MovedClock

HIGH = 10**9


def late(said: str) -> Update:
    """An update of the old count, which was higher."""
    made = update(Typed(said))
    return evolve(made, update_id=HIGH, raw=made.raw.replace(b'"id": %d' % made.update_id, b'"id": %d' % HIGH))


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
