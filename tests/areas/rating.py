"""People who rate each other, and what is seen of them."""

from __future__ import annotations

from lockbay import plan
from lockbay.areas.standing import Profile
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.postgres.database import Database
from tests.ledger.world import World

PLAN = plan.plan("lockbay_bot", "https://lockbay.example")
NASTY = "<b>" + "&" * 61


async def released(world: World) -> tuple[int, int, int]:
    """A buyer, a seller, and their trade, which is completed."""
    buyer, seller = await world.person(500), await world.person()
    trade = await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, trade.id))
    return buyer, seller, trade.id


async def profile(database: Database, viewer: int, of: int) -> Profile | None:
    return await database.read(Profile, viewer, "", f"person{of}")
