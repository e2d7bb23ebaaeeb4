"""Whatever people do, the house does not lose by it: at prices that stand still, what it has earned and exchanged
becomes no less, whichever of the sources is right. One operation after another, with amounts of a unit and of all there
is, and terms at both of their ends.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from lockbay.areas.admin.records import SaveStaff
from tests.clock import MovedClock
from tests.ledger.ends import COINS, OPEN, PRICES
from tests.ledger.player import Player
from tests.ledger.referring import brought
from tests.ledger.world import World

STEPS: Final = 150
# What a payment counts for in a trade is rounded half up, which the audit bounds for each: that is no loss here.
HOUSE: Final = """
SELECT currency, sum(amount) AS balance FROM (
    SELECT a.currency, p.amount FROM accounts a JOIN postings p ON p.account_id = a.id
    WHERE a.owner = 0 AND a.kind IN ('fees', 'exchange')
    UNION ALL
    SELECT to_currency, greatest(to_amount - from_amount * price, 0) FROM conversions WHERE trade_id IS NOT NULL
) part GROUP BY currency
"""


# Money that is held, and by nothing that a person, the staff or a provider can still end.
LEFT: Final = """
SELECT h.id FROM holds h LEFT JOIN cashouts c ON c.id = h.cashout_id AND c.ended_at IS NULL
WHERE h.ended_by IS NULL AND c.id IS NULL
"""


async def player(world: World, clock: MovedClock, seed: int) -> Player:
    await world.prepare(OPEN, clock.now())
    staff = [await world.person() for _ in range(2)]
    await world.database.run(SaveStaff(staff))
    ann = await world.person(500)
    people = [ann, await world.person(500), await brought(world, ann, 500), await brought(world, ann)]
    made = Player(world, clock, random.Random(seed), people, staff)
    clock.advance(timedelta(seconds=1))
    await made.priced()
    return made


async def house(made: Player) -> Mapping[str, Decimal]:
    return {row["currency"]: row["balance"] for row in await made.rows(HOUSE)}


def gained(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> Decimal:
    """In USD, at the worse of the two prices of each coin."""
    moved = {coin: after.get(coin, Decimal(0)) - before.get(coin, Decimal(0)) for coin in COINS}
    return sum((min(moved[coin] * Decimal(price) for price in PRICES[coin]) for coin in COINS), Decimal(0))


@pytest.mark.parametrize("seed", range(2))
async def test_nobody_gains_what_the_house_loses(world: World, clock: MovedClock, seed: int) -> None:
    made = await player(world, clock, seed)
    has = await house(made)
    for _ in range(STEPS):
        played = await made.play()
        after = await house(made)
        assert gained(has, after) >= Decimal("-1e-9"), (played, has, after)  # a price has 24 decimals
        has = after
    await made.end()
    assert gained(has, await house(made)) >= Decimal("-1e-9")
    assert await made.rows(LEFT) == []
    await world.audited()
