"""Payins that a provider says no about for ever: they are asked about ever less often, and keep no other waiting."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from lockbay.clock.reconciler import LONGEST_PAUSE, Reconciler
from lockbay.payments.client import Declined
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.timers.outside import Outside

MANY: Final = 100


async def test_many_of_them_do_not_delay_the_others_for_long(world: World, clock: MovedClock) -> None:
    """Three noes in a row count as a provider that is away, for a quarter of an hour in the end."""
    outside = Outside()
    reconciler = Reconciler(world.database, clock, outside)
    for _ in range(MANY):
        gone = await world.payin(await world.person())
        outside.fails[gone.id] = Declined("no such address")
    for _ in range(2 * 24 * 4):
        clock.advance(LONGEST_PAUSE)
        await reconciler.tick()
    person = await world.person()
    outside.pay(await world.payin(person), 30, "lost")
    for _ in range(4):
        clock.advance(LONGEST_PAUSE)
        await reconciler.tick()
    assert await world.available(person) == 30
    before = len(outside.asked)
    for _ in range(7):
        clock.advance(timedelta(days=1))
        await reconciler.tick()
    assert len(outside.asked) > before  # and nobody is forgotten
