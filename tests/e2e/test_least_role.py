"""The whole service with a database role that may do what it needs and no more."""

from __future__ import annotations

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Town
from tests.clock import ShiftedClock
from tests.e2e.conftest import ADA, OLU, SAM, Played, running_service, settings_for
from tests.e2e.test_trade import create, deposit, owns, passes_audit, welcome
from tests.security.service_role import as_service


async def test_a_trade_is_played_from_start_to_release_by_the_least_role(
    world: Sandbox,
    town: Town,
    database_url: str,
) -> None:
    """Onboarding, deposit by webhook, trade, payment, delivery, release, the audit: without other rights."""
    clock, settings = ShiftedClock(), settings_for(world, await as_service(database_url))
    async with running_service(settings, clock):
        played = Played(town, town.person(ADA), town.person(SAM), town.person(OLU), clock, settings)
        ada, sam = played.ada, played.sam
        await welcome(ada)
        await welcome(sam)
        await deposit(played, ada, "200")
        await create(ada, "@sam", "100")
        await ada.press("Confirm")
        await ada.press("Pay")
        await ada.press("From your wallet")
        await ada.press("Confirm")
        await sam.sees("paid")
        await sam.press("Accept")
        await sam.press("Confirm")
        await sam.press("Mark delivered")
        await sam.press("Confirm")
        await ada.sees("delivered")
        await ada.press("Release")
        await ada.press("Confirm")
        await sam.sees("100 USDT")
        assert await owns(ada, "95 USDT")
        await passes_audit(played)
