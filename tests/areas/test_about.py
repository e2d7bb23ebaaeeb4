"""About somebody, out of a trade: whatever is looked at there, it leads back to the trade."""

from __future__ import annotations

from lockbay.actors.screen import Link
from lockbay.areas.ratings.records import RateTrade
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.postgres.database import Database
from tests.areas.people import change
from tests.areas.rating import PLAN, profile, released
from tests.areas.sendable import labels, leads_to, sent
from tests.ledger.world import World
from tests.talk import Talk, Talking, talks

talking = talks(PLAN)


async def goes_back(talk: Talk, trade: int) -> None:
    """By the button that says so, to that very trade."""
    assert Link("⬅️ Back to the trade", "trade", (str(trade),)) in [each for row in talk.screen.rows for each in row]
    assert "Trade T-" in sent(await talk.press("Back to the trade"))


async def test_the_profile_of_the_other_side_leads_back_to_the_trade(world: World, talking: Talking) -> None:
    buyer, seller, trade = await released(world)
    ana = talking(buyer)
    await ana.open("trade", str(trade))
    assert "1 completed trade" in sent(await ana.press(f"About @person{seller}"))
    await goes_back(ana, trade)


async def test_so_do_the_ratings_of_them_page_by_page(world: World, talking: Talking) -> None:
    await world.without_levels()
    buyer, seller, trade = await released(world)
    await world.done(RateTrade(buyer, trade, 5, ""))
    for _ in range(5):
        another = await world.delivered(buyer, seller, "10")
        await world.done(ReleaseTrade(buyer, another.id))
        await world.done(RateTrade(buyer, another.id, 4, ""))
    ana = talking(buyer)
    await ana.open("trade", str(trade))
    await ana.press(f"About @person{seller}")
    await ana.press("Ratings (6)")
    await ana.press("Older")
    await ana.press("Newest")
    await ana.press("Back")
    await goes_back(ana, trade)


async def test_one_who_shows_themselves_no_more_does_not_take_the_trade_away(
    world: World, talking: Talking, database: Database
) -> None:
    buyer, seller, trade = await released(world)
    ana = talking(buyer)
    await ana.open("trade", str(trade))
    await change(database, seller, "blocked_at = now()")
    assert "no public profile" in sent(await ana.press(f"About @person{seller}"))
    await goes_back(ana, trade)


async def test_who_was_found_by_search_leads_to_no_trade(world: World, talking: Talking, database: Database) -> None:
    buyer, seller, _ = await released(world)
    known = await profile(database, buyer, seller)
    assert known is not None
    screen = await talking(buyer).open("person", known.slug)
    assert "trade" not in leads_to(screen)
    assert {"🔎 Find somebody", "Menu"} <= set(labels(screen))
