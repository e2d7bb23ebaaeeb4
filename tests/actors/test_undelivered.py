"""Somebody sends faster than Telegram lets us answer them."""

from __future__ import annotations

from trio.testing import wait_all_tasks_blocked

from lockbay.actors.actor import MAILBOX, UNDELIVERED
from lockbay.actors.update import Command, Typed
from lockbay.postgres.database import Database
from tests.actors.house import BOB, open_house, update
from tests.clock import MovedClock


async def test_who_has_too_many_answers_on_their_way_waits_in_the_inbox(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        house.replies.hold = True
        said = [update(Typed(str(n))) for n in range(UNDELIVERED + 2 * MAILBOX)]
        for start in range(0, len(said), MAILBOX):
            await house.receive(*said[start : start + MAILBOX])
            await wait_all_tasks_blocked(0.05)
        assert len(house.replies.sent) == 1 + UNDELIVERED
        await house.receive(update(Command("menu"), BOB))
        await house.replies.until(1, BOB)
        house.replies.release()
        await house.quiet()
        assert len(house.replies.texts()) == 1 + len(said)
        assert await house.left() == []


async def test_whose_answers_wait_for_a_chat_is_told(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        await house.receive(update(Command("menu")), update(Command("menu"), BOB))
        await house.replies.until(1)
        await house.replies.until(1, BOB)
        assert house.router.waiting_for({BOB.id}) == [BOB.id]
        house.replies.release()
        await house.quiet()
        assert house.router.waiting_for({BOB.id, -1}) == []
