"""Whose turn it is hears of a deadline 24, 8 and 2 hours and 30 minutes before it: each once, late the newest only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

import pytest
import trio

from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.trades.agreement import ProposeCancel
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeliverTrade,
    JoinTrade,
    PayTrade,
    Role,
    TradeState,
)
from lockbay.areas.trades.timers import RemindTrade
from lockbay.areas.trades.views import TradePage
from lockbay.clock.records import AskDue
from lockbay.clock.sweeper import Sweeper
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.queries import Refused
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, World, creation, payment

Made: TypeAlias = Callable[[World, int, int], Awaitable[TradeState]]
MOMENT, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
HALF = 30 * MINUTE
TOLD = """
SELECT user_id, address, (data ->> 'deadline')::timestamptz AS deadline, (data ->> 'told_at')::timestamptz AS told_at
FROM outbox WHERE kind = 'trade_reminder' AND (data ->> 'trade_id')::bigint = $1 ORDER BY id
"""
FINDS = """
EXPLAIN SELECT id FROM trades WHERE remind_at <= now() AND due_at > now() ORDER BY remind_at LIMIT 100
"""


@pytest.fixture
def sweeper(database: Database, clock: MovedClock) -> Sweeper:
    return Sweeper(database, clock, lambda _user, _passed: None)


async def told(raw: Connection, trade: TradeState) -> list[tuple[int | None, timedelta]]:
    """Who was reminded, and how long before the deadline."""
    rows = await raw.fetch(TOLD, trade.id)
    return [(row["user_id"], row["deadline"] - row["told_at"]) for row in rows]


async def tick_at(sweeper: Sweeper, clock: MovedClock, moment: datetime) -> None:
    clock.time = moment
    await sweeper.tick()


TURNS = [
    pytest.param(World.trade, 1 * HOUR, "buyer", [HALF], id="to pay"),
    pytest.param(World.paid, 24 * HOUR, "seller", [8 * HOUR, 2 * HOUR, HALF], id="to answer"),
    pytest.param(World.accepted, 24 * HOUR, "seller", [8 * HOUR, 2 * HOUR, HALF], id="to deliver, before the grace"),
    pytest.param(World.delivered, 48 * HOUR, "buyer", [24 * HOUR, 8 * HOUR, 2 * HOUR, HALF], id="to check"),
]


@pytest.mark.parametrize(("made", "within", "role", "aheads"), TURNS)
async def test_whose_turn_it_is_is_reminded_at_each_threshold_once(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection,
    made: Made, within: timedelta, role: Role, aheads: list[timedelta],
) -> None:  # fmt: skip
    trade = await made(world, await world.person(500), await world.person())
    deadline, so_far = clock.now() + within, list[tuple[int | None, timedelta]]()
    person = trade.buyer_id if role == "buyer" else trade.seller_id
    for ahead in aheads:
        await tick_at(sweeper, clock, deadline - ahead - MOMENT)
        assert await told(raw, trade) == so_far
        await tick_at(sweeper, clock, deadline - ahead)
        so_far.append((person, ahead))
        assert await told(raw, trade) == so_far
        await sweeper.tick()
    await tick_at(sweeper, clock, deadline - MOMENT)
    assert await told(raw, trade) == so_far


@pytest.mark.parametrize(("made", "within", "role", "aheads"), TURNS)
async def test_a_late_clock_sends_the_newest_only(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection,
    made: Made, within: timedelta, role: Role, aheads: list[timedelta],
) -> None:  # fmt: skip
    trade = await made(world, await world.person(500), await world.person())
    deadline = clock.now() + within
    await tick_at(sweeper, clock, deadline - 10 * MINUTE)
    await sweeper.tick()
    assert [ahead for _, ahead in await told(raw, trade)] == [10 * MINUTE]
    assert aheads[-1] == HALF
    assert role in ("buyer", "seller")


async def test_late_for_one_the_next_still_comes(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    trade = await world.paid(await world.person(500), await world.person())
    for ahead in (90 * MINUTE, HALF):
        await tick_at(sweeper, clock, START + 24 * HOUR - ahead)
    assert [ahead for _, ahead in await told(raw, trade)] == [90 * MINUTE, HALF]


async def test_nobody_is_reminded_when_the_deadline_has_passed(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    trade = await world.accepted(await world.person(500), await world.person())
    clock.advance(25 * HOUR)  # the days of grace have begun
    await sweeper.tick()
    assert await told(raw, trade) == []
    assert not await world.reminders()


async def test_a_delivery_of_three_days_is_reminded_a_day_before(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await world.done(creation(buyer, f"@person{seller}", hours=72))
    await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    await world.done(AcceptTrade(seller, trade.id))
    await tick_at(sweeper, clock, START + 48 * HOUR)
    assert await told(raw, trade) == [(seller, 24 * HOUR)]


async def test_a_trade_that_has_moved_on_is_never_reminded_of_the_old_deadline(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    buyer, seller = await world.person(500), await world.person()
    paid, gone = await world.paid(buyer, seller), await world.trade(buyer, seller)
    await world.done(CancelTrade(buyer, gone.id))
    clock.advance(HALF)
    await sweeper.tick()
    assert await told(raw, paid) == await told(raw, gone) == []
    await world.done(AcceptTrade(seller, paid.id))
    await tick_at(sweeper, clock, START + 16 * HOUR)  # 8 hours before the answer would have been due
    assert await told(raw, paid) == []
    await world.done(DeliverTrade(seller, paid.id))
    await tick_at(sweeper, clock, START + 17 * HOUR)  # before the delivery would have been
    assert await told(raw, paid) == []


async def test_a_proposal_does_not_bring_a_reminder_back(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await world.paid(buyer, seller)
    await tick_at(sweeper, clock, START + 16 * HOUR)
    await world.done(ProposeCancel(buyer, trade.id))
    await sweeper.tick()
    assert await told(raw, trade) == [(seller, 8 * HOUR)]


async def test_two_clocks_at_once_and_a_restart_remind_once(
    world: World, clock: MovedClock, raw: Connection, database_url: str
) -> None:
    trade = await world.delivered(await world.person(500), await world.person())
    clock.advance(40 * HOUR)
    async with open_database(database_url, clock=clock) as other, trio.open_nursery() as nursery:
        for database in (world.database, other):
            nursery.start_soon(Sweeper(database, clock, lambda _user, _passed: None).tick)
    await Sweeper(world.database, clock, lambda _user, _passed: None).tick()
    assert await told(raw, trade) == [(trade.buyer_id, 8 * HOUR)]


async def test_a_part_of_the_price_is_reminded_of_and_another_part_is_of_its_later_deadline(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    payin = await world.payin(buyer, trade=trade.id)
    clock.advance(10 * MINUTE)
    await world.done(payment(payin, "50"))
    page = await world.database.read(TradePage, buyer, trade.id)
    assert page is not None
    assert page.deadline is not None
    await tick_at(sweeper, clock, page.deadline - HALF)
    assert await told(raw, trade) == [(buyer, HALF)]
    await world.done(payment(payin, "20"))
    later = await world.database.read(TradePage, buyer, trade.id)
    assert later is not None
    assert later.deadline is not None
    assert later.deadline > page.deadline
    for ahead in (HALF + MINUTE, HALF, MINUTE):
        await tick_at(sweeper, clock, later.deadline - ahead)
    assert await told(raw, trade) == [(buyer, HALF), (buyer, HALF)]
    await tick_at(sweeper, clock, later.deadline)
    assert await world.money(buyer) == (Decimal(70), Decimal(0))


async def test_a_seller_who_is_not_here_yet_is_mailed_and_nobody_is_not(
    world: World, clock: MovedClock, sweeper: Sweeper, raw: Connection
) -> None:
    buyer = await world.person(500)
    mailed = await world.done(creation(buyer, "dan@example.com", kind="email"))
    linked = await world.done(creation(buyer, "", kind="link"))
    for trade in (mailed, linked):
        await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    await tick_at(sweeper, clock, START + 16 * HOUR)
    assert [row["address"] for row in await raw.fetch(TOLD, mailed.id)] == ["dan@example.com"]
    assert await told(raw, linked) == []
    assert linked.token
    seller = await world.person()
    await world.done(JoinTrade(seller, linked.token))
    await tick_at(sweeper, clock, START + 22 * HOUR)
    assert await told(raw, linked) == [(seller, 2 * HOUR)]


async def test_a_reminder_that_is_not_due_or_not_there_is_refused(world: World, clock: MovedClock) -> None:
    trade = await world.trade(await world.person(), await world.person())
    early = RemindTrade(trade.id, START + HALF)
    assert await world.do(early, "a.reminder") == Refused("too_early")
    clock.advance(HALF)
    refused = await world.do(RemindTrade(trade.id, START))
    assert isinstance(refused, Refused)
    assert refused.reason == "wrong_state"
    [due] = await world.reminders()
    assert due.operation == early
    assert await world.do(early, "a.reminder") == 1
    assert await world.do(early, "a.reminder") == 1
    assert not await world.reminders()


async def test_an_index_finds_the_reminders_among_many_trades(raw: Connection) -> None:
    await raw.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    plan = "\n".join(row["QUERY PLAN"] for row in await raw.fetch(FINDS))
    assert "trades_to_remind" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("confirmed", [False, True])
async def test_a_deadline_that_a_payment_moves_reminds_of_nothing_that_lies_behind(
    world: World, raw: Connection, sweeper: Sweeper, clock: MovedClock, confirmed: bool
) -> None:
    """The payment gives two hours more: those two hours are not news."""
    trade = await world.trade(await world.person(), await world.person())
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    for _ in range(2):
        await world.done(payment(payin, 30, confirmed=confirmed))
        await tick_at(sweeper, clock, clock.now() + MINUTE)
    assert await told(raw, trade) == []
    await tick_at(sweeper, clock, clock.now() + 90 * MINUTE)
    assert [ahead for _, ahead in await told(raw, trade)] == [29 * MINUTE]


async def test_a_deadline_that_a_payment_moves_is_reminded_of_as_the_one_before_was(
    world: World, raw: Connection, sweeper: Sweeper, clock: MovedClock
) -> None:
    """The payment may never be confirmed: who heard of the first deadline hears of the one that counts, once."""
    trade = await world.trade(await world.person(), await world.person())
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    await tick_at(sweeper, clock, START + HALF)
    clock.advance(10 * MINUTE)
    await world.done(payment(payin, 105, confirmed=False))
    deadline = START + 160 * MINUTE
    for ahead in (HALF + MINUTE, HALF, MINUTE):
        await tick_at(sweeper, clock, deadline - ahead)
    [first, second] = await raw.fetch(TOLD, trade.id)
    assert [(each["deadline"], each["told_at"]) for each in (first, second)] == [
        (START + HOUR, START + HALF),
        (deadline, deadline - HALF),
    ]


async def due(world: World, aside: list[int]) -> tuple[int, int]:
    """How many timers and reminders there are, without those of trades that are put aside."""
    found = await world.database.run(AskDue(START, aside, [], 10))
    return len(found.timers), len(found.reminders)


async def test_what_is_put_aside_is_not_asked_for(world: World, clock: MovedClock) -> None:
    trade = await world.trade(await world.person(), await world.person())
    for all_of_it in ((0, 1), (1, 0)):
        clock.advance(HALF)
        assert (await due(world, []), await due(world, [trade.id])) == (all_of_it, (0, 0))


async def test_nobody_is_reminded_while_it_is_closed(world: World, clock: MovedClock) -> None:
    owner = await world.person()
    await world.database.run(SaveStaff([owner]))
    await world.trade(await world.person(), await world.person())
    clock.advance(HALF)
    assert await due(world, []) == (0, 1)
    await world.done(SetMaintenance(owner, "Closed for a minute", "a new disk"))
    assert await due(world, []) == (0, 0)
