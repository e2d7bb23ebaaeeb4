"""Questions that nobody answered: their actors hear of it once, and conversations are over after a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import trio

from lockbay.actors.inbox import PutUpdates, SettleTurns
from lockbay.actors.update import DeadlinePassed, Sender, Typed, Update
from lockbay.clock.sweeper import ASIDE, MOST, Sweeper
from lockbay.postgres import bridge, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR
from tests.timers.posts import MOMENT, WAITING, Posts


async def talks(database: Database, users: list[int], deadline: datetime | None) -> None:
    """A conversation of each of these users, touched now."""
    many = len(users)
    await database.run(
        SettleTurns(
            bot_id=1, holder="", update_ids=[], ended=[], user_ids=users, ids=users,
            flows=["menu"] * many, args=["[]"] * many,
            entries=["[]"] * many, questions=[3] * many, deadlines=[deadline] * many,
        )
    )  # fmt: skip


async def talking(raw: Connection) -> list[int]:
    return [row["user_id"] for row in await raw.fetch("SELECT user_id FROM conversations ORDER BY 1")]


async def test_a_question_that_nobody_answered_is_reported_to_its_actor(
    database: Database, clock: MovedClock, sweeper: Sweeper, posts: Posts
) -> None:
    await talks(database, [5_000_000_001], START + HOUR)
    clock.advance(HOUR - MOMENT)
    await sweeper.tick()
    assert posts.posted == []
    clock.advance(MOMENT)
    await sweeper.tick()
    assert posts.posted == [(5_000_000_001, DeadlinePassed(5_000_000_001, 3))]


async def test_a_passed_deadline_is_reported_again_only_when_the_actor_had_time_for_it(
    database: Database, clock: MovedClock, sweeper: Sweeper, posts: Posts
) -> None:
    await talks(database, [7], START)
    await sweeper.tick()
    await sweeper.tick()
    assert len(posts.posted) == 1
    clock.advance(ASIDE)
    await sweeper.tick()
    assert len(posts.posted) == 2


async def test_all_passed_deadlines_are_reported_in_one_tick_and_by_another_clock_at_once(
    database: Database, clock: MovedClock, sweeper: Sweeper, posts: Posts
) -> None:
    users = list(range(1, 2 * MOST + 30))
    await talks(database, users, START)
    await sweeper.tick()
    assert sorted(user for user, _ in posts.posted) == users
    posts.posted.clear()
    await Sweeper(database, clock, posts).tick()
    assert sorted(user for user, _ in posts.posted) == users


async def test_an_answer_that_still_lies_in_the_inbox_comes_before_the_deadline(
    database: Database, clock: MovedClock, sweeper: Sweeper, posts: Posts, raw: Connection
) -> None:
    await talks(database, [7], START)
    answer = Update(1, Sender(7, "Ann"), 7, Typed("yes"), b"{}")
    await database.run(PutUpdates(1, "", 2, [answer.update_id], [7], [answer.raw]))
    clock.advance(timedelta(days=3))
    await sweeper.tick()
    assert posts.posted == []
    assert await talking(raw) == [7]


async def test_conversations_are_over_after_a_day_without_a_word(
    database: Database, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    await talks(database, list(range(1, 2 * MOST + 30)), None)
    clock.advance(HOUR)
    await talks(database, [1_000], None)
    clock.advance(23 * HOUR)
    await sweeper.tick()
    assert await talking(raw) == [1_000]
    clock.advance(HOUR)
    await sweeper.tick()
    assert await talking(raw) == []


async def test_a_conversation_that_goes_on_at_the_last_moment_stays(
    database: Database, clock: MovedClock, raw: Connection, database_url: str
) -> None:
    """Its actor writes between the clock's question and its deletion."""
    await talks(database, [7, 8], None)
    clock.advance(24 * HOUR)
    async with (
        bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as actor,
        trio.open_nursery() as nursery,
    ):
        await actor.execute(f"BEGIN; UPDATE conversations SET updated_at = '{clock.now()}' WHERE user_id = 7")
        nursery.start_soon(Sweeper(database, clock, Posts()).tick)
        with trio.fail_after(10):
            while not await raw.fetch(WAITING):
                await trio.lowlevel.checkpoint()
        await actor.execute("COMMIT")
    assert await talking(raw) == [7]


async def test_a_conversation_with_a_deadline_outlives_the_day_until_its_actor_has_ended_it(
    database: Database, clock: MovedClock, sweeper: Sweeper, posts: Posts, raw: Connection
) -> None:
    await talks(database, [7], START + 40 * HOUR)
    clock.advance(48 * HOUR)
    await sweeper.tick()
    assert await talking(raw) == [7]
    assert len(posts.posted) == 1
    clock.advance(16 * HOUR)
    await sweeper.tick()
    assert await talking(raw) == []
