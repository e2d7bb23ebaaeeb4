"""What the database cannot do for a while is waited for, and nobody's work fails for good."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lockbay import errors
from lockbay.postgres.bridge import Limits
from lockbay.postgres.catalogue import Catalogue
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.files import read_files
from tests.clock import MovedClock
from tests.postgres.shop import Buy, Name, Rename

ONE = Limits(connections=1)


@pytest.fixture
def catalogue(shop_sql: Path) -> Catalogue:
    return Catalogue(read_files(shop_sql))


async def execute(database: Database, sql: str) -> None:
    await database.pool.fetch("test", sql, ())


async def test_a_server_that_takes_no_writes_for_now_is_waited_for(shop_url: str, catalogue: Catalogue) -> None:
    """As managed servers are before their disk is full, and what was the primary after a failover."""
    async with open_database(shop_url, clock=MovedClock(), limits=ONE, catalogue=catalogue) as shop:
        await execute(shop, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        with pytest.raises(errors.DatabaseUnavailable, match="25006"):
            await shop.run(Rename((1,), ("Bob",)))
        with pytest.raises(errors.DatabaseUnavailable):
            await shop.perform(Buy(1, Decimal(1)), "1.1.buy.0")
        assert await shop.run(Name(1)) == "Ada"
        await execute(shop, "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        await shop.perform(Buy(1, Decimal(1)), "1.1.buy.0")
