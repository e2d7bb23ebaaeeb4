"""Nobody can act while LockBay or its database is away: no deadline is kept that nobody could keep."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import trio

from lockbay.areas.terms import Terms
from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Town
from tests.clock import ShiftedClock
from tests.conftest import Postgres
from tests.e2e.conftest import ADA, OLU, SAM, Played, running_service, settings_for
from tests.e2e.test_hard_times import rows
from tests.e2e.test_trade import create, deposit, passes_audit, welcome

AWAY = timedelta(hours=25)  # longer than the seller has to answer
MORE = timedelta(minutes=30)  # the last beat was a while before, and this machine may stand still


@pytest.fixture
async def paid(world: Sandbox, town: Town, database_url: str, clock: ShiftedClock) -> Played:
    """Nobody serves; a trade is paid, and its seller has a day to answer."""
    settings = settings_for(world, database_url, terms=Terms())
    played = Played(town, town.person(ADA), town.person(SAM), town.person(OLU), clock, settings)
    async with running_service(settings, clock):
        await welcome(played.ada)
        await welcome(played.sam)
        await deposit(played, played.ada, "200")
        await create(played.ada, "@sam", "100")
        for button in ("Confirm", "Pay", "From your wallet", "Confirm"):
            await played.ada.press(button)
        await played.ada.sees("Paid")
    return played


async def timing(played: Played) -> tuple[object, ...]:
    [trade] = await rows(played, "SELECT state, due_at FROM trades")
    return trade


async def has_time_back(played: Played, before: tuple[object, ...]) -> None:
    with trio.fail_after(15):
        while await timing(played) == before:
            await trio.lowlevel.checkpoint()
    state, due = await timing(played)
    assert state == "paid"
    assert isinstance(due, datetime)
    assert isinstance(before[1], datetime)
    assert AWAY <= due - before[1] < AWAY + MORE
    await passes_audit(played)


async def test_the_time_in_which_the_service_was_dead_is_given_back(paid: Played) -> None:
    before = await timing(paid)
    paid.clock.advance(AWAY)
    async with running_service(paid.settings, paid.clock):
        await has_time_back(paid, before)
        await paid.sam.say("/trades")
        await paid.sam.press("👉 T-")
        await paid.sam.press("Accept")
        await paid.sam.press("Confirm")
        await paid.sam.sees("accepted")


async def test_the_time_in_which_the_database_was_dead_is_given_back(paid: Played, postgres: Postgres) -> None:
    before = await timing(paid)
    async with running_service(paid.settings, paid.clock):
        await trio.to_thread.run_sync(postgres.server.kill)
        paid.clock.advance(AWAY)
        await trio.to_thread.run_sync(postgres.server.start)
        await has_time_back(paid, before)
