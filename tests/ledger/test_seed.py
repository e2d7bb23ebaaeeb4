"""scripts/seed.py makes people and money through the ledger."""

from __future__ import annotations

from decimal import Decimal

import trio

from lockbay.postgres.database import Database
from lockbay.wallclock import SystemClock
from scripts.seed import make_people
from tests.ledger.world import World, creation

MONEY = {"USDT": Decimal("250.5"), "BTC": Decimal(1)}


async def test_seeding_twice_is_seeding_once(database: Database, database_url: str) -> None:
    world = World(database)
    for users in (2, 3):
        await make_people(database_url, users, 7_000_000_000, MONEY)
    for user in range(7_000_000_000, 7_000_000_003):
        assert await world.available(user) == Decimal("250.5")
        assert await world.available(user, "BTC") == 1
    assert (await world.audited()).totals[0].opening == Decimal("751.5")


async def test_seeded_people_can_trade_at_once(database_url: str, database: Database) -> None:
    await make_people(database_url, 2, 7_000_000_000, MONEY)
    database.clock = SystemClock()  # the script's rates are of now
    trade = await World(database).done(creation(7_000_000_000, "@user7000000001"))
    assert trade.seller_id == 7_000_000_001


async def test_a_thousand_people_are_seeded_within_seconds(database_url: str) -> None:
    with trio.fail_after(10):  # budget 2 s; the machine may be busy
        await make_people(database_url, 1000, 7_000_000_000, MONEY)
