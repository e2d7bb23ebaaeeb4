"""Who somebody is, and whether Telegram lets us write to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from lockbay.actors.conversation import Chat
from lockbay.actors.person import Reach
from lockbay.actors.update import Command, Membership, Sender, Typed
from lockbay.areas.trades.views import NewTrade
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from tests.actors.house import ADA, BOB, House, open_house, say
from tests.clock import MovedClock


async def test_a_name_that_changed_is_written_down(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        await house.tell(Command("menu"), Sender(ADA.id, "Ada <Queen>", "ADA2"))
        rows = await database.pool.fetch("test", "SELECT first_name, username FROM users", (), reads=True)
        assert [tuple(row.values()) for row in rows] == [("Ada <Queen>", "ADA2")]


async def reach(house: House, sender: Sender = ADA) -> datetime | None:
    sql = "SELECT unreachable_at FROM users WHERE id = $1"
    [row] = await house.database.pool.fetch("reach", sql, (sender.id,), reads=True)
    found: datetime | None = row["unreachable_at"]
    return found


async def test_who_blocks_the_bot_is_unreachable_until_they_unblock_it(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        blocked_at = clock.now()
        await house.tell(Membership(blocked=True))
        assert await reach(house) == blocked_at
        clock.advance(timedelta(days=1))
        await house.tell(Membership(blocked=True))
        assert await reach(house) == blocked_at
        await house.tell(Membership(blocked=False))
        assert await reach(house) is None
        assert len(house.replies.texts()) == 1, "nobody is told of it"
        await house.tell(Typed("one"))
        assert house.replies.texts()[-1] == "heard 1: one", "what they were in the middle of goes on"


async def test_a_stranger_who_blocks_the_bot_is_written_down_as_unreachable(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Membership(blocked=True), BOB)
        assert await reach(house, BOB) == clock.now()


async def test_who_writes_can_be_reached_whatever_was_known(database: Database, clock: MovedClock) -> None:
    """An unblocking that Telegram did not keep for us; and one that the outbox found out while they were here."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Membership(blocked=True))
        await house.restart()
        await house.tell(Command("echo"))
        assert await reach(house) is None
        await database.run(Reach(ADA.id, blocked=True))
        database.on_changed([Change(ADA.id, "Person")])
        await house.tell(Typed("one"))
        assert await reach(house) is None


async def test_who_is_new_is_looked_for_and_written_down_and_looked_up_no_more(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        before = database.statements
        await house.tell(Command("menu"))
        assert database.statements - before == 4  # looked for, written down; stored, settled
        assert (await reach(house)) is None


async def test_reachability_costs_people_who_are_here_no_statement(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        before = database.statements
        await house.tell(Typed("one"))
        assert database.statements - before == 2  # stored, settled


async def test_a_new_username_makes_what_was_prefetched_for_the_old_one_old(
    database: Database, clock: MovedClock
) -> None:
    async def name(chat: Chat) -> None:
        view = await chat.read(NewTrade)
        await chat.show(say(chat, str(view.username)))

    async with open_house(database, clock, {"name": name}) as house:
        await house.tell(Command("name"))
        await house.tell(Command("name"), Sender(ADA.id, "Ada", "countess"))
        assert house.replies.texts() == ["ada", "countess"]
