"""Books that an earlier release wrote: the migrations take them along, to the last unit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lockbay.audit import audit
from lockbay.postgres import bridge, files, schema
from lockbay.postgres.database import open_database
from tests.clock import MovedClock

BOOKS = Path(__file__).with_name("books_0008.sql")
BALANCES = "SELECT user_id, currency, kind, balance::text FROM accounts WHERE user_id IS NOT NULL ORDER BY id"


@pytest.fixture
async def upgraded(empty_database_url: str, tmp_path: Path) -> str:
    """A database of release 0008 with its books, brought to today's schema."""
    for old in sorted((files.sql_folder() / "schema").glob("000[1-8]_*.sql")):
        (tmp_path / "schema").mkdir(exist_ok=True)
        shutil.copy(old, tmp_path / "schema")
    await schema.migrate(empty_database_url, tmp_path)
    async with bridge.open_connection(empty_database_url, schema.MIGRATION_LIMITS) as connection:
        await connection.execute(
            f"SET session_replication_role = replica; DELETE FROM accounts; {BOOKS.read_text()};"
            "RESET session_replication_role; UPDATE users SET first_name = ' @sam' WHERE id = 5000000001;"
            "UPDATE users SET first_name = '\uff20' WHERE id = 5000000002"
        )
    await schema.migrate(empty_database_url)
    return empty_database_url


async def test_what_everybody_had_is_there_and_the_audit_passes(upgraded: str, clock: MovedClock) -> None:
    async with open_database(upgraded, clock=clock, secret=b"any") as database:
        report = await audit(database)
    assert report.differences == ()
    assert (report.trades, report.unapplied) == (5, 1)
    async with bridge.open_connection(upgraded) as connection:
        rows = [tuple(row.values()) for row in await connection.fetch(BALANCES)]
    assert rows == [
        (5000000001, "USDT", "available", "685.000000"),
        (5000000002, "USDT", "available", "100"),
    ]


async def test_nobodys_first_name_looks_like_a_username(upgraded: str) -> None:
    async with bridge.open_connection(upgraded) as connection:
        rows = await connection.fetch("SELECT first_name FROM users WHERE id IN (5000000001, 5000000002) ORDER BY id")
    assert [row["first_name"] for row in rows] == ["sam", "?"]
