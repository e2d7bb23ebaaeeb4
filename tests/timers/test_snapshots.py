"""Snapshots keep the ledger's sums, and are made at once and again."""

from __future__ import annotations

from decimal import Decimal

import trio

from lockbay.audit import SnapshotLedger
from lockbay.clock.snapshots import keep_snapshots
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.ledger.world import World

MOVED = """
SELECT ledger_transfer('a key', 'deposit', NULL, '', ARRAY[
    ('clearing:blockbee', NULL, 'USDT', -7), ('fees', NULL, 'USDT', 7)]::ledger_line[], now())
"""


async def fees(raw: Connection) -> Decimal:
    [row] = await raw.fetch("SELECT coalesce(ledger_balance('fees', 'USDT'), 0) AS balance")
    balance: Decimal = row["balance"]
    return balance


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


async def test_what_is_under_way_while_a_snapshot_is_made_counts_after_it(world: World, raw: Connection) -> None:
    await raw.execute(f"BEGIN; {MOVED}")
    await world.database.run(SnapshotLedger())
    await raw.execute("COMMIT")
    assert await fees(raw) == 7
    await world.database.run(SnapshotLedger())
    assert await fees(raw) == 7


async def test_a_snapshot_of_another_server_counts_nowhere_and_is_replaced(world: World, raw: Connection) -> None:
    """Its numbers of transactions are later than any here, as in a dump that is restored into a new one."""
    await raw.execute(MOVED)
    await world.database.run(SnapshotLedger())
    await raw.execute("UPDATE ledger_snapshots SET upto = '9000000000000', balance = 1000000")
    assert await fees(raw) == 7
    await world.database.run(SnapshotLedger())
    [row] = await raw.fetch("SELECT max(upto) < '9000000000000' AS is_replaced FROM ledger_snapshots")
    assert (row["is_replaced"], await fees(raw)) == (True, 7)
