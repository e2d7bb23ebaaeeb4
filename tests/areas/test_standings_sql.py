"""Whether the numbers of a standing are those of a count by hand."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import pytest
from attrs import define, field

from lockbay.areas.ratings.records import GetPublicPage, RateTrade
from lockbay.areas.standing import Profile, Standing
from lockbay.areas.trades.records import AcceptTrade, DeliverTrade, ReduceTrade, ReleaseTrade
from lockbay.postgres.database import Database
from tests.areas.deals import COMPLETED, DISPUTED, MATRIX
from tests.areas.deals import world as world
from tests.clock import MovedClock
from tests.ledger.world import World, payment


@define
class Tally:
    """What a person's standing must be, counted by hand."""

    stars: list[int] = field(factory=list)
    completed: int = 0
    disputes: int = 0
    volume: Decimal = Decimal(0)

    @property
    def mean(self) -> Decimal | None:
        if not self.stars:
            return None
        return (Decimal(sum(self.stars)) / len(self.stars)).quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.mark.parametrize("seed", range(3))
async def test_standings_are_what_a_count_by_hand_gives(seed: int, world: World, database: Database) -> None:
    chance = random.Random(seed)
    people = [await world.person(5000) for _ in range(4)]
    tallies = {person: Tally() for person in people}
    for _ in range(25):
        buyer, seller = chance.sample(people, 2)
        make, reason = chance.choice(MATRIX)
        trade = await make(world, buyer, seller)
        for person in (buyer, seller):
            tallies[person].completed += make in COMPLETED
            tallies[person].volume += 100 * (make in COMPLETED)
            tallies[person].disputes += make in DISPUTED
        for rater, other in ((buyer, seller), (seller, buyer)):
            if reason is None and chance.random() < 0.7:
                stars = chance.randint(1, 5)
                await world.done(RateTrade(rater, trade, stars, ""))
                tallies[other].stars.append(stars)
    for person, tally in tallies.items():
        seen = await standing(database, person)
        assert (seen.ratings, seen.stars) == (len(tally.stars), tally.mean)
        assert (seen.completed, seen.volume_usd) == (tally.completed, tally.volume)
        assert seen.level == sum(tally.completed >= n for n in (1, 5, 10, 25, 50, 100))
        assert seen.disputes == tally.disputes
    await world.audited()


async def test_less_than_the_price_counts_as_what_was_held(world: World, database: Database) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller, "100")
    await world.done(payment(await world.payin(buyer, trade=trade.id), "21"))
    await world.done(ReduceTrade(buyer, trade.id, Decimal(21)))
    for move in (accept, deliver, release):
        await move(world, buyer, seller, trade.id)
    for person in (buyer, seller):
        assert (await standing(database, person)).volume_usd == Decimal(20)


async def accept(world: World, _: int, seller: int, trade: int) -> None:
    await world.done(AcceptTrade(seller, trade))


async def deliver(world: World, _: int, seller: int, trade: int) -> None:
    await world.done(DeliverTrade(seller, trade))


async def release(world: World, buyer: int, _: int, trade: int) -> None:
    await world.done(ReleaseTrade(buyer, trade))


RUNS: Final[list[tuple[str, bool]]] = [
    ("5" * 9, False),
    ("5" * 10, True),
    ("5" * 9 + "4" + "5" * 9, False),
    ("5" * 10 + "1", True),
    ("1" + "5" * 11, True),
    ("545454545454", False),
]


@pytest.mark.parametrize(("run", "is_reached"), RUNS)
async def test_ten_five_stars_in_a_row(run: str, is_reached: bool, world: World, database: Database) -> None:
    buyer, seller = await world.person(5000), await world.person()
    for stars in run:
        trade = await world.delivered(buyer, seller, "10")
        await world.done(ReleaseTrade(buyer, trade.id))
        await world.done(RateTrade(buyer, trade.id, int(stars), ""))
    assert ("five_stars" in (await profile(database, seller)).achievements) == is_reached


