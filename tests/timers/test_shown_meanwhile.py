"""Between an outage and the moment in which a trade has its time back, people see until when they will be in time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import TypeAlias

import pytest
from attrs import evolve

from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.trades.payment import TradePayment
from lockbay.areas.trades.records import TradeState
from lockbay.areas.trades.views import InvitationPage, TradeList, TradePage
from lockbay.clock.heartbeat import Beat
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World, payment

Made: TypeAlias = Callable[[World, int, int], Awaitable[TradeState]]


async def outage(world: World, clock: MovedClock, lasted: timedelta) -> None:
    """Nobody was there, and the clock has not given anything back yet."""
    await world.database.run(Beat())
    clock.advance(lasted)


@pytest.mark.parametrize(
    ("made", "time"),
    [(World.trade, HOUR), (World.paid, 48 * HOUR), (World.accepted, 48 * HOUR), (World.delivered, 72 * HOUR)],
)
async def test_a_trade_says_until_when_people_will_be_in_time(
    world: World, clock: MovedClock, made: Made, time: timedelta
) -> None:
    trade = await made(world, buyer := await world.person(500), await world.person())
    before = await world.database.read(TradePage, buyer, trade.id)
    await outage(world, clock, 30 * HOUR)
    after = await world.database.read(TradePage, buyer, trade.id)
    listed = await world.database.read(TradeList, buyer, 0)
    assert before is not None
    assert before.deadline is not None
    assert after is not None
    assert listed is not None
    assert after.deadline == before.deadline + 30 * HOUR
    assert [each.deadline for each in listed.trades] == [after.deadline]
    if trade.state == "accepted":
        assert before.deliver_by is not None
        assert after.deliver_by == listed.trades[0].deliver_by == before.deliver_by + 30 * HOUR


async def test_who_pays_or_is_invited_sees_the_same(world: World, raw: Connection, clock: MovedClock) -> None:
    trade = await world.trade(buyer := await world.person(500), seller := await world.person())
    [row] = await raw.fetch("SELECT token FROM invitations")
    await outage(world, clock, 30 * HOUR)
    page = await world.database.read(TradePayment, buyer, trade.id)
    invited = await world.database.read(InvitationPage, seller, row["token"])
    assert page is not None
    assert invited is not None
    assert page.deadline == invited.deadline == START + 31 * HOUR


async def test_a_price_that_is_still_promised_is_shown_as_such_whatever_became_of_our_position(
    world: World, clock: MovedClock
) -> None:
    trade = await world.trade(buyer := await world.person(), await world.person())
    await world.payin(buyer, "ETH", "ERC20", trade=trade.id)
    await outage(world, clock, HOUR * 3 / 2)
    await world.prepare(evolve(UNLIMITED, exchange_position_usd=Decimal(1)), clock.now())
    again = await world.done(RequestPayin(buyer, trade.id, "ETH", "ERC20", None))
    assert again.price_until == START + 2 * HOUR


async def test_a_price_that_is_still_promised_counts_for_what_may_be_promised_besides(
    world: World, clock: MovedClock
) -> None:
    trade, other = [await world.trade(buyer, await world.person()) for buyer in [await world.person()] for _ in "ab"]
    await world.payin(trade.buyer_id, "ETH", "ERC20", trade=trade.id)
    await outage(world, clock, HOUR * 3 / 2)
    await world.prepare(evolve(UNLIMITED, exchange_position_usd=Decimal(150)), clock.now())
    answer = await world.do(RequestPayin(trade.buyer_id, other.id, "BTC", "BTC", None))
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.details["left"]) == ("position", "45.000000")


async def test_what_is_told_of_a_part_is_what_will_be_judged(world: World, raw: Connection, clock: MovedClock) -> None:
    trade = await world.trade(buyer := await world.person(), await world.person())
    place = await world.payin(buyer, "ETH", "ERC20", trade=trade.id)
    await world.done(payment(place, "0.01"))
    await outage(world, clock, HOUR * 3 / 2)
    await world.prepare(UNLIMITED, clock.now())
    await world.done(payment(place, "0.01"))
    rows = await raw.fetch("SELECT data FROM outbox WHERE kind = 'payment_part' ORDER BY id")
    first, last = [row["data"] for row in rows]
    page = await world.database.read(TradePage, buyer, trade.id)
    assert page is not None
    assert first["price_until"] != last["price_until"]
    assert page.parts[0].price_until is not None
    assert page.deadline is not None
    assert last["price_until"] == page.parts[0].price_until.isoformat() == (START + 2 * HOUR).isoformat()
    assert last["deadline"] == page.deadline.isoformat()
