"""What something costs in another currency: never a unit too little, never a loop without an end."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from lockbay.areas.exchange.records import QuoteExchange
from lockbay.areas.terms import Terms
from lockbay.postgres.bridge import Connection
from tests.clock import MovedClock
from tests.ledger.world import UNLIMITED, World

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

PRICES = ["0.0000000112", "0.000687345", "0.98", "1.02040816", "88200", "130434782.6087"]


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize(("scale", "digits"), [(6, 6), (8, 2), (2, 8), (18, 6), (6, 18)])
async def test_the_cost_is_the_least_that_is_worth_it(
    world: World, raw: Connection, price: str, scale: int, digits: int
) -> None:
    dice = random.Random(f"{price} {scale} {digits}")
    unit = Decimal(1).scaleb(-min(scale, 8))
    for _ in range(20):
        worth = Decimal(dice.randrange(1, 10**10)).scaleb(-min(digits, 8))
        [row] = await raw.fetch(f"SELECT rates_cost({worth}, {price}, {scale}, {digits}) AS cost")
        cost = row["cost"]
        assert brings(cost, price, digits) >= worth, (worth, cost)
        assert brings(cost - unit, price, digits) < worth, (worth, cost)


def brings(cost: Decimal, price: str, digits: int) -> Decimal:
    return (cost * Decimal(price)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


async def test_sources_that_disagree_tell_no_price(world: World, raw: Connection) -> None:
    now = world.database.clock.now()
    await raw.execute("DELETE FROM rates WHERE source = 'other'")
    assert await usd(raw, now) == 90000
    await raw.execute(f"INSERT INTO rates VALUES ('another', 'BTC', 'USD', 92699, '{now}')")
    assert await usd(raw, now) == 90000
    await raw.execute("UPDATE rates SET price = 92701 WHERE source = 'another'")
    assert await usd(raw, now) is None


async def usd(raw: Connection, now: object) -> Decimal | None:
    [row] = await raw.fetch(f"SELECT rates_usd('BTC', '{now}') AS price")
    price: Decimal | None = row["price"]
    return price


async def test_a_price_of_a_clock_that_was_put_back_is_none_of_now(world: World, clock: MovedClock) -> None:
    """Or all prices stood still for as long as it had been ahead, and whoever noticed could exchange at them."""
    buyer = await world.person(1000)
    clock.advance(DAY)
    await world.prepare(UNLIMITED, clock.now())
    clock.advance(timedelta(seconds=1) - DAY)
    await world.agreed("BTC", "180000", clock.now())
    quote = await world.done(QuoteExchange(buyer, "USDT", "BTC", Decimal(360)))
    assert quote.to_amount == Decimal("0.00196")
    assert (await world.trade(buyer, await world.person())).buyer_pays == 105


async def test_a_worth_is_what_was_said_lately_and_the_most_of_it(world: World, raw: Connection) -> None:
    now = world.database.clock.now()
    age = Terms().worth_age
    await raw.execute("UPDATE rates SET price = 1 WHERE source = 'other'")
    for at, price in ((now, 90000), (now + age - SECOND, 90000), (now + age, None), (now - SECOND, None)):
        [row] = await raw.fetch(f"SELECT rates_worth('BTC', '{at}') AS worth")
        assert row["worth"] == price


async def told(raw: Connection, price: str) -> Decimal | None:
    [row] = await raw.fetch(f"SELECT {price} AS price")
    found: Decimal | None = row["price"]
    return found


async def test_a_price_needs_enough_sources_for_what_is_given_and_for_what_is_taken(
    world: World, raw: Connection
) -> None:
    now = world.database.clock.now()
    await raw.execute("DELETE FROM rates WHERE source = 'other' AND base = 'BTC'")
    assert await told(raw, f"rates_market('BTC', 'ETH', '{now}')") is None
    assert await told(raw, f"rates_market('ETH', 'BTC', '{now}')") is None
    assert await told(raw, f"rates_market('ETH', 'USDT', '{now}')") == 3000


async def test_the_lowest_price_is_the_worst_of_both_sides_less_the_spread(world: World, raw: Connection) -> None:
    now = world.database.clock.now()
    await raw.execute("UPDATE rates SET price = 60000 WHERE source = 'other' AND base = 'BTC'")
    await raw.execute("UPDATE rates SET price = 1.25 WHERE source = 'other' AND base = 'USDT'")
    assert await told(raw, f"rates_lowest('BTC', 'USDT', '{now}')") == Decimal("47040")  # 60000 / 1.25 x 0.98
