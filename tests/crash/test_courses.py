"""What the people of the chaos do, where nothing breaks: every course of a trade comes to its end."""

from __future__ import annotations

import random

from scripts.chaos.people import COURSES, Deeds, Tally, menu
from scripts.chaos.world import open_world


async def test_every_course_of_a_trade_comes_to_its_end() -> None:
    async with open_world(fsync=False) as world:
        buyer, seller = await world.enter(2)
        world.service.start()
        for person in (buyer, seller):
            await menu(person, 60.0)
        deeds = Deeds(world.town, Tally())
        for course in COURSES:
            await deeds.trade(buyer, seller, random.Random(1), course)
        found = await world.rows("SELECT slug, state FROM trades ORDER BY id")
        assert found == list(deeds.tally.trades.items())
        early = await world.rows(
            "SELECT state, accepted_at IS NOT NULL FROM trades WHERE delivered_at IS NULL ORDER BY id"
        )
        assert early == [("released", True), ("cancelled", False), ("declined", False)]