async def test_achievements_come_with_what_was_done(world: World, database: Database, clock: MovedClock) -> None:
    buyer, seller = await world.person(50_000), await world.person()
    assert (await profile(database, seller)).achievements == ()
    for _ in range(10):
        trade = await world.delivered(buyer, seller, "100")
        await world.done(ReleaseTrade(buyer, trade.id))
    clock.advance(timedelta(days=366))
    seen = await profile(database, seller)
    assert seen.achievements == ("trades_1", "trades_5", "trades_10", "volume_1000", "a_year", "never_disputed")
    assert (seen.standing.level, seen.standing.volume_usd) == (3, Decimal(1000))


async def test_a_big_trader_is_counted_out_of_the_indexes(world: World, database: Database) -> None:
    """10 000 completed trades and ratings, put there by hand: the operations themselves would take minutes."""
    buyer, seller, other = await world.person(), await world.person(), await world.person()
    await database.pool.fetch("test", MANY_TRADES.format(buyer=buyer, seller=seller, other=other), ())
    await database.pool.fetch("test", MANY_RATINGS, ())
    await database.pool.fetch("test", "ANALYZE trades, ratings", ())
    seen = await standing(database, seller)
    assert (seen.completed, seen.ratings, seen.volume_usd) == (10_000, 10_000, Decimal(1_000_000))
    for counting, index in ((TRADED, "trades_released_of_seller"), (RATED, "ratings_of_rated")):
        plan = await database.pool.fetch("test", f"EXPLAIN {counting}", (seller,))
        assert f"Index Only Scan using {index}" in "\n".join(row[0] for row in plan)


MANY_TRADES: Final = """
    DO $$ BEGIN
        ALTER TABLE trades DISABLE TRIGGER legal_beginning;
        INSERT INTO trades (
            slug, buyer_id, seller_id, seller_kind, seller_handle, currency, amount, fee_payer, fee, buyer_fee,
            seller_fee, description, delivery_hours, usd_worth, state, created_at, pay_by, paid_at, accepted_at,
            ended_at, held, payout)
        SELECT
            'T-' || n, {buyer}, CASE n % 4 WHEN 0 THEN {seller} ELSE {other} END, 'username', '@s', 'USDT', 100,
            'seller', 5, 0,
            5, 'd', 24, 100, 'released', now(), now(), now(), now(),
            now(), 100, 95 FROM generate_series(1, 40000) n;
        ALTER TABLE trades ENABLE TRIGGER legal_beginning;
    END $$"""
MANY_RATINGS: Final = """
    INSERT INTO ratings (trade_id, rater_id, rated_id, role, stars, at)
    SELECT id, buyer_id, seller_id, 'buyer', 1 + id % 5, now() FROM trades"""
TRADED: Final = "SELECT count(*), sum(usd_held) FROM trades WHERE seller_id = $1 AND state = 'released'"
RATED: Final = "SELECT count(*), avg(stars) FROM ratings WHERE rated_id = $1"


async def test_the_public_page_has_the_latest_comments_only(world: World, database: Database) -> None:
    buyer, seller = await world.person(5000), await world.person()
    for n in range(12):
        trade = await world.delivered(buyer, seller, "10")
        await world.done(ReleaseTrade(buyer, trade.id))
        await world.done(RateTrade(buyer, trade.id, 5, f"No. {n}" if n != 5 else ""))
    page = await database.run(GetPublicPage((await profile(database, seller)).slug))
    assert page is not None
    assert [each.comment for each in page.ratings] == [f"No. {n}" for n in (11, 10, 9, 8, 7, 6, 4, 3, 2, 1)]


async def profile(database: Database, person: int) -> Profile:
    found = await database.read(Profile, person, "", "")
    assert found is not None
    return found


async def standing(database: Database, person: int) -> Standing:
    return (await profile(database, person)).standing
