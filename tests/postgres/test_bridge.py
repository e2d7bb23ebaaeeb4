"""The pool under cancellation, loss, silence and shut-down."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest
import trio
import trio.testing
from prometheus_client import REGISTRY
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
from tests.postgres.shop import Buy, Name, Purse
from tests.wire import Wire, wired

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def fetch_one(pool: Pool, sql: str, *arguments: object) -> object:
    rows = await pool.fetch("test", sql, arguments, reads=True)
    return rows[0][0]


def drains() -> float:
    """How many queries were cancelled after they were sent."""
    outcomes = ("answered", "cancelled", "terminated")
    found = (REGISTRY.get_sample_value("lockbay_pool_drains_total", {"outcome": outcome}) for outcome in outcomes)
    return sum(value or 0 for value in found)


async def prove_whole(pool: Pool) -> None:
    """Every slot has a connection that answers, each the question that it was asked."""
    answers: list[object] = []

    async def ask(number: int) -> None:
        answers.append(await fetch_one(pool, "SELECT $1::int + 0 * length(pg_sleep(0.02)::text)", number))

    with trio.fail_after(5):
        async with trio.open_nursery() as nursery:
            for number in range(pool.limits.connections):
                nursery.start_soon(ask, number)
    assert sorted(answers, key=str) == list(range(pool.limits.connections))


async def close_in_time(leave: Callable[[], Awaitable[object]]) -> None:
    with trio.fail_after(1):
        await leave()


async def test_ten_thousand_cancelled_queries_leave_every_connection_usable(shop_url: str) -> None:
    chance = random.Random(20261122)
    before = drains()

    async def ask_and_leave(pool: Pool) -> None:
        while drains() - before < 10_000:  # those that were sent: many more are cancelled while they wait
            for _ in range(200):
                seconds = 10.0 if chance.random() < 0.002 else chance.random() * 0.002
                with trio.move_on_after(chance.random() * 0.002):
                    await fetch_one(pool, "SELECT pg_sleep($1::float8)", seconds)

    async with pools.open_pool(shop_url) as pool:
        with trio.fail_after(90):
            async with trio.open_nursery() as nursery:
                for _ in range(12):
                    nursery.start_soon(ask_and_leave, pool)
            await prove_whole(pool)
        assert await fetch_one(pool, OTHERS) == pool.limits.connections - 1
        await close_in_time(pool.close)


async def test_a_query_cancelled_for_long_is_cancelled_on_the_server(shop_url: str) -> None:
    async with pools.open_pool(shop_url, Limits(connections=1, statement=60)) as pool:
        with trio.move_on_after(0.02):
            await fetch_one(pool, "SELECT pg_sleep(50)")
        with trio.fail_after(2):
            assert await fetch_one(pool, "SELECT 1") == 1


async def test_a_statement_that_takes_too_long_ends_with_nothing_done(shop_url: str) -> None:
    async with pools.open_pool(shop_url, Limits(statement=0.1)) as pool:
        with pytest.raises(errors.DatabaseUnavailable, match="57014"):
            await fetch_one(pool, "SELECT pg_sleep(50)")
        await prove_whole(pool)


async def test_a_refused_statement_leaves_its_connection_usable(shop_url: str) -> None:
    async with pools.open_pool(shop_url, Limits(connections=1)) as pool:
        with pytest.raises(bridge.StatementFailed, match="23514") as refusal:
            await pool.fetch("shop/debt", "UPDATE people SET coins = -1", ())
        assert (refusal.value.file, refusal.value.code) == ("shop/debt", "23514")
        with pytest.raises(bridge.StatementFailed, match="22000"):
            await pool.fetch("shop/word", "SELECT $1::bigint", ("a word",))
        await prove_whole(pool)


async def test_waiting_tasks_are_served_in_order(shop_url: str) -> None:
    served: list[int] = []

    async def ask(pool: Pool, number: int) -> None:
        await fetch_one(pool, "SELECT pg_sleep(0.002)")
        served.append(number)

    async with pools.open_pool(shop_url, Limits(connections=1)) as pool, trio.open_nursery() as nursery:
        for number in range(10):
            nursery.start_soon(ask, pool, number)
            await trio.testing.wait_all_tasks_blocked()
    assert served == list(range(10))


async def test_shut_down_under_load_takes_less_than_a_second(shop_url: str) -> None:
    started = trio.Event()
    ends: list[str] = []

    async def ask(pool: Pool) -> None:
        try:
            while True:
                await pool.fetch("test", "SELECT pg_sleep(0.001)", ())
                started.set()
        except (errors.DatabaseUnavailable, errors.OutcomeUnknown) as end:
            ends.append(type(end).__name__)

    async def ask_for_long(pool: Pool) -> None:
        with pytest.raises(errors.OutcomeUnknown):
            await pool.fetch("test", "SELECT pg_sleep(50)", (), shielded=True)
        ends.append("long")

    async with trio.open_nursery() as nursery:
        async with pools.open_pool(shop_url) as pool:
            for _ in range(20):
                nursery.start_soon(ask, pool)
            nursery.start_soon(ask_for_long, pool)
            await started.wait()
            began = trio.current_time()
        assert trio.current_time() - began < 1
    assert len(ends) == 21


async def test_a_pool_that_is_cancelled_drains_each_connection_once(
    shop_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pool's tasks are cancelled with it, those that begin while it closes as well."""
    drained = 0
    drain = bridge.Connection.drain

    async def counted(connection: bridge.Connection) -> None:
        nonlocal drained
        drained += 1
        await drain(connection)

    monkeypatch.setattr(bridge.Connection, "drain", counted)
    with trio.fail_after(5), trio.CancelScope() as outer:
        async with pools.open_pool(shop_url) as pool, trio.open_nursery() as nursery:
            for _ in range(2):
                nursery.start_soon(fetch_one, pool, "SELECT pg_sleep(50)")
            async with pools.open_pool(shop_url) as beside:
                asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%_sleep(50)' AND state = 'active'"
                while await fetch_one(beside, asleep) != 2:
                    await trio.lowlevel.checkpoint()
            outer.cancel()
    assert drained == 2


async def test_an_error_of_the_body_comes_out_as_it_is(shop_url: str) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with pools.open_pool(shop_url):
            raise KeyError("mine")


async def test_a_wrong_url_is_a_wrong_setting_and_shows_no_password(postgres: Postgres) -> None:
    nowhere = postgres.url("no_such_database")
    for url in (nowhere, nowhere.replace("postgres@", "nobody:hunter2@"), "mysql://root:hunter2@localhost/x"):
        with pytest.raises(errors.SettingsError) as error:
            async with pools.open_pool(url):
                pass
        assert "hunter2" not in str(error.value)


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


async def test_a_statement_is_planned_once_however_often_it_is_asked(database_url: str) -> None:
    async with bridge.open_connection(database_url, Limits()) as connection:
        for user in range(5):
            await connection.fetch("SELECT id FROM users WHERE id = $1", user)
        found = await connection.fetch(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT id%'"
        )
    assert [tuple(row.values()) for row in found] == [(5, 0)]
