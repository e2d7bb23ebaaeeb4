"""The clerk: what was ordered arrives, whatever breaks on the way, and the service goes on meanwhile."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import trio
import trio.testing
from attrs import define, field

from lockbay.actors.screen import Screen
from lockbay.areas.history.records import AskStatement, Format
from lockbay.errors import DatabaseUnavailable, LockBayError, TelegramUnavailable
from lockbay.notices import clerk
from lockbay.notices.clerk import TRIES, Clerk
from lockbay.notices.file_records import DueFiles, StatementLines
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement
from lockbay.telegram.refusals import BadRequest, Refusal, Unauthorized, Unreachable
from tests.areas.sendable import leads_to, sent
from tests.clock import MovedClock
from tests.ledger.world import World


@define(eq=False)
class Chats:
    """The courier's side of the world; `fails` are raised once each."""

    arrived: list[tuple[int, Screen]] = field(factory=list)
    fails: list[Exception] = field(factory=list)
    news: trio.Event = field(factory=trio.Event)

    async def deliver(self, chat_id: int, screen: Screen, *, edits: int | None = None) -> int:
        await trio.lowlevel.checkpoint()
        if self.fails:
            raise self.fails.pop(0)
        self.arrived.append((chat_id, screen))
        self.news.set()
        return len(self.arrived)


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
def desk(database: Database, clock: MovedClock, chats: Chats) -> Clerk:
    return Clerk(database, clock, chats)


@asynccontextmanager
async def working(desk: Clerk) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(desk.run)
        yield
        nursery.cancel_scope.cancel()


async def orders(world: World, user: int, form: Format = "csv") -> None:
    await world.done(AskStatement(user, "/", None, None, "all", form))


async def row(raw: Connection) -> tuple[bool, int, str | None]:
    [found] = await raw.fetch("SELECT ended_at IS NOT NULL AS over, attempts, problem FROM file_orders")
    return found["over"], found["attempts"], found["problem"]


BATCH = 100  # movements in one statement, which has its time limit


async def many(database: Database, user_id: int, number: int) -> None:
    for _ in range(0, number, BATCH):
        await database.pool.fetch(
            "test",
            "SELECT ledger_transfer('many.' || gen_random_uuid(), 'opening', NULL, '', ARRAY["
            "('equity', NULL, 'USDT', -0.01), ('available', $1, 'USDT', 0.01)]::ledger_line[], now())"
            " FROM generate_series(1, $2::int)",
            (user_id, BATCH), reads=False,
        )  # fmt: skip


async def test_what_was_ordered_arrives_with_what_it_is(
    world: World, desk: Clerk, chats: Chats, raw: Connection
) -> None:
    user = await world.person(100)
    await orders(world, user)
    await orders(world, user, "pdf")
    await desk.tick()
    (one, csv), (other, pdf) = chats.arrived
    assert one == other == user
    assert csv.document is not None
    assert pdf.document is not None
    assert (csv.document.name, pdf.document.name) == ("lockbay-2026-11-22.csv", "lockbay-2026-11-22.pdf")
    assert b",Deposit,,100,100,tx-" in csv.document.content
    assert pdf.document.content.startswith(b"%PDF")
    assert sent(csv) == "📄 Statement: Everything, all currencies\n1 movement"
    assert leads_to(csv) == {"history", "menu"}
    assert csv.stays
    assert await world.database.run(DueFiles()) == []
    await desk.tick()
    assert len(chats.arrived) == 2


async def test_an_order_is_heard_of_at_once(
    world: World, database: Database, clock: MovedClock, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clerk, "PERIOD", 3600.0)  # no look of its own comes in time, on the busiest machine
    desk = Clerk(database, clock, chats)
    user = await world.person(100)
    world.database.on_changed = desk.changed
    async with working(desk):
        await trio.testing.wait_all_tasks_blocked(0.05)
        await orders(world, user)
        with trio.fail_after(60):
            await chats.news.wait()


async def test_a_clerk_that_was_killed_at_its_work_makes_it_again(
    world: World, database: Database, clock: MovedClock, chats: Chats
) -> None:
    """Cancelled while the printer works: it ends, nothing arrived, the order is due, and a new clerk fills it."""
    user = await world.person(100)
    await many(database, user, 2_000)
    await orders(world, user, "pdf")
    with trio.move_on_after(0.2) as scope:
        await Clerk(database, clock, chats).tick()
    assert scope.cancelled_caught
    assert chats.arrived == []
    await Clerk(database, clock, chats).tick()
    assert len(chats.arrived) == 1


async def test_a_press_that_dies_is_started_again_later_and_at_last_given_up(
    world: World, desk: Clerk, chats: Chats, clock: MovedClock, raw: Connection
) -> None:
    user = await world.person(100)
    await orders(world, user)
    await raw.execute("UPDATE file_orders SET about = jsonb_set(about, '{spans,0,closing}', '\"7\"')")
    for attempt in range(1, TRIES):
        await desk.tick()
        assert await row(raw) == (False, attempt, "NotMade")
        assert chats.arrived == []
        clock.advance(timedelta(hours=1))
    await desk.tick()
    [(who, told)] = chats.arrived
    assert who == user
    assert "could not be made" in sent(told)
    assert leads_to(told) == {"history", "support", "menu"}
    assert await row(raw) == (True, TRIES, "NotMade")


