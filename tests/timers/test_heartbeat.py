"""What nobody could do because LockBay was away is not held against them, once, however it went away and came back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

import pytest
import trio
from attrs import define

from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.terms import Terms
from lockbay.areas.trades.records import TradeState
from lockbay.clock.heartbeat import PERIOD, SILENCE, Beat, Heartbeat
from lockbay.clock.sweeper import Sweeper
from lockbay.postgres import bridge
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database, open_database
from tests.areas.deciding import told_to
from tests.areas.sendable import sent
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World, locked
from tests.security.service_role import by_hand
from tests.timers.posts import CUT, WAITING, Posts
from tests.timers.test_sweeper import underpaid

Made: TypeAlias = Callable[[World, int, int], Awaitable[TradeState]]
MINUTE = timedelta(minutes=1)


@define
class Telegram:
    """For how many seconds it has not answered."""

    silent: float | None = 0.0

    def __call__(self) -> float | None:
        return self.silent


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def sweeper(database: Database, clock: MovedClock, telegram: Telegram) -> Sweeper:
    return Sweeper(database, clock, Posts(), Heartbeat(database, clock, telegram).keep)


@pytest.fixture
async def trade(world: World) -> TradeState:
    """Paid; its seller has a day to answer."""
    return await world.paid(await world.person(500), await world.person())


async def timing(world: World, trade: TradeState) -> tuple[str, datetime | None]:
    found = await world.database.pool.fetch("t", "SELECT state, due_at FROM trades WHERE id = $1", (trade.id,))
    return found[0]["state"], found[0]["due_at"]


async def serve(sweeper: Sweeper, clock: MovedClock, lasting: timedelta) -> None:
    """The clock ticks, if not every second."""
    until = clock.now() + lasting
    await sweeper.tick()
    while clock.now() < until:
        clock.time = min(clock.now() + PERIOD, until)
        await sweeper.tick()


@pytest.mark.parametrize(
    ("made", "left"),
    [(World.trade, 1), (underpaid, 2), (World.paid, 24), (World.accepted, 48), (World.delivered, 48)],
    ids=["to pay", "to choose", "to answer", "to deliver", "to check"],
)
async def test_after_an_outage_every_open_trade_has_the_time_that_it_had(
    world: World, clock: MovedClock, sweeper: Sweeper, made: Made, left: int
) -> None:
    trade = await made(world, await world.person(500), await world.person())
    await sweeper.tick()
    clock.advance(50 * HOUR)
    await sweeper.tick()
    assert await timing(world, trade) == (trade.state, START + (50 + left) * HOUR)
    assert await world.reminders() == ()
    await world.audited()


async def test_what_lasted_no_time_worth_the_name_is_no_outage(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState
) -> None:
    await sweeper.tick()
    clock.advance(Terms().shortest_outage - timedelta(seconds=1))
    await sweeper.tick()
    assert await timing(world, trade) == ("paid", START + 24 * HOUR)


async def test_whoever_serves_day_and_night_gives_nothing_back(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState
) -> None:
    await serve(sweeper, clock, 23 * HOUR)
    assert await timing(world, trade) == ("paid", START + 24 * HOUR)
    await serve(sweeper, clock, HOUR)
    assert (await timing(world, trade))[0] == "refunded"


async def test_it_is_written_down_once_a_minute(
    world: World, clock: MovedClock, database: Database, telegram: Telegram
) -> None:
    heartbeat = Heartbeat(database, clock, telegram)
    await heartbeat.keep()
    asked = database.statements
    for _ in range(59):
        clock.advance(timedelta(seconds=1))
        await heartbeat.keep()
    assert database.statements == asked
    clock.advance(timedelta(seconds=1))
    await heartbeat.keep()
    assert database.statements == asked + 1


async def test_who_does_not_want_it_has_it_not(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState
) -> None:
    await world.database.run(Terms(shortest_outage=timedelta()))
    await sweeper.tick()
    clock.advance(25 * HOUR)
    await sweeper.tick()
    assert (await timing(world, trade))[0] == "refunded"


async def test_a_database_of_an_older_release_knows_of_no_outage(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState
) -> None:
    clock.advance(25 * HOUR)
    await sweeper.tick()
    assert (await timing(world, trade))[0] == "refunded"


@pytest.mark.parametrize("silent", [SILENCE, None])
async def test_while_telegram_is_away_nobody_can_act_either(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState, telegram: Telegram, silent: float | None
) -> None:
    await sweeper.tick()
    telegram.silent = silent
    await serve(sweeper, clock, 30 * HOUR)
    assert await timing(world, trade) == ("paid", START + 24 * HOUR)
    assert await world.reminders() == ()
    telegram.silent = 1.0
    await sweeper.tick()
    assert await timing(world, trade) == ("paid", START + 54 * HOUR)


async def test_two_clocks_that_find_the_same_outage_give_its_time_once(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState, database_url: str, telegram: Telegram
) -> None:
    await sweeper.tick()
    clock.advance(30 * HOUR)
    async with open_database(database_url, clock=clock) as other, trio.open_nursery() as nursery:
        for database in (world.database, other, world.database):
            nursery.start_soon(Heartbeat(database, clock, telegram).beat)
    assert await timing(world, trade) == ("paid", START + 54 * HOUR)


async def test_killed_in_the_middle_it_is_done_once_by_the_next(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState, raw: Connection, database_url: str
) -> None:
    other = await world.delivered(await world.person(500), await world.person())
    await sweeper.tick()
    clock.advance(72 * HOUR)
    async with (
        bridge.open_connection(database_url) as killer,
        locked(raw, f"trades WHERE id = {other.id}"),
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(attempt, world.database)
        with trio.fail_after(10):
            while not await killer.fetch(WAITING):
                await trio.lowlevel.checkpoint()
        await killer.fetch(f"{CUT} AND wait_event_type = 'Lock'")
    assert await timing(world, trade) == ("paid", START + 24 * HOUR)
    assert await world.timers() == ()
    await sweeper.tick()
    await sweeper.tick()
    assert await timing(world, trade) == ("paid", START + 96 * HOUR)
    assert await timing(world, other) == ("delivered", START + 120 * HOUR)


async def attempt(database: Database) -> None:
    try:
        await database.run(Beat())
    except Exception:
        return
    raise AssertionError("it was not killed")


async def test_closed_during_a_part_of_the_outage_it_is_one_time_that_nobody_could_act(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState, owner: int
) -> None:
    """Dead at 0, closed by hand at 2, back at 5, opened at 6."""
    await sweeper.tick()
    clock.advance(2 * HOUR)
    closed = f"maintenance = 'We were away.', maintenance_since = '{clock.now().isoformat()}'"
    await by_hand(world.database, f"UPDATE house SET {closed}")
    clock.advance(3 * HOUR)
    await serve(sweeper, clock, HOUR)
    await world.done(SetMaintenance(owner, None, "it works"))
    await sweeper.tick()
    assert await timing(world, trade) == ("paid", START + 30 * HOUR)


async def test_dead_while_it_was_closed_it_is_the_closing_alone(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState, owner: int
) -> None:
    await serve(sweeper, clock, HOUR)
    await world.done(SetMaintenance(owner, "Closed", "a new disk"))
    await serve(sweeper, clock, HOUR)
    clock.advance(40 * HOUR)
    await serve(sweeper, clock, HOUR)
    await world.done(SetMaintenance(owner, None, "it is in"))
    clock.advance(timedelta(seconds=1))
    await sweeper.tick()
    assert await timing(world, trade) == ("paid", START + (24 + 42) * HOUR)


async def test_an_owner_who_is_faster_than_the_clock_opens_or_closes_it_without_counting_twice(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState, owner: int
) -> None:
    await sweeper.tick()
    clock.advance(30 * HOUR)
    await world.done(SetMaintenance(owner, "Closed", "to look"))
    assert await timing(world, trade) == ("paid", START + 54 * HOUR)
    clock.advance(30 * HOUR)
    await world.done(SetMaintenance(owner, None, "all is well"))
    await sweeper.tick()
    assert await timing(world, trade) == ("paid", START + 84 * HOUR)


async def test_a_clock_that_was_wrong_goes_on_from_where_it_is_set(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState
) -> None:
    await serve(sweeper, clock, HOUR)
    clock.advance(-HOUR)
    await serve(sweeper, clock, HOUR)
    assert await timing(world, trade) == ("paid", START + 24 * HOUR)
    clock.advance(5 * HOUR)
    await sweeper.tick()
    assert await timing(world, trade) == ("paid", START + 29 * HOUR)


async def test_a_promised_price_stands_as_after_a_closing(world: World, clock: MovedClock, sweeper: Sweeper) -> None:
    trade = await world.trade(await world.person(), await world.person())
    await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    await sweeper.tick()
    clock.advance(5 * HOUR)
    await sweeper.tick()
    await world.prepare(UNLIMITED, clock.now())
    found = await world.database.pool.fetch("t", "SELECT price_until FROM payins WHERE trade_id = $1", (trade.id,))
    assert found[0]["price_until"] == START + 2 * HOUR


async def test_the_owners_hear_of_it_once(
    world: World, clock: MovedClock, sweeper: Sweeper, trade: TradeState, owner: int, database: Database
) -> None:
    await sweeper.tick()
    clock.advance(5 * HOUR)
    await sweeper.tick()
    await sweeper.tick()
    [(kind, news)] = [each for each in await told_to(database, owner) if each[0] == "outage"]
    assert kind == "outage"
    assert "Nobody could reach LockBay" in sent(news)
    assert await told_to(database, trade.buyer_id) == []
