"""Who hears of what time brings about."""

from __future__ import annotations

import pytest

from lockbay.areas.admin.records import SaveStaff
from lockbay.clock.sweeper import Sweeper
from lockbay.postgres.database import Database
from tests.areas.people import BEN, CLEO, onboarded
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.timers.posts import Posts


@pytest.fixture
async def staff(database: Database) -> None:
    """Cleo runs LockBay, Ben does not."""
    for user_id, name in ((BEN, "Ben"), (CLEO, "Cleo")):
        await onboarded(database, user_id, name, name.lower())
    await database.run(SaveStaff([CLEO]))


@pytest.fixture
async def owner(world: World) -> int:
    person = await world.person()
    await world.database.run(SaveStaff([person]))
    return person


@pytest.fixture
def posts() -> Posts:
    return Posts()


@pytest.fixture
def sweeper(database: Database, clock: MovedClock, posts: Posts) -> Sweeper:
    return Sweeper(database, clock, posts)
