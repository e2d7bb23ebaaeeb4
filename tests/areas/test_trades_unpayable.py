"""A trade that waits for a payment which nobody can make says why, and what to do."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.trades.records import PayTrade
from lockbay.areas.trades.screens import trade
from lockbay.areas.trades.unpayable import advice
from lockbay.areas.trades.views import Part
from lockbay.postgres.database import Database
from tests.areas.drawing import EN, PAGE
from tests.areas.people import ANA, BEN, do
from tests.areas.sendable import labels, sent
from tests.areas.test_trades_agreement import BLOCK
from tests.areas.trading import PLAN, invited, market
from tests.clock import START, MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)

PART = Part("USDT", Decimal(40), Decimal(40))


async def test_the_buyer_of_a_seller_who_is_blocked_is_told_why_there_is_no_button_to_pay(
    database: Database, talking: Talking
) -> None:
    await market(database)
    trade_id = await invited(database)
    assert "💳 Pay now" in labels(await talking(ANA).open("trade", trade_id))
    await database.pool.fetch("block", BLOCK, (BEN,))
    screen = await talking(ANA).open("trade", trade_id)
    assert "💳 Pay now" not in labels(screen)
    assert "✖️ Cancel trade" in labels(screen)
    assert "this seller cannot trade here for now" in sent(screen)
    assert "Cancel the trade and make one with somebody else" in sent(screen)
    assert "LockBay holds your money until" not in sent(screen), "there is none that could be held"


async def test_one_who_is_blocked_themselves_is_told_that(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await invited(database)
    await database.pool.fetch("block", BLOCK, (ANA,))
    assert "your account is blocked" in sent(await talking(ANA).open("trade", trade_id))


async def test_after_the_time_to_pay_nobody_is_told_to_pay(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database)
    trade_id = await invited(database)
    clock.advance(timedelta(hours=2))
    assert "The time to pay is over" in sent(await talking(ANA).open("trade", trade_id))


async def test_the_seller_and_a_trade_that_is_paid_are_told_nothing_of_it(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await invited(database)
    assert "cannot pay" not in sent(await talking(BEN).open("trade", trade_id))
    await do(database, PayTrade(ANA, int(trade_id), Decimal(105)))
    await database.pool.fetch("block", BLOCK, (BEN,))
    assert "cannot pay" not in sent(await talking(ANA).open("trade", trade_id))


@pytest.mark.parametrize("reason", ["seller_blocked", "blocked", "closed"])
def test_what_had_arrived_is_said_to_come_back(reason: str) -> None:
    page = evolve(PAGE, state="underpaid", may=("cancel",), barred={"pay": reason})
    assert "Refund to my wallet" in str(advice(EN, page))
    assert "↩️ Refund to my wallet" in labels(trade(EN, evolve(page, parts=(PART,)), START, "lockbay_bot"))