async def test_one_that_cannot_be_made_is_in_nobodys_way(
    world: World, desk: Clerk, chats: Chats, raw: Connection
) -> None:
    user, other = await world.person(100), await world.person(5)
    await orders(world, user)
    await raw.execute("UPDATE file_orders SET about = '{}'")
    await orders(world, other)
    await desk.tick()
    assert [who for who, _ in chats.arrived] == [other]


async def test_a_mistake_in_saying_that_a_file_does_not_come_keeps_nobody_elses_waiting(
    world: World, desk: Clerk, chats: Chats, raw: Connection
) -> None:
    """It ended the look, and the next one began with the same order."""
    await orders(world, await world.person(100))
    await raw.execute(f"UPDATE file_orders SET attempts = {TRIES - 1}")
    other = await world.person(5)
    await orders(world, other)
    chats.fails = [RuntimeError("a mistake"), RuntimeError("another")]
    await desk.tick()
    assert [who for who, _ in chats.arrived] == [other]
    assert await world.database.run(DueFiles()) == []


@pytest.mark.parametrize("away", [TelegramUnavailable(), Unauthorized("Unauthorized", 401)])
async def test_while_telegram_is_away_the_file_waits(
    away: LockBayError, world: World, desk: Clerk, chats: Chats, clock: MovedClock, raw: Connection
) -> None:
    """So it does for a token that can be mended."""
    user = await world.person(100)
    await orders(world, user)
    await raw.execute(f"UPDATE file_orders SET attempts = {TRIES}")
    chats.fails = [away]
    await desk.tick()
    assert await row(raw) == (False, TRIES + 1, type(away).__name__)
    clock.advance(timedelta(hours=1))
    await desk.tick()
    assert len(chats.arrived) == 1


async def test_who_has_blocked_the_bot_gets_no_file(world: World, desk: Clerk, chats: Chats, raw: Connection) -> None:
    await orders(world, await world.person(100))
    chats.fails = [Unreachable("Forbidden: bot was blocked by the user", 403)]
    await desk.tick()
    over, _, problem = await row(raw)
    assert over
    assert problem is not None
    assert problem.startswith("Unreachable")


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (BadRequest("Request Entity Too Large", 413), "too large for Telegram"),
        (BadRequest("Bad Request: wrong file"), "could not be made"),
    ],
)
async def test_who_waits_for_a_file_that_telegram_does_not_take_is_told(
    refused: Refusal, said: str, world: World, desk: Clerk, chats: Chats, raw: Connection
) -> None:
    user = await world.person(100)
    await orders(world, user)
    chats.fails = [refused]
    await desk.tick()
    [(who, told)] = chats.arrived
    assert who == user
    assert said in sent(told)
    assert await row(raw) == (True, 1, f"BadRequest: {refused.description}")


async def test_that_a_file_does_not_come_is_told_when_telegram_is_back(
    world: World, desk: Clerk, chats: Chats, clock: MovedClock, raw: Connection
) -> None:
    await orders(world, await world.person(100))
    too_large = BadRequest("Request Entity Too Large", 413)
    chats.fails = [too_large, TelegramUnavailable(), too_large]
    await desk.tick()
    assert await row(raw) == (False, 1, "TelegramUnavailable")
    clock.advance(timedelta(hours=1))
    await desk.tick()
    assert "too large" in sent(chats.arrived[0][1])
    assert (await row(raw))[0]


async def test_a_database_that_is_away_while_a_file_is_made_uses_up_no_tries(
    world: World, desk: Clerk, chats: Chats, clock: MovedClock, raw: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await orders(world, await world.person(100))
    await raw.execute(f"UPDATE file_orders SET attempts = {TRIES}")
    run = Database.run

    async def away(database: Database, statement: Statement[object]) -> object:
        if isinstance(statement, StatementLines):
            raise DatabaseUnavailable
        return await run(database, statement)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "run", away)
        await desk.tick()
    assert await row(raw) == (False, TRIES + 1, "DatabaseUnavailable")
    clock.advance(timedelta(hours=1))
    await desk.tick()
    assert len(chats.arrived) == 1
    assert (await row(raw))[0]


async def test_the_press_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKBAY_BOT_TOKEN", "1:secret")
    async with trio.open_nursery() as nursery:
        printer = await nursery.start(clerk._printer)
        assert b"secret" not in await trio.Path(f"/proc/{printer.pid}/environ").read_bytes()
        os.kill(printer.pid, signal.SIGKILL)


@define(eq=False)
class Steps(trio.abc.Instrument):
    """How much of the processor each step of a task takes: what a busy machine does beside it does not count."""

    longest: float = 0.0
    _began: float = field(factory=time.thread_time)

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._began = time.thread_time()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        self.longest = max(self.longest, time.thread_time() - self._began)


async def test_no_step_holds_the_loop_while_a_long_file_is_made(
    world: World, desk: Clerk, chats: Chats, database: Database
) -> None:
    user = await world.person(1)
    await orders(world, user, "pdf")
    await desk.tick()  # what is made once is made
    await many(database, user, 4_000)
    await orders(world, user, "pdf")
    steps = Steps()
    trio.lowlevel.add_instrument(steps)
    await desk.tick()
    trio.lowlevel.remove_instrument(steps)
    assert len(chats.arrived) == 2
    assert 0 < steps.longest < 0.01
