"""Trades in each state that there is, as those come about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import pytest

from lockbay.areas.trades.agreement import AgreeCancel, GiveBack, ProposeCancel
from lockbay.areas.trades.records import CancelTrade, DeclineTrade, ReleaseTrade
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.database import Database
from tests.areas.disputing import decision, on_duty, opening
from tests.ledger.world import World

Make: TypeAlias = Callable[[World, int, int], Awaitable[int]]


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.prepare()
    await world.without_levels()
    return world


async def awaiting(world: World, buyer: int, seller: int) -> int:
    return (await world.trade(buyer, seller)).id


async def paid(world: World, buyer: int, seller: int) -> int:
    return (await world.paid(buyer, seller)).id


async def accepted(world: World, buyer: int, seller: int) -> int:
    return (await world.accepted(buyer, seller)).id


async def delivered(world: World, buyer: int, seller: int) -> int:
    return (await world.delivered(buyer, seller)).id


async def released(world: World, buyer: int, seller: int) -> int:
    return (await world.done(ReleaseTrade(buyer, await delivered(world, buyer, seller)))).id


async def cancelled(world: World, buyer: int, seller: int) -> int:
    return (await world.done(CancelTrade(buyer, await awaiting(world, buyer, seller)))).id


async def declined(world: World, buyer: int, seller: int) -> int:
    return (await world.done(DeclineTrade(seller, await paid(world, buyer, seller)))).id


async def elapsed(world: World) -> int:
    [due] = await world.timers()
    return (await world.done(ElapseTrade(due.trade_id, due.kind))).id


async def returned(world: World, buyer: int, seller: int) -> int:
    return (await world.done(GiveBack(seller, await accepted(world, buyer, seller)))).id


async def agreed(world: World, buyer: int, seller: int) -> int:
    trade = await world.done(ProposeCancel(seller, await accepted(world, buyer, seller)))
    return (await world.done(AgreeCancel(buyer, trade.id))).id


async def agreed_before(world: World, buyer: int, seller: int) -> int:
    trade = await world.done(ProposeCancel(seller, await paid(world, buyer, seller)))
    return (await world.done(AgreeCancel(buyer, trade.id))).id


async def disputed(world: World, buyer: int, seller: int) -> int:
    trade = await delivered(world, buyer, seller)
    await world.done(opening(buyer, trade))
    return trade


async def resolved(world: World, buyer: int, seller: int) -> int:
    trade = await disputed(world, buyer, seller)
    await world.done(await decision(world, await on_duty(world), trade, 40))
    return trade


async def conceded(world: World, buyer: int, seller: int) -> int:
    return (await world.done(GiveBack(seller, await disputed(world, buyer, seller)))).id


async def given_up(world: World, buyer: int, seller: int) -> int:
    return (await world.done(ReleaseTrade(buyer, await disputed(world, buyer, seller)))).id


DISPUTED: Final = (disputed, resolved, conceded, given_up)
COMPLETED: Final = (released, given_up)
MATRIX: Final[list[tuple[Make, str | None]]] = [
    (awaiting, "not_ended"),
    (paid, "not_ended"),
    (accepted, "not_ended"),
    (delivered, "not_ended"),
    (cancelled, "no_deal"),
    (declined, "no_deal"),
    (agreed_before, "no_deal"),
    (released, None),
    (returned, None),
    (agreed, None),
    (disputed, "not_ended"),
    (resolved, None),
    (conceded, None),
    (given_up, None),
]
