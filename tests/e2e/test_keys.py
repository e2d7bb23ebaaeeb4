"""A key that is taken out of the settings: whose it was is a stranger from the next start on."""

from __future__ import annotations

from lockbay.clock.reconciliation_records import NoteAnswered
from lockbay.postgres.database import open_database
from lockbay.sandbox import Sandbox
from lockbay.web.console.house_records import HouseHealth
from tests.clock import ShiftedClock
from tests.e2e.conftest import OLU, running_service, settings_for


async def test_a_provider_whose_key_is_gone_is_away_for_nobody(
    world: Sandbox, database_url: str, clock: ShiftedClock
) -> None:
    """Nobody asks it any more, so nobody could find that it is back: it stood on the console's page for ever."""
    async with open_database(database_url, clock=clock) as database:
        for provider in ("blockbee", "dynopay"):  # of which the sandbox's settings have the first alone
            await database.run(NoteAnswered(provider, is_away=True))
        async with running_service(settings_for(world, database_url), clock):
            health = await database.read(HouseHealth, OLU)
    assert health is not None
    assert [(each.provider, each.away_since is None) for each in health.providers] == [("blockbee", False)]
