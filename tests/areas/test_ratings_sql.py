"""Who can rate in which state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.areas.ratings.records import Rated, RateTrade
from lockbay.postgres.bridge import StatementFailed
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.deals import MATRIX, Make, accepted, awaiting, delivered, elapsed, paid, released
from tests.areas.deals import world as world
from tests.clock import MovedClock
from tests.ledger.world import World


@pytest.mark.parametrize("side", ["buyer", "seller", "stranger"])
@pytest.mark.parametrize(("make", "reason"), MATRIX)
async def test_who_can_rate_in_which_state(make: Make, reason: str | None, side: str, world: World) -> None:
    people = {"buyer": await world.person(500), "seller": await world.person(), "stranger": await world.person()}
    trade = await make(world, people["buyer"], people["seller"])
    answer = await world.do(RateTrade(people[side], trade, 5, ""))
    if side == "stranger":
        assert answer == Refused("unknown_trade")
    elif reason is None:
        assert isinstance(answer, Rated)
        assert await world.do(RateTrade(people[side], trade, 1, "")) == Refused("rated_already")
    else:
        assert answer == Refused(reason)
    await world.audited()


@pytest.mark.parametrize(
    ("make", "days", "reason"),
    [(awaiting, 1, "no_deal"), (paid, 3, "no_deal"), (accepted, 30, None), (delivered, 30, None)],
)
async def test_what_time_ends_can_be_rated_if_it_was_a_deal(
    make: Make, days: int, reason: str | None, world: World, clock: MovedClock
) -> None:
    buyer, seller = await world.person(500), await world.person()
    await make(world, buyer, seller)
    clock.advance(timedelta(days=days))
    trade = await elapsed(world)
    for person in (buyer, seller):
        answer = await world.do(RateTrade(person, trade, 3, ""))
        assert answer == Refused(reason) if reason else isinstance(answer, Rated)


async def test_a_trade_that_nobody_joined_has_nobody_to_rate(world: World, clock: MovedClock) -> None:
    buyer = await world.person(500)
    assert await world.do(RateTrade(buyer, 1, 5, "")) == Refused("unknown_trade")


@pytest.mark.parametrize(("stars", "comment", "reason"), [
    (0, "", "bad_stars"), (6, "", "bad_stars"), (-5, "", "bad_stars"), (5, "x" * 501, "bad_comment"),
])  # fmt: skip
async def test_what_no_button_sends_is_refused(stars: int, comment: str, reason: str, world: World) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await released(world, buyer, seller)
    assert await world.do(RateTrade(buyer, trade, stars, comment)) == Refused(reason)


@pytest.mark.parametrize("what", ["blocked", "closed"])
async def test_who_is_blocked_or_gone_rates_nobody(what: str, world: World, database: Database) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await released(world, buyer, seller)
    await database.pool.fetch("test", f"UPDATE users SET {what}_at = now() WHERE id = $1", (buyer,))
    assert await world.do(RateTrade(buyer, trade, 5, "")) == Refused(what)


@pytest.mark.parametrize("change", ["UPDATE ratings SET stars = 1", "DELETE FROM ratings", "TRUNCATE ratings"])
async def test_a_rating_is_for_ever(change: str, world: World, database: Database) -> None:
    buyer, seller = await world.person(500), await world.person()
    await world.done(RateTrade(buyer, await released(world, buyer, seller), 5, ""))
    with pytest.raises(StatementFailed):
        await database.pool.fetch("test", change, ())


async def test_the_same_request_twice_is_one_rating(world: World) -> None:
    buyer, seller = await world.person(500), await world.person()
    rating = RateTrade(buyer, await released(world, buyer, seller), 5, " Good \n")
    first = await world.do(rating, "the same key")
    assert await world.do(rating, "the same key") == first
