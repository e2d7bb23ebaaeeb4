"""Disputes on the staff's desk: taken, talked about, listed, and not forgotten."""

from __future__ import annotations

from datetime import timedelta

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.disputes.records import (
    DisputeCase,
    DisputeQueue,
    TakeDispute,
)
from lockbay.areas.trades.agreement import GiveBack
from lockbay.areas.trades.chat_records import ChatPage, SayMessage, Told
from lockbay.clock.disputes import tell_waiting
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.disputing import decision, disputed, on_duty
from tests.clock import MovedClock
from tests.ledger.quarrel import told
from tests.ledger.world import HOUR, World


async def test_of_two_who_take_it_one_has_it_and_it_can_be_taken_over(world: World, raw: Connection) -> None:
    one, (_, _, trade) = await on_duty(world), await disputed(world)
    two = await world.person(username="two")
    await world.database.run(SaveStaff([one, two]))
    assert await world.do(TakeDispute(one, trade.id, 0)) is True
    assert await world.do(TakeDispute(two, trade.id, 0)) == Refused("taken", {"by": f"@person{one}"})
    assert await world.do(TakeDispute(two, trade.id, one)) is True
    page = await world.database.read(DisputeCase, one, trade.id)
    assert page is not None
    assert (page.assigned_to, page.assigned) == (two, "@two")
    acts = await raw.fetch("SELECT user_id FROM admin_actions WHERE action = 'take_dispute' ORDER BY id")
    assert [act["user_id"] for act in acts] == [one, two]


async def test_both_sides_and_who_decides_hear_what_is_written(world: World, raw: Connection) -> None:
    one, (buyer, seller, trade) = await on_duty(world), await disputed(world)
    two = await world.person()
    await world.database.run(SaveStaff([one, two]))
    assert isinstance(await world.do(SayMessage(buyer, trade.id, "text", "to all", "")), Told)
    assert await told(raw, "dispute_message") == [seller]
    assert sorted(await told(raw, "dispute_said")) == sorted([one, two])
    await world.done(TakeDispute(two, trade.id, 0))
    await world.done(SayMessage(seller, trade.id, "photo", "look", "file"))
    assert await told(raw, "dispute_message") == [seller, buyer]
    assert (await told(raw, "dispute_said"))[2:] == [two]
    await world.done(SayMessage(two, trade.id, "text", "I see", ""))
    assert (await told(raw, "dispute_message"))[2:] == [buyer, seller]
    assert (await told(raw, "dispute_said"))[3:] == []
    page = await world.database.read(ChatPage, buyer, trade.id, 0)
    assert page is not None
    assert [(each.role, each.name) for each in page.messages][-1] == ("admin", "LockBay")


async def test_the_staff_writes_while_it_is_disputed_and_reads_on_after_it(world: World) -> None:
    staff, (buyer, seller, trade) = await on_duty(world), await disputed(world)
    quiet = await world.accepted(buyer, seller)
    assert await world.do(SayMessage(staff, quiet.id, "text", "hello", "")) == Refused("unknown_trade")
    assert await world.database.read(ChatPage, staff, quiet.id, 0) is None
    await world.done(GiveBack(seller, trade.id))
    assert await world.do(SayMessage(staff, trade.id, "text", "hello", "")) == Refused("dispute_over")
    assert isinstance(await world.do(SayMessage(buyer, trade.id, "text", "thank you", "")), Told)
    page = await world.database.read(ChatPage, staff, trade.id, 0)
    assert page is not None
    assert (page.viewer, page.why_not, len(page.messages)) == ("admin", "dispute_over", 2)


async def test_the_staff_hears_once_that_a_dispute_waits_for_a_day(
    world: World, raw: Connection, database: Database, clock: MovedClock
) -> None:
    staff, (_, seller, trade) = await on_duty(world), await disputed(world)
    over = (await disputed(world))[1:]
    await world.done(GiveBack(over[0], over[1].id))
    clock.advance(24 * HOUR - timedelta(seconds=1))
    await tell_waiting(database, clock)
    assert await told(raw, "dispute_waits") == []
    clock.advance(timedelta(seconds=1))
    await tell_waiting(database, clock)
    await tell_waiting(database, clock)
    assert await told(raw, "dispute_waits") == [staff]
    clock.advance(100 * HOUR)
    await tell_waiting(database, clock)
    assert await told(raw, "dispute_waits") == [staff]
    await world.done(GiveBack(seller, trade.id))


async def test_a_dispute_that_cannot_be_told_of_hides_none_of_the_others(
    world: World, raw: Connection, database: Database, clock: MovedClock
) -> None:
    staff, broken, sound = await on_duty(world), (await disputed(world))[2], (await disputed(world))[2]
    [row] = await raw.fetch("SELECT 'dispute_waits.' || id AS key FROM disputes WHERE trade_id = $1", broken.id)
    await raw.fetch(
        "INSERT INTO requests (key, hash, operation, at) VALUES ($1, 'another', 'another', $2)", row["key"], clock.now()
    )
    clock.advance(24 * HOUR)
    await tell_waiting(database, clock)
    assert await told(raw, "dispute_waits") == [staff]
    [row] = await raw.fetch("SELECT trade_id FROM disputes WHERE alerted_at IS NOT NULL")
    assert row["trade_id"] == sound.id


async def test_the_list_has_pages_the_oldest_first_and_the_ended_apart(world: World) -> None:
    staff, made = await on_duty(world), [(await disputed(world))[2] for _ in range(10)]
    first = await world.database.read(DisputeQueue, staff, 0, 0)
    assert first is not None
    assert first.open == 10
    assert [each.trade_id for each in first.disputes] == [trade.id for trade in made[:8]]
    second = await world.database.read(DisputeQueue, staff, 0, first.next)
    assert second is not None
    assert [each.trade_id for each in second.disputes] == [trade.id for trade in made[8:]]
    assert second.next is None
    for trade in made[:9]:
        await world.done(await decision(world, staff, trade.id, 30))
    over = await world.database.read(DisputeQueue, staff, 1, 0)
    assert over is not None
    assert [each.trade_id for each in over.disputes] == [trade.id for trade in reversed(made[1:9])]
    last = await world.database.read(DisputeQueue, staff, 1, over.next)
    assert last is not None
    assert [each.trade_id for each in last.disputes] == [made[0].id]
