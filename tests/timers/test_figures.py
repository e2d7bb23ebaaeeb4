"""What waits is counted, also when nobody hears of it."""

from __future__ import annotations

from datetime import timedelta

from attrs import fields
from prometheus_client import REGISTRY

from lockbay.actors.inbox import BuryUpdate
from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.payout import SendCashout
from lockbay.areas.trades.records import CancelTrade
from lockbay.clock.figures import Figures, Oldest, count
from lockbay.postgres.database import Database
from tests.areas.disputing import decision, disputed, on_duty
from tests.clock import MovedClock
from tests.ledger.outgoing import request, settle
from tests.ledger.world import HOUR, World, payment


def waiting(what: str) -> float | None:
    return REGISTRY.get_sample_value("lockbay_waiting", {"what": what})


def oldest(what: str) -> float | None:
    return REGISTRY.get_sample_value("lockbay_waiting_oldest_seconds", {"what": what})


async def test_nothing_waits_in_an_empty_house(database: Database) -> None:
    await count(database)
    assert {each.name: waiting(each.name) for each in fields(Figures)} == {each.name: 0 for each in fields(Figures)}
    assert {each.name: oldest(each.name) for each in fields(Oldest)} == {each.name: 0 for each in fields(Oldest)}


async def test_what_waits_is_counted_under_its_name(database: Database) -> None:
    world = World(database)
    await world.prepare()
    ada, sam = await world.person(1000), await world.person(0)
    trade = await world.trade(ada, sam, "20")
    payin = await world.payin(ada, trade=trade.id)
    await world.done(CancelTrade(ada, trade.id))
    await world.done(payment(payin, 7))
    await database.run(BuryUpdate(7, "", 77, ada, b"{}", "broken"))
    await count(database)
    assert (waiting("unapplied"), waiting("dead_letters"), waiting("disputes")) == (1, 1, 0)
    assert (waiting("notices") or 0) > 0


async def test_how_long_is_said_of_the_oldest_that_still_waits(database: Database, clock: MovedClock) -> None:
    """Not for how long there has been one or another."""
    world = World(database)
    await world.prepare()
    staff = await on_duty(world)
    _, _, first = await disputed(world)
    clock.advance(timedelta(hours=20))
    await disputed(world)
    clock.advance(timedelta(hours=1))
    await count(database)
    assert (waiting("disputes"), oldest("disputes")) == (2, 21 * 3600)
    await world.done(await decision(world, staff, first.id, 0))
    await count(database)
    assert (waiting("disputes"), oldest("disputes")) == (1, 3600)


async def test_a_cashout_waits_since_it_came_to_wait(database: Database, clock: MovedClock) -> None:
    world = World(database)
    await world.prepare()
    cashout = await world.done(request(await world.person(100)))
    clock.advance(timedelta(hours=2))
    await world.done(SendCashout(cashout.id, "blockbee"))
    clock.advance(timedelta(minutes=40))
    await world.done(settle(cashout, "unknown"))
    await count(database)
    assert (oldest("unknown"), oldest("by_hand"), oldest("to_approve")) == (40 * 60, 0, 0)


async def test_a_cashout_that_is_tried_in_vain_again_and_again_waits_all_the_while(
    database: Database, clock: MovedClock
) -> None:
    """An alarm comes after an hour, and it is tried every quarter of one."""
    world = World(database)
    await world.prepare()
    cashout = await world.done(request(await world.person(100)))
    for _ in range(5):
        await world.done(SendCashout(cashout.id, "blockbee"))
        await world.done(settle(cashout, "waiting"))
        clock.advance(timedelta(minutes=15))
    await count(database)
    assert oldest("by_hand") == 75 * 60


async def test_a_deadline_that_the_clock_does_not_act_upon_waits(database: Database, clock: MovedClock) -> None:
    """A clock that stands still acts late upon nothing: only the row tells of it."""
    world = World(database)
    await world.prepare()
    await world.trade(await world.person(1000), await world.person(0), "20")
    clock.advance(HOUR)
    await count(database)
    assert oldest("timers") == 0
    clock.advance(timedelta(minutes=4))
    await count(database)
    assert oldest("timers") == 4 * 60


async def test_while_the_house_is_closed_no_deadline_waits_for_the_clock(database: Database, clock: MovedClock) -> None:
    world = World(database)
    await world.prepare()
    await world.trade(await world.person(1000), await world.person(0), "20")
    await world.done(SetMaintenance(await on_duty(world), "We are moving.", "A new machine"))
    clock.advance(2 * HOUR)
    await count(database)
    assert oldest("timers") == 0
