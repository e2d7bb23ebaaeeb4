"""The console with its staff, and nothing to look at."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.web.consoling import Desk, hire, open_desk


@pytest.fixture
async def desk(database: Database, raw: Connection) -> AsyncIterator[Desk]:
    await hire(raw, database)
    async with open_desk(database) as desk:
        yield desk
