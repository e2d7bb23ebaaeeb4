"""Ana and her settings, through the flows that change them."""

from __future__ import annotations

import pytest

from lockbay.actors.plan import Plan
from lockbay.areas.preferences.records import CloseAccount, Closed, Preferences
from lockbay.areas.terms import Terms
from lockbay.plan import plan
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fresh_key, onboarded
from tests.clock import MovedClock
from tests.talk import Talk


@pytest.fixture
def everything() -> Plan:
    return plan("LockBayBot")


@pytest.fixture
async def talk(database: Database, clock: MovedClock, everything: Plan) -> Talk:
    await database.run(Terms())
    return Talk(everything, database, clock, await onboarded(database, ANA))


async def chosen(database: Database, user_id: int = ANA) -> Preferences:
    view = await database.read(Preferences, user_id)
    assert view is not None
    return view


async def close(database: Database, user_id: int = ANA) -> Closed | Refused:
    return await database.perform(CloseAccount(user_id), fresh_key())


async def set_column(database: Database, column: str, value: object, user_id: int = ANA) -> None:
    await database.pool.fetch("test", f"UPDATE users SET {column} = $2 WHERE id = $1", (user_id, value), reads=False)
