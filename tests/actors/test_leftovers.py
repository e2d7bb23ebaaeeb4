"""What a stopped service left in the inbox, as the next one takes it up."""

from __future__ import annotations

from lockbay.actors.inbox import MOST
from lockbay.actors.intake import take_up
from lockbay.actors.update import Typed
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from tests.actors.house import ADA, BOB, open_house, update
from tests.clock import MovedClock

AGAIN = "UPDATE inbox SET again = true WHERE user_id = $1"


async def test_what_was_to_be_tried_again_when_the_service_stopped_is_tried(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        letter, other = update(Typed("again")), update(Typed("again"), BOB)
        await house.inbox.put([letter, other], other.update_id + 1)
        await database.pool.fetch("test", AGAIN, (ADA.id,))
    async with open_house(database, clock, {}) as house:
        await take_up(house.services, house.router)
        await house.quiet()
        assert (house.replies.texts(), house.replies.texts(BOB)) == (["home"], ["home"])
        assert await house.left() == []


async def test_all_of_it_is_handled_and_what_is_to_be_tried_again_once(database: Database, clock: MovedClock) -> None:
    """More than one look brings. Meanwhile somebody's letter is put in again: they are told to look for themselves."""
    async with open_house(database, clock, {}) as house:
        left = [update(Typed("again"), BOB) for _ in range(MOST)] + [update(Typed("again"))]
        await house.inbox.put(left, left[-1].update_id + 1)
        await database.pool.fetch("test", AGAIN, (ADA.id,))
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        house.router.changed([Change(ADA.id, "Inbox")])
        await house.replies.until(1)
        await take_up(house.services, house.router)
        house.replies.release()
        await house.quiet()
        assert (len(house.replies.texts()), len(house.replies.texts(BOB))) == (1, MOST)
        assert await house.left() == []
