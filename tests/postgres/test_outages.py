"""What the database cannot do for a while is waited for, and nobody's work fails for good."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path

import pytest
import trio
import trio.testing

from lockbay import errors
from lockbay.postgres import bridge
from lockbay.postgres.bridge import Limits
from lockbay.postgres.catalogue import Catalogue
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.files import read_files
from tests.clock import MovedClock
from tests.postgres.shop import Buy, Name, Purse, Rename

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


FULL_DISK = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END $$
"""


async def test_a_full_disk_is_waited_for_and_known_until_a_while_after_there_is_room_again(
    shop_url: str, catalogue: Catalogue, autojump_clock: trio.testing.MockClock
) -> None:
    """Reads, and writes that find room in a page, go on all the while: an answer alone says nothing."""
    autojump_clock.autojump_threshold = math.inf
    async with open_database(shop_url, clock=MovedClock(), limits=ONE, catalogue=catalogue) as shop:
        assert shop.takes_writes
        await execute(shop, FULL_DISK)
        await execute(shop, "CREATE TRIGGER full_disk BEFORE UPDATE ON people EXECUTE FUNCTION full_disk()")
        with pytest.raises(errors.WritesRefused, match="53100"):
            await shop.run(Rename((1,), ("Bob",)))
        assert (await shop.is_alive(), shop.takes_writes) == (True, False)
        await execute(shop, "DROP TRIGGER full_disk ON people")
        await shop.run(Rename((1,), ("Bob",)))
        assert not shop.takes_writes
        autojump_clock.jump(91)
        assert shop.takes_writes


SLOW_SAM = """
ALTER TABLE people RENAME TO folk;
CREATE VIEW people AS SELECT * FROM folk WHERE id <> 2 OR pg_sleep(20) IS NOT NULL;
"""


async def test_who_asks_too_much_of_the_database_holds_up_nobody_who_asks_the_same(
    shop_url: str, catalogue: Catalogue
) -> None:
    """They go together in one statement, and would again at each try: all of them try again after the same time."""
    limits = Limits(connections=2, statement=0.3)
    answered: list[int] = []
    async with (
        bridge.open_connection(shop_url) as owner,
        open_database(shop_url, clock=MovedClock(), limits=limits, catalogue=catalogue) as shop,
    ):
        await owner.execute(SLOW_SAM)

        async def ask(user_id: int) -> None:
            assert await shop.read(Purse, user_id) is not None
            answered.append(user_id)

        async def ask_too_much() -> None:
            with pytest.raises(errors.DatabaseUnavailable, match="57014"):
                await shop.read(Purse, 2)

        with trio.fail_after(5):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(ask, 1)
                nursery.start_soon(ask_too_much)
                nursery.start_soon(ask, 1)
        assert answered == [1, 1]
