"""Cleo, an owner, and those to whom she gives roles."""

from __future__ import annotations

import pytest

from lockbay.actors.plan import Plan, together
from lockbay.areas import admin, menu
from lockbay.areas.admin.people_records import SetRole
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.onboarding.gate import gate
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, CLEO, fresh_key, fund, offered, onboarded, set_rates
from tests.clock import MovedClock
from tests.talk import Talk

PLAN = Plan(together(menu.FLOWS, admin.flows(menu.FLOWS["menu"])), admin.COMMANDS, "menu", gate)
DAN, EVE = 10_000_000_004, 10_000_000_005


@pytest.fixture
async def owner(database: Database, clock: MovedClock) -> Talk:
    """Cleo, an owner by the settings; Ana has 500 USDT and a trade with Ben."""
    await set_rates(database)
    for user_id, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo"), (DAN, "Dan")):
        await onboarded(database, user_id, name, name.lower())
    await database.run(SaveStaff([CLEO]))
    await fund(database, ANA, "500")
    await offered(database, ANA, "username", "@ben")
    return Talk(PLAN, database, clock, CLEO)


async def given(database: Database, user_id: int, role: str, by: int = CLEO) -> None:
    assert await database.perform(SetRole(by, user_id, None, role, "needed"), fresh_key()) == user_id


async def actions(database: Database) -> list[tuple[int, str, str, str]]:
    found = await database.pool.fetch(
        "actions", "SELECT user_id, action, subject, why FROM admin_actions ORDER BY id", (), reads=True
    )
    return [(row["user_id"], row["action"], row["subject"], row["why"]) for row in found]
