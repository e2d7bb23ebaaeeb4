"""Reconciliation: what a webhook failed to tell is found, once, and none of it stands in another's way."""

from __future__ import annotations

from datetime import timedelta

import trio
from attrs import evolve
from structlog.testing import capture_logs

from lockbay.areas.deposits.records import Payin
from lockbay.clock.reconciler import (
    Reconciler,
)
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import open_database
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World
from tests.timers.outside import Outside
from tests.timers.reconciling import DAY, FIRST, differences
from tests.timers.reconciling import outside as outside
from tests.timers.reconciling import reconciler as reconciler


async def test_what_the_webhook_failed_to_tell_is_found(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    person = await world.person()
    outside.pay(await world.payin(person), 30, "lost")
    clock.advance(FIRST - timedelta(microseconds=1))
    await reconciler.tick()
    assert outside.asked == []
    clock.advance(timedelta(microseconds=1))
    with capture_logs() as logs:
        await reconciler.tick()
    assert [line["outcome"] for line in logs if line["event"] == "payment_found"] == ["credited"]
    assert await world.available(person) == 30
    await world.audited()


async def test_a_payment_that_was_told_is_not_found_again(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    person = await world.person()
    event = outside.pay(await world.payin(person), 30, "told")
    await world.do(event, event.request_key)
    clock.advance(FIRST)
    with capture_logs() as logs:
        await reconciler.tick()
    assert outside.asked
    assert [line for line in logs if line["event"] == "payment_found"] == []
    assert await world.available(person) == 30
    assert await differences(raw) == []


async def test_a_trades_payment_that_was_lost_pays_it(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    outside.pay(await world.payin(buyer, trade=trade.id), 105, "lost")
    clock.advance(FIRST)
    await reconciler.tick()
    assert await world.money(buyer) == (0, 105)
    await world.audited()


async def test_found_after_the_trade_has_ended_it_is_unapplied(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    payin = await world.payin(buyer, trade=trade.id)
    clock.advance(HOUR)
    for timer in await world.timers():
        await world.do(timer.operation, timer.key)
    outside.pay(payin, 105, "lost")
    await reconciler.tick()
    assert (await world.audited()).unapplied == 1
    assert await world.money(buyer) == (0, 0)


async def test_webhook_and_clock_at_once_count_one_payment(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    person = await world.person()
    payin = await world.payin(person)
    for number in range(10):
        event = outside.pay(payin, 3, f"event {number}")
        clock.advance(8 * DAY)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(world.database.perform, event, event.request_key)
            nursery.start_soon(reconciler.tick)
            nursery.start_soon(world.database.perform, event, event.request_key)
    assert await world.available(person) == 30
    await world.audited()


async def test_killed_between_asking_and_applying_it_asks_again(
    world: World, clock: MovedClock, outside: Outside, database_url: str, raw: Connection
) -> None:
    person = await world.person()
    payin = await world.payin(person)
    outside.pay(payin, 30, "lost")
    clock.advance(FIRST)
    reached = trio.Event()

    async def for_ever(_: Payin) -> None:
        reached.set()
        await trio.sleep_forever()

    dying = evolve(outside, meanwhile=for_ever)
    async with open_database(database_url, clock=clock) as other, trio.open_nursery() as nursery:
        nursery.start_soon(Reconciler(other, clock, dying).tick)
        await reached.wait()
        nursery.cancel_scope.cancel()
    assert await world.available(person) == 0
    await Reconciler(world.database, clock, outside).tick()
    assert await world.available(person) == 30
    await world.audited()


async def test_one_that_is_cancelled_while_it_applies_is_made_up_for(
    world: World, clock: MovedClock, outside: Outside
) -> None:
    person = await world.person()
    payin = await world.payin(person)
    for number in range(6):
        outside.pay(payin, 5, f"event {number}")
    clock.advance(FIRST)
    for checkpoints in range(1, 12):
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(Reconciler(world.database, clock, outside).tick)
                for _ in range(checkpoints * 3):
                    await trio.lowlevel.checkpoint()
                scope.cancel()
        await world.audited()
    await Reconciler(world.database, clock, outside).tick()
    assert await world.available(person) == 30
    await world.audited()
