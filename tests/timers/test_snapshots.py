"""Snapshots keep the ledger's sums, and are made at once and again."""

from __future__ import annotations

from decimal import Decimal

import trio

from lockbay.clock.snapshots import keep_snapshots
from lockbay.postgres.database import Database
from tests.ledger.world import World


async def snapshots(database: Database) -> dict[str, Decimal]:
    rows = await database.pool.fetch(
        "test",
        "SELECT a.kind, s.balance FROM ledger_snapshots s JOIN accounts a ON a.id = s.account_id WHERE s.balance <> 0",
        (),
        reads=True,
    )
    return {row["kind"]: row["balance"] for row in rows}


async def test_a_snapshot_is_made_at_the_start_and_again_after_each_period(database: Database) -> None:
    world = World(database)
    await world.prepare()
    await world.person(500)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: keep_snapshots(database, period=0.01))
        with trio.fail_after(5):
            while not await snapshots(database):
                await trio.lowlevel.checkpoint()
        first = await snapshots(database)
        await world.person(200)
        with trio.fail_after(5):
            while await snapshots(database) == first:
                await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()
    assert {abs(sum) for sum in first.values()} == {Decimal(500)}
    assert {abs(sum) for sum in (await snapshots(database)).values()} == {Decimal(700)}
    await world.audited()
