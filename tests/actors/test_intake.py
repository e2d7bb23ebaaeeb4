"""Batches on their way in, when the poller is stopped in the middle and Telegram gives them again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio
from attrs import evolve

from lockbay.actors.intake import PORTION, Intake
from lockbay.actors.update import Command, Typed, Update
from lockbay.postgres import bridge
from lockbay.postgres.database import Database
from tests.actors.house import ADA, House, open_house, update
from tests.clock import MovedClock


@asynccontextmanager
async def inbox_is_locked(url: str) -> AsyncIterator[None]:
    """Whoever stores updates waits until the end of the block."""
    async with bridge.open_connection(url) as connection:
        await connection.execute("BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        yield
        await connection.execute("COMMIT")


async def waits_for_a_lock(url: str) -> None:
    async with bridge.open_connection(url) as connection:
        with trio.fail_after(5):
            while not await connection.fetch("SELECT FROM pg_locks WHERE locktype = 'relation' AND NOT granted"):
                await trio.lowlevel.checkpoint()


async def take(intake: Intake, *batch: Update) -> None:
    await intake(list(batch), batch[-1].update_id + 1)


async def all_done(house: House) -> None:
    await house.quiet()
    assert await house.left() == []


async def test_a_batch_that_comes_again_is_handled_and_stored_once(
    database: Database, database_url: str, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        intake = Intake(house.router, house.inbox, house.nursery)
        await take(intake, update(Command("echo")))
        first, second = update(Typed("one")), update(Typed("two"))
        async with inbox_is_locked(database_url), trio.open_nursery() as poller:
            poller.start_soon(take, intake, first)
            await waits_for_a_lock(database_url)
            poller.cancel_scope.cancel()
        await take(intake, first)
        await all_done(house)
        await take(intake, first, second)
        await all_done(house)
        assert house.replies.texts() == ["heard 0: ", "heard 1: one", "heard 2: one-two"]


async def test_what_was_routed_is_stored_and_settled_when_the_poller_is_stopped(
    database: Database, database_url: str, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        intake = Intake(house.router, house.inbox, house.nursery)
        async with inbox_is_locked(database_url), trio.open_nursery() as poller:
            poller.start_soon(take, intake, update(Command("menu")))
            await waits_for_a_lock(database_url)
            poller.cancel_scope.cancel()
        await all_done(house)
        assert house.replies.texts() == ["home"]


async def test_a_batch_of_nothing_for_us_moves_the_offset(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await Intake(house.router, house.inbox, house.nursery)([], 4711)
        assert await house.inbox.reached() == 4711


async def test_a_batch_that_comes_again_in_parts_is_handled_once(database: Database, clock: MovedClock) -> None:
    """Who asks for the same again is given one update alone at times, and that may not be for us."""
    async with open_house(database, clock, {}) as house:
        intake = Intake(house.router, house.inbox, house.nursery)
        not_ours, ours = update(Command("menu")).update_id, update(Command("menu"))
        await take(intake, ours)
        await intake([], not_ours + 1)
        await take(intake, ours)
        await all_done(house)
        assert house.replies.texts() == ["home"]


async def test_a_large_batch_is_routed_in_portions_and_whole_though_the_poller_is_stopped(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        intake = Intake(house.router, house.inbox, house.nursery)
        batch = [update(Command("menu"), evolve(ADA, id=1000 + n)) for n in range(2 * PORTION + 1)]
        async with trio.open_nursery() as poller:
            poller.start_soon(take, intake, *batch)
            while not len(house.router):
                await trio.lowlevel.checkpoint()
            assert len(house.router) in (PORTION, 2 * PORTION)
            poller.cancel_scope.cancel()
        await all_done(house)
        assert len(house.replies.sent) == len(batch)
