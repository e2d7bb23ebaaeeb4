"""A database with the terms and rates, and a connection that may break things in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lockbay.postgres import bridge, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.ledger.world import World


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.prepare()
    return world


@pytest.fixture
async def raw(database_url: str) -> AsyncIterator[Connection]:
    async with bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as connection:
        yield connection
