"""The clock: each timer of a trade fires once, not early, however late, and none stands in another's way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeAlias

import pytest
import trio
from attrs import evolve
from structlog.testing import capture_logs

from lockbay.areas.trades.records import State, TradeState
from lockbay.areas.trades.views import TradePage
from lockbay.clock.sweeper import ASIDE, MOST, Sweeper, sweep
from lockbay.postgres import bridge, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import open_database
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, World, payment
from tests.timers.posts import CUT, MOMENT, WAITING, Posts

Made: TypeAlias = Callable[[World, int, int], Awaitable[TradeState]]
TELL = "SELECT kind, count(*) AS told FROM outbox WHERE (data ->> 'trade_id')::bigint = $1 GROUP BY kind"


async def state(world: World, trade: TradeState) -> State:
    page = await world.database.read(TradePage, trade.buyer_id, trade.id)
    assert page is not None
    return page.state


async def underpaid(world: World, buyer: int, seller: int) -> TradeState:
    """A trade of which the buyer has paid a part."""
    trade = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=trade.id), "40"))
    return evolve(trade, state="underpaid")


TIMERS = [
    pytest.param(underpaid, 2 * HOUR, "expired", id="not paid in full in time: expires"),
    pytest.param(World.trade, 1 * HOUR, "expired", id="not paid in time: expires"),
    pytest.param(World.paid, 24 * HOUR, "refunded", id="the seller is silent: refund"),
    pytest.param(World.accepted, 48 * HOUR, "refunded", id="not delivered: refund"),
    pytest.param(World.delivered, 48 * HOUR, "released", id="the buyer is silent: release"),
]


@pytest.mark.parametrize(("made", "after", "ended"), TIMERS)
async def test_a_timer_fires_when_it_is_due_and_not_before(
    world: World, clock: MovedClock, sweeper: Sweeper, made: Made, after: timedelta, ended: State
) -> None:
    trade = await made(world, await world.person(500), await world.person())
    clock.advance(after - MOMENT)
    await sweeper.tick()
    assert await state(world, trade) == trade.state
    clock.advance(MOMENT)
    await sweeper.tick()
    assert await state(world, trade) == ended


@pytest.mark.parametrize(("made", "after", "ended"), TIMERS)
async def test_a_timer_fires_once_with_two_clocks_at_once_and_after_a_restart(
    world: World,
    clock: MovedClock,
    database_url: str,
    raw: Connection,
    made: Made,
    after: timedelta,
    ended: State,
) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await made(world, buyer, seller)
    clock.advance(after)
    async with open_database(database_url, clock=clock) as other, trio.open_nursery() as nursery:
        nursery.start_soon(Sweeper(world.database, clock, Posts()).tick)
        nursery.start_soon(Sweeper(other, clock, Posts()).tick)
    money = await world.available(buyer), await world.available(seller)
    told = await raw.fetch(TELL, trade.id)
    await Sweeper(world.database, clock, Posts()).tick()
    assert await state(world, trade) == ended
    assert (await world.available(buyer), await world.available(seller)) == money
    # Who paid a part got it back beside the 500.
    assert sum(money) == (495 if ended == "released" else 540 if made is underpaid else 500)
    assert await raw.fetch(TELL, trade.id) == told
    assert dict(map(tuple, told))[f"trade_{ended}"] == 2
    await world.audited()


async def test_timers_that_are_months_late_fire(world: World, clock: MovedClock, sweeper: Sweeper) -> None:
    late = await world.delivered(await world.person(500), await world.person())
    clock.advance(timedelta(days=100))
    await sweeper.tick()
    assert await state(world, late) == "released"


async def test_the_service_is_told_what_a_timer_changed(world: World, clock: MovedClock, sweeper: Sweeper) -> None:
    buyer = await world.person()
    await world.trade(buyer, await world.person())
    changed, told = set[int](), trio.Event()
    world.database.on_changed = lambda changes: changed.update(change.user_id for change in changes)
    world.database.on_told = told.set
    clock.advance(HOUR)
    await sweeper.tick()
    assert buyer in changed
    assert told.is_set()


@pytest.mark.parametrize("later", [ASIDE, -HOUR / 2], ids=["after a while", "after the clock was put back"])
async def test_a_timer_that_fails_does_not_stop_the_others_and_is_tried_again(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection, later: timedelta
) -> None:
    buyer, seller = await world.person(500), await world.person()
    broken = await world.paid(buyer, seller)
    clock.advance(HOUR)
    sound = await world.paid(buyer, seller)
    key = f"unanswered.{broken.id}"
    await raw.fetch("INSERT INTO requests (key, hash, operation, at) VALUES ($1, 'another', 'another', $2)", key, START)
    clock.advance(24 * HOUR)
    await sweeper.tick()
    assert (await state(world, broken), await state(world, sound)) == ("paid", "refunded")
    await raw.execute("ALTER TABLE requests DISABLE TRIGGER never_gone")
    await raw.fetch("DELETE FROM requests WHERE key = $1", key)
    clock.advance(later)
    await sweeper.tick()
    assert await state(world, broken) == "refunded"


async def test_more_timers_than_fit_into_one_look_fire_in_one_tick(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    sellers = [await world.person() for _ in range(12)]
    for buyer in sellers:
        for seller in sellers[:10]:
            if seller != buyer:
                await world.trade(buyer, seller)
    assert await raw.fetch("SELECT FROM trades OFFSET $1 LIMIT 1", MOST)
    clock.advance(HOUR)
    await sweeper.tick()
    assert await raw.fetch("SELECT FROM trades WHERE state <> 'expired'") == []


async def test_the_clock_survives_the_loss_of_the_database_and_goes_on(
    world: World, clock: MovedClock, raw: Connection, database_url: str
) -> None:
    """Its connection dies while it waits for an answer."""
    trade = await world.trade(await world.person(), await world.person())
    clock.advance(HOUR)
    expired = trio.Event()
    world.database.on_told = expired.set
    with trio.fail_after(20):
        async with (
            bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as locker,
            trio.open_nursery() as nursery,
        ):
            await locker.execute("BEGIN; LOCK TABLE conversations")
            with capture_logs() as logged:
                nursery.start_soon(partial(sweep, world.database, clock, Posts(), trio.lowlevel.checkpoint))
                while not await raw.fetch(WAITING):
                    await trio.lowlevel.checkpoint()
                await raw.fetch(CUT)
                await expired.wait()
            nursery.cancel_scope.cancel()
    assert ("lookout_waits_for_database", "clock") in [(entry["event"], entry.get("lookout")) for entry in logged]
    assert await state(world, trade) == "expired"


async def test_a_trade_that_gets_more_time_while_the_clock_decides_does_not_expire(
    world: World, clock: MovedClock, raw: Connection, database_url: str
) -> None:
    """A payment for it is seen between the clock's question and its operation."""
    trade = await world.trade(await world.person(), await world.person())
    clock.advance(HOUR)
    async with (
        bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as webhook,
        trio.open_nursery() as nursery,
    ):
        await webhook.execute(f"BEGIN; UPDATE trades SET pay_by = pay_by + interval '2 hours' WHERE id = {trade.id}")
        nursery.start_soon(Sweeper(world.database, clock, Posts()).tick)
        with trio.fail_after(10):
            while not await raw.fetch(WAITING):
                await trio.lowlevel.checkpoint()
        await webhook.execute("COMMIT")
    assert await state(world, trade) == "awaiting_payment"
    clock.advance(2 * HOUR)
    await Sweeper(world.database, clock, Posts()).tick()
    assert await state(world, trade) == "expired"
