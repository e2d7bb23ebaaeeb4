"""Fills a new database as years would: 100 000 people, 300 000 trades, a million postings and all else.

    LOCKBAY_DATABASE_URL=... python scripts/seed_big.py [--users 100000] [--trades 300000]

For looking at plans and times. The books are right: `python -m lockbay --audit` passes. Only a superuser may, and only
in a database without trades.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import trio

from lockbay.audit import SnapshotLedger
from lockbay.postgres import bridge, files, schema
from lockbay.postgres.catalogue import Catalogue

SCRIPT = Path(__file__).with_suffix(".sql")
SIZE = """
CREATE TEMP TABLE size AS
SELECT {users}::bigint AS users, {trades}::bigint AS trades,
    least(10000, {trades} / 6)::bigint AS busy, '{at}'::timestamptz AS at
"""


async def seed(url: str, users: int, trades: int, at: datetime) -> None:
    """One transaction: all or nothing. Then VACUUM ANALYZE, as autovacuum would have."""
    await schema.migrate(url)
    async with bridge.open_connection(url, schema.MIGRATION_LIMITS) as connection:
        if await connection.fetch("SELECT FROM trades LIMIT 1"):
            raise click.ClickException("There are trades already.")
        await connection.execute(SIZE.format(users=users, trades=trades, at=at.isoformat()))
        await connection.execute(f"BEGIN;\n{SCRIPT.read_text(encoding='utf-8')};\nCOMMIT")
        await connection.execute("VACUUM ANALYZE")
        # What the clock has done since: the house's balances are summed up to now, the plots' hours are added up.
        snapshot = Catalogue(files.read_files(files.sql_folder())).plan(SnapshotLedger).command
        await connection.fetch(snapshot.sql, at)
        await connection.fetch("SELECT console_roll($1)", at)


@click.command()
@click.option("--users", type=click.IntRange(1000), default=100_000, show_default=True)
@click.option("--trades", type=click.IntRange(3000), default=300_000, show_default=True)
@click.option("--database-url", envvar="LOCKBAY_DATABASE_URL", required=True, hidden=True)
def main(users: int, trades: int, database_url: str) -> None:
    """Fill the database LOCKBAY_DATABASE_URL."""
    trio.run(seed, database_url, users, trades, datetime.now(UTC))
    print(f"{users} users and {trades} trades.", file=sys.stderr)


if __name__ == "__main__":
    main()
