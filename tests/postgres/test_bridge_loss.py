"""The pool under loss and silence: whoever asks again with the same key loses nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest
import trio
import trio.testing
from structlog.testing import capture_logs

from lockbay import errors
from lockbay.postgres import bridge
from lockbay.postgres import pool as pools
from lockbay.postgres.bridge import Limits
from lockbay.postgres.catalogue import Catalogue
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.files import read_files
from lockbay.postgres.locks import hold_lock
from lockbay.postgres.pool import Pool
from tests.clock import MovedClock
from tests.conftest import Postgres
from tests.postgres.probes import fetch_one
from tests.postgres.shop import Buy, Name, Purse
from tests.wire import Wire, wired


async def test_a_login_that_is_refused_at_run_time_is_waited_for(shop_url: str) -> None:
    """As while its password is changed: nobody's work fails for good."""
    url = shop_url.replace("postgres@", "rotated@")
    async with bridge.open_connection(shop_url) as owner:
        await owner.execute("CREATE ROLE rotated LOGIN")
        try:
            async with pools.open_pool(url, Limits(connections=1)) as pool:
                await owner.execute("ALTER ROLE rotated NOLOGIN")
                with pytest.raises(errors.OutcomeUnknown):
                    await pool.fetch("test", "SELECT pg_terminate_backend(pg_backend_pid())", ())
                with capture_logs() as lines, pytest.raises(errors.DatabaseUnavailable, match="cannot be used"):
                    await fetch_one(pool, "SELECT 1")
                assert [(line["event"], line["log_level"]) for line in lines] == [("database_refuses_us", "error")]
                with pytest.raises(errors.DatabaseUnavailable, match="cannot be used"):
                    async with hold_lock(pool, "test"):
                        pass
                await owner.execute("ALTER ROLE rotated LOGIN")
                await until_one(pool)
        finally:
            await owner.execute("DROP ROLE rotated")


async def until_one(pool: Pool) -> None:
    with trio.fail_after(5):
        while True:
            try:
                assert await fetch_one(pool, "SELECT 1") == 1
            except errors.DatabaseUnavailable:
                await trio.sleep(0.02)
            else:
                return


@asynccontextmanager
async def over_a_wire(url: str, sql: Path, limits: Limits) -> AsyncIterator[tuple[Database, Wire]]:
    catalogue = Catalogue(read_files(sql))
    async with (
        wired(url) as (tcp, wire),
        open_database(tcp, clock=MovedClock(), limits=limits, catalogue=catalogue) as database,
    ):
        yield database, wire


async def test_a_silent_server_ends_a_read_as_unavailable_and_an_operation_as_unknown(
    shop_url: str, shop_sql: Path, trio_clock: trio.testing.MockClock
) -> None:
    async with over_a_wire(shop_url, shop_sql, Limits(connect=4, statement=4)) as (shop, wire):
        await shop.perform(Buy(1, Decimal(1)), "1.1.buy.0")
        await shop.read(Purse, 1)
        wire.silent, trio_clock.rate = True, 20
        with trio.fail_after(40):
            with pytest.raises(errors.OutcomeUnknown):
                await shop.perform(Buy(1, Decimal(1)), "1.1.buy.1")
            with pytest.raises(errors.DatabaseUnavailable):
                await shop.read(Purse, 1)
            assert not await shop.is_alive()
        wire.silent, trio_clock.rate = False, 1
        await until_answered(shop)


async def test_a_cut_connection_loses_no_operation(shop_url: str, shop_sql: Path) -> None:
    async with over_a_wire(shop_url, shop_sql, Limits()) as (shop, wire):
        await shop.perform(Buy(1, Decimal(1)), "1.1.buy.0")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(expect_unknown, shop, Buy(1, Decimal(2), pause=100))
            await until_asleep(shop_url)
            await wire.cut()
        await until_answered(shop)
        await repeat(shop, Buy(1, Decimal(2), pause=100), "1.1.buy.1")
        purse = await shop.read(Purse, 1)
        assert purse is not None
        assert purse.coins == Decimal("7.50")


async def until_asleep(url: str) -> None:
    """Until the server works on a purchase that takes its time."""
    asleep = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    async with bridge.open_connection(url) as connection:
        while not await connection.fetch(asleep):
            await trio.lowlevel.checkpoint()


async def expect_unknown(shop: Database, operation: Buy) -> None:
    with pytest.raises(errors.OutcomeUnknown):
        await shop.perform(operation, "1.1.buy.1")


async def until_answered(shop: Database) -> None:
    with trio.fail_after(5):
        while True:
            try:
                await shop.run(Name(1))
            except (errors.DatabaseUnavailable, errors.OutcomeUnknown):
                await trio.sleep(0.02)
            else:
                return


async def repeat(shop: Database, operation: Buy, key: str) -> None:
    """What callers do: the same key until there is an outcome."""
    while True:
        try:
            await shop.perform(operation, key)
        except (errors.DatabaseUnavailable, errors.OutcomeUnknown):
            await trio.sleep(0.02)
        else:
            return


async def test_a_restart_under_load_loses_and_doubles_nothing(
    postgres: Postgres, shop_url: str, shop_sql: Path
) -> None:
    buyers, purchases = 12, 25
    returned = trio.Event()

    async def buy(shop: Database, buyer: int) -> None:
        for number in range(purchases):
            await repeat(shop, Buy(1, Decimal("0.01"), pause=1), f"1.{buyer}.buy.{number}")
            if number == 5:
                returned.set()

    async with open_database(shop_url, clock=MovedClock(), catalogue=Catalogue(read_files(shop_sql))) as shop:
        async with trio.open_nursery() as nursery:
            for buyer in range(buyers):
                nursery.start_soon(buy, shop, buyer)
            await returned.wait()
            await trio.to_thread.run_sync(postgres.server.restart, "immediate")
            await until_answered(shop)
        purse = await shop.read(Purse, 1)
        assert purse is not None
        assert len(purse.purchases) == buyers * purchases
        assert purse.coins == Decimal("10.50") - Decimal("0.01") * buyers * purchases


async def test_askers_too_hurried_for_a_new_connection_leave_it_to_the_next(shop_url: str) -> None:
    async with pools.open_pool(shop_url, Limits(connections=1)) as pool:
        with pytest.raises(errors.OutcomeUnknown):
            await pool.fetch("test", "SELECT pg_terminate_backend(pg_backend_pid())", ())
        with trio.fail_after(2):
            while True:
                with trio.move_on_after(0.001):
                    await fetch_one(pool, "SELECT 1")
                    break
