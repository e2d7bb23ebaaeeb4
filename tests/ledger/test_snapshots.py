"""Snapshots of the ledger shorten sums and change none."""

from __future__ import annotations

from decimal import Decimal

from lockbay import audit
from lockbay.postgres.bridge import Connection
from tests.ledger.planted import POST
from tests.ledger.world import World

# As a dump has it of a server that has done a billion transactions.
ELSEWHERE = """
SET session_replication_role = replica;
UPDATE postings SET written = (written::text::bigint + 1000000000)::text::xid8;
UPDATE ledger_snapshots SET upto = (upto::text::bigint + 1000000000)::text::xid8;
RESET session_replication_role
"""


async def test_a_snapshot_shortens_the_sum_and_changes_no_balance(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(1000), await world.person()
    for _ in range(3):
        await world.paid(buyer, seller)
        await world.database.run(audit.SnapshotLedger())
        [row] = await raw.fetch("SELECT ledger_balance('held', 'USDT') AS held")
        assert row["held"] == (await world.audited()).totals[0].held
    [row] = await raw.fetch(
        "SELECT s.balance FROM ledger_snapshots s JOIN accounts a ON a.id = s.account_id "
        "WHERE a.kind = 'held' AND a.currency = 'USDT'"
    )
    assert row["balance"] == 315


async def test_restored_into_a_server_whose_transactions_begin_anew_every_sum_is_right(
    world: World, raw: Connection
) -> None:
    """By pg_restore: what is in the dump has the numbers of another server's transactions."""
    buyer, seller = await world.person(1000), await world.person()

    async def held() -> Decimal:
        await world.audited()
        [row] = await raw.fetch("SELECT ledger_balance('held', 'USDT') AS held")
        return Decimal(row["held"])

    await world.paid(buyer, seller)
    await world.database.run(audit.SnapshotLedger())
    await raw.execute(ELSEWHERE)
    assert await held() == 105
    await world.paid(buyer, seller)
    assert await held() == 210
    await world.database.run(audit.SnapshotLedger())
    assert await held() == 210
    await world.paid(buyer, seller)
    assert await held() == 315


async def test_a_snapshot_leaves_out_what_has_not_committed_yet(
    world: World, raw: Connection, database_url: str
) -> None:
    """A posting with a lower id that commits after the snapshot was taken must still be counted."""
    await world.person(10)
    await raw.execute("BEGIN; " + POST.format("('held', 'USDT', 1), ('fees', 'USDT', -1)"))
    await world.person(10)
    await world.database.run(audit.SnapshotLedger())
    await raw.execute("COMMIT")
    await world.database.run(audit.SnapshotLedger())
    [row] = await raw.fetch("SELECT ledger_balance('held', 'USDT') AS held")
    assert row["held"] == 1
    report = await audit.audit(world.database)
    assert "snapshot" not in {difference.kind for difference in report.differences}
