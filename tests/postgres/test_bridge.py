"""The pool under cancellation and at its end."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import pytest
import trio
import trio.testing
from prometheus_client import REGISTRY

from lockbay import errors
from lockbay.postgres import bridge
from lockbay.postgres import pool as pools
from lockbay.postgres.bridge import Limits
from lockbay.postgres.pool import Pool
from tests.conftest import Postgres
from tests.postgres.probes import fetch_one

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


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


async def test_a_statement_is_planned_once_however_often_it_is_asked(database_url: str) -> None:
    async with bridge.open_connection(database_url, Limits()) as connection:
        for user in range(5):
            await connection.fetch("SELECT id FROM users WHERE id = $1", user)
        found = await connection.fetch(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT id%'"
        )
    assert [tuple(row.values()) for row in found] == [(5, 0)]
