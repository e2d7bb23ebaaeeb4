"""The reconciler with providers that are asked, and what the database keeps of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from lockbay.areas.deposits.records import Payin
from lockbay.clock.reconciler import (
    Reconciler,
)
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import MovedClock
from tests.timers.outside import Outside

FIRST = timedelta(minutes=5)  # after a payin is made
DAY = timedelta(days=1)


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def reconciler(database: Database, clock: MovedClock, outside: Outside) -> Reconciler:
    return Reconciler(database, clock, outside)


async def ask_at(raw: Connection, payin: Payin) -> datetime | None:
    [row] = await raw.fetch(f"SELECT ask_at FROM payins WHERE id = {payin.id}")
    moment = row["ask_at"]
    assert moment is None or isinstance(moment, datetime)
    return moment


async def differences(raw: Connection) -> list[tuple[str, Decimal, Decimal, bool]]:
    rows = await raw.fetch("SELECT currency, told, ours, settled_at FROM reconciliations ORDER BY id")
    return [(row["currency"], row["told"], row["ours"], row["settled_at"] is None) for row in rows]


async def told(raw: Connection, kind: str) -> int:
    return len(await raw.fetch(f"SELECT FROM outbox WHERE kind = '{kind}'"))
