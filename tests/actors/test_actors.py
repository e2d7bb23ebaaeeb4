"""Routers and actors on the real database: order, patience, failures, settling."""

from __future__ import annotations

from datetime import timedelta

import trio
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.actor import MAILBOX
from lockbay.actors.conversation import Chat
from lockbay.actors.errand import Errand
from lockbay.actors.inbox import MOST
from lockbay.actors.router import Router
from lockbay.actors.update import Command, Typed
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from tests.actors.house import ADA, BOB, no_answers, open_house, parse_update, update
from tests.clock import MovedClock


async def test_a_burst_of_one_person_is_handled_in_strict_order(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        await house.receive(*[update(Typed(str(n))) for n in range(20)])
        await house.quiet()
        assert house.replies.texts()[-1] == "heard 20: 17-18-19"
        assert await house.left() == []


async def test_more_than_a_mailbox_holds_waits_in_the_inbox_and_keeps_its_order(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        burst = [update(Typed(str(n))) for n in range(2 * MAILBOX + 10)]
        await house.receive(*burst[: MAILBOX + 5])
        await house.receive(*burst[MAILBOX + 5 :])
        await house.quiet()
        last = len(burst)
        assert house.replies.texts()[-1] == f"heard {last}: {last - 3}-{last - 2}-{last - 1}"
        assert len(house.replies.texts()) == last + 1
        assert await house.left() == []


async def test_a_person_who_is_far_behind_catches_up_to_the_end(database: Database, clock: MovedClock) -> None:
    """More than one look into the inbox brings."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        burst = [update(Typed("again")) for _ in range(MOST + MAILBOX + 10)]
        await house.receive(*burst)
        await house.quiet()
        assert len(house.replies.texts()) == len(burst) + 1
        assert await house.left() == []


async def test_what_comes_while_somebody_catches_up_is_handled_once_and_in_order(
    database: Database, database_url: str, clock: MovedClock
) -> None:
    """When the inbox is asked, it may hold already what is routed after that."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        first, second, third, *more = [[update(Typed("again")) for _ in range(100)] for _ in range(5)]
        async with no_answers(house.database, database_url) as inbox:
            await inbox.put(first + second, second[-1].update_id + 1)
            house.router.stored(house.router.route(first))
            await wait_all_tasks_blocked(0.05)  # the mailbox is empty, and the rest is asked for
            skipped = house.router.route(second)
        await house.sent(1 + 100)
        async with no_answers(house.database, database_url) as inbox:
            house.router.stored(skipped)
            await wait_all_tasks_blocked(0.05)
            skipped = house.router.route(third)
            await inbox.put(third, third[-1].update_id + 1)
            house.router.stored(skipped)
        for batch in more:
            await house.receive(*batch)
        await house.quiet()
        assert len(house.replies.texts()) == 1 + 500
        assert await house.left() == []


async def test_a_turn_that_fails_three_times_is_buried_and_the_next_goes_on(
    database: Database, clock: MovedClock
) -> None:
    tries = []

    async def breaks(chat: Chat) -> None:
        tries.append(1)
        raise ZeroDivisionError

    async with open_house(database, clock, {"breaks": breaks}) as house:
        await house.tell(Command("breaks"))
        await house.tell(Command("menu"))
        assert len(tries) == 3
        assert house.replies.texts()[0].startswith("Something went wrong on our side")
        assert house.replies.texts()[1] == "home"
        assert await house.left() == []
        letters = await database.pool.fetch("test", "SELECT user_id, error FROM dead_letters", (), reads=True)
        assert [(row["user_id"], row["error"]) for row in letters] == [(ADA.id, "ZeroDivisionError: ")]


async def test_an_actor_whose_message_is_on_its_way_is_not_idle(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        late = update(Typed("Ada"))
        house.inbox.expect([late])
        house.router.route([late])
        assert await house.router.evict(idle_for=-1) == 0
        await house.inbox.put([late], late.update_id + 1)
        await house.quiet()
        assert house.replies.texts()[-1] == "Ada, sure?"


async def test_a_hung_turn_is_ended_and_holds_up_nobody_else(database: Database, clock: MovedClock) -> None:
    hung = trio.Event()

    async def hang(errand: object, key: str) -> object:
        hung.set()
        await trio.sleep_forever()
        return None

    class Hang(Errand[str]):
        pass

    async def hangs(chat: Chat) -> None:
        await chat.do("hang", Hang())

    async with open_house(database, clock, {"hangs": hangs}, errands={Hang: hang}, turn_limit=0.2) as house:
        await house.receive(update(Command("hangs")))
        await hung.wait()
        await house.receive(update(Command("menu"), BOB))
        await house.replies.until(1, BOB)
        assert house.replies.texts() == []
        await house.quiet()
        assert house.replies.texts()[0].startswith("Something went wrong")


async def test_a_turn_is_settled_only_when_its_reply_is_delivered(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        await house.receive(update(Command("two")))
        await house.receive(update(Typed("Ada")))
        await house.replies.until(2)
        house.replies.waiting[1]()  # delivered out of order
        await house.inbox.drain()
        assert len(await house.left()) == 2
        house.replies.waiting[0]()
        await house.quiet()
        assert await house.left() == []


async def test_what_was_not_settled_is_handled_again_the_same_way(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        await house.tell(Typed("one"))
        house.replies.hold = True
        await house.receive(update(Typed("two")))
        await house.replies.until(3)
    async with open_house(database, clock, {}) as house:  # the first one was killed
        rows = [parse_update(raw) for raw in await house.left()]
        assert [update.event for update in rows] == [Typed("two")]
        house.router.route(rows)
        await house.quiet()
        assert house.replies.texts() == ["heard 2: one-two"]
        assert await house.left() == []


async def test_an_idle_actor_ends_and_a_busy_one_does_not(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        await house.receive(update(Command("menu")))
        await house.replies.until(1)
        assert await house.router.evict(idle_for=-1) == 0
        house.replies.waiting[0]()
        await house.quiet()
        assert await house.router.evict(idle_for=-1) == 1


async def test_what_a_long_stop_left_behind_is_settled_before_anything_new_comes(
    database: Database, clock: MovedClock
) -> None:
    """After six days nobody knows any more where Telegram counts on."""
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        await house.receive(update(Command("menu")))
        await house.replies.until(1)
    clock.advance(timedelta(days=7))
    async with open_house(database, clock, {}) as house:
        house.router.route([parse_update(raw) for raw in await house.left()])
        await house.quiet()
        assert await house.left() == []


async def test_an_error_that_no_column_takes_is_buried_too(database: Database, clock: MovedClock) -> None:
    async def breaks(chat: Chat) -> None:
        raise ValueError("\0\ud800" + "x" * 10_000)

    async with open_house(database, clock, {"breaks": breaks}) as house:
        await house.receive(update(Command("breaks")), update(Command("menu")))
        await house.quiet()
        assert house.replies.texts()[-1] == "home"
        assert await house.left() == []
        [letter] = await database.pool.fetch("test", "SELECT error FROM dead_letters", (), reads=True)
        assert letter["error"].startswith("ValueError: ?x")


def test_changes_reach_only_who_is_there(clock: MovedClock) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            Router(None, nursery).changed([Change(1, "Wallet")])  # type: ignore[arg-type]

    trio.run(main)
