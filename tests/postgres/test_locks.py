"""Advisory locks: one holder at a time, and a lost lock is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
import trio.testing

from lockbay.postgres.catalogue import Catalogue
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.files import read_files

END_HOLDERS = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"


async def test_a_lock_has_one_holder_and_the_next_gets_it_when_it_is_left(
    shop: Database, shop_url: str, shop_sql: Path
) -> None:
    order: list[str] = []

    async def second(other: Database) -> None:
        async with other.advisory_lock("poller"):
            order.append("second")

    async with (
        open_database(shop_url, catalogue=Catalogue(read_files(shop_sql))) as other,
        trio.open_nursery() as nursery,
        shop.advisory_lock("poller"),
    ):
        nursery.start_soon(second, other)
        while not await waiters(shop):
            await trio.lowlevel.checkpoint()
        order.append("first")
    assert order == ["first", "second"]


async def waiters(shop: Database) -> object:
    rows = await shop.pool.fetch(
        "test", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", ()
    )
    return rows[0][0]


async def test_locks_of_other_names_are_free(shop: Database) -> None:
    with trio.fail_after(2):
        async with shop.advisory_lock("poller"), shop.advisory_lock("clock"):
            pass


async def test_a_holder_whose_connection_dies_is_told_at_once(shop: Database) -> None:
    async with shop.advisory_lock("poller") as lock:
        assert not lock.is_lost
        await shop.pool.fetch("test", END_HOLDERS, ())
        with trio.fail_after(2):
            await lock.lost()
        async with shop.advisory_lock("poller"):
            pass


async def test_whoever_gives_up_waiting_does_not_get_the_lock(shop: Database) -> None:
    async with shop.advisory_lock("poller"):
        with trio.move_on_after(0.05):
            async with shop.advisory_lock("poller"):
                pytest.fail("two holders")
    with trio.fail_after(3):
        async with shop.advisory_lock("poller"):
            pass


async def test_an_error_under_a_lock_comes_out_as_it_is(shop: Database) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with shop.advisory_lock("poller"):
            raise KeyError("mine")
