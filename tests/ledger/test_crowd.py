"""32 connections on the same few accounts: nothing is lost or spent twice, nobody is refused wrongly or waits on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import trio

from lockbay.areas.deposits.records import ApplyPayment
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    PayTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.bridge import Limits
from lockbay.postgres.database import open_database
from lockbay.postgres.queries import Operation, Refused
from tests.clock import MovedClock
from tests.ledger.world import UNLIMITED, World, creation, payment


@pytest.fixture
async def crowd(database_url: str, clock: MovedClock) -> AsyncIterator[World]:
    async with open_database(database_url, clock=clock, limits=Limits(connections=32, statement=30)) as database:
        world = World(database)
        await world.prepare(UNLIMITED)
        yield world


async def at_once(world: World, operations: list[Operation[TradeState]]) -> Counter[str]:
    """How often each outcome came: a state or a reason."""
    outcomes: Counter[str] = Counter()

    async def one(operation: Operation[TradeState]) -> None:
        answer = await world.do(operation)
        outcomes[answer.reason if isinstance(answer, Refused) else answer.state] += 1

    async with trio.open_nursery() as nursery:
        for operation in operations:
            nursery.start_soon(one, operation)
    return outcomes


async def test_money_that_is_there_is_never_refused(crowd: World) -> None:
    buyer, seller = await crowd.person(64 * 105), await crowd.person()
    trades = [await crowd.trade(buyer, seller) for _ in range(64)]
    assert await at_once(crowd, [PayTrade(buyer, trade.id, trade.buyer_pays) for trade in trades]) == {"paid": 64}
    assert await crowd.money(buyer) == (Decimal(0), Decimal(64 * 105))
    await crowd.audited()


async def test_money_that_is_not_there_is_never_spent(crowd: World) -> None:
    buyer, seller = await crowd.person(10 * 105), await crowd.person()
    trades = [await crowd.trade(buyer, seller) for _ in range(64)]
    outcomes = await at_once(crowd, [PayTrade(buyer, trade.id, trade.buyer_pays) for trade in trades])
    assert outcomes == {"paid": 10, "insufficient": 54}
    await crowd.audited()


async def test_one_trade_is_moved_by_one(crowd: World) -> None:
    buyer, seller = await crowd.person(105), await crowd.person()
    trade = await crowd.trade(buyer, seller)
    pays: list[Operation[TradeState]] = [PayTrade(buyer, trade.id, trade.buyer_pays) for _ in range(16)]
    outcomes = await at_once(crowd, [*pays, *(CancelTrade(buyer, trade.id) for _ in range(16))])
    assert outcomes["wrong_state"] + outcomes["seller_there"] == 31
    assert (await crowd.money(buyer))[0] == (0 if outcomes["paid"] else 105)
    await crowd.audited()


async def test_accept_and_decline_and_the_clock_end_in_one_state(crowd: World, clock: MovedClock) -> None:
    buyer, seller = await crowd.person(105), await crowd.person()
    trade = await crowd.paid(buyer, seller)
    moves = [AcceptTrade(seller, trade.id), DeclineTrade(seller, trade.id), ElapseTrade(trade.id, "unanswered")]
    outcomes = await at_once(crowd, [move for move in moves for _ in range(10)])
    assert sum(outcomes[state] for state in ("accepted", "declined", "refunded")) == 1
    await crowd.audited()


async def test_one_event_told_by_many_at_once_is_credited_once(crowd: World) -> None:
    user = await crowd.person(1)
    event = payment(await crowd.payin(user), 7, event="the-event")
    answers: list[object] = []

    async def tell() -> None:
        answers.append(await crowd.do(event, event.request_key))

    async with trio.open_nursery() as nursery:
        for _ in range(32):
            nursery.start_soon(tell)
    assert answers == answers[:1] * 32
    assert await crowd.available(user) == 8
    await crowd.audited()


async def test_a_new_persons_first_money_from_many_sides_arrives_whole(crowd: World) -> None:
    """The account is missing for all of them at once."""
    buyers, seller = [await crowd.person(105) for _ in range(24)], await crowd.person()
    trades = [await crowd.delivered(buyer, seller) for buyer in buyers]
    outcomes = await at_once(
        crowd, [ReleaseTrade(buyer, trade.id) for buyer, trade in zip(buyers, trades, strict=True)]
    )
    assert outcomes == {"released": 24}
    assert await crowd.available(seller) == 2400
    await crowd.audited()


async def test_people_who_all_trade_with_each_other_never_wait_for_each_other_for_ever(crowd: World) -> None:
    """Each plays whole trades against random others, both ways at once: a deadlock would be an error of a statement."""
    await crowd.without_levels()  # who has completed some meanwhile would be told other terms
    people = [await crowd.person(100_000) for _ in range(4)]
    dice = random.Random(20261122)

    async def play(buyer: int, seller: int, ends: type[Operation[TradeState]]) -> None:
        trade = await crowd.done(creation(buyer, f"@person{seller}", "33.333333", "split"))
        await crowd.done(PayTrade(buyer, trade.id, trade.buyer_pays))
        if ends is DeclineTrade:
            await crowd.done(DeclineTrade(seller, trade.id))
            return
        await crowd.done(AcceptTrade(seller, trade.id))
        await crowd.done(DeliverTrade(seller, trade.id))
        await crowd.done(ReleaseTrade(buyer, trade.id))

    async def arrive(deposit: ApplyPayment) -> None:
        await crowd.done(deposit)

    payins = {person: await crowd.payin(person) for person in people}
    async with trio.open_nursery() as nursery:
        for _ in range(60):
            buyer, seller = dice.sample(people, 2)
            nursery.start_soon(play, buyer, seller, dice.choice([ReleaseTrade, DeclineTrade]))
            nursery.start_soon(arrive, payment(payins[buyer], 1))
    usdt = (await crowd.audited()).totals[0]
    assert (usdt.came_in, usdt.held) == (Decimal(400_060), Decimal(0))
    assert usdt.people + usdt.fees == usdt.came_in
