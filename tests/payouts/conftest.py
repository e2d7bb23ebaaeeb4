"""A database with somebody who has 100 USDT, a provider, and the runner between them."""

from __future__ import annotations

import pytest

from lockbay.areas.payout import Cashout
from lockbay.clock.payouts import Payouts
from lockbay.postgres.database import Database
from tests.clock import MovedClock
from tests.ledger.outgoing import request
from tests.ledger.world import World
from tests.payouts.payer import Payer


@pytest.fixture
async def user(world: World) -> int:
    return await world.person(100)


@pytest.fixture
async def cashout(world: World, user: int) -> Cashout:
    return await world.done(request(user))


@pytest.fixture
def payer(clock: MovedClock) -> Payer:
    return Payer(clock)


@pytest.fixture
def payouts(database: Database, clock: MovedClock, payer: Payer) -> Payouts:
    return Payouts(database, clock, [payer])
