"""A payment that fitted nothing is attached to a trade of its payer's: what it pays, and when it is not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.admin.records import (
    PayableTrade,
)
from lockbay.areas.trades.records import CancelTrade, PayTrade
from lockbay.postgres.bridge import Connection
from tests.clock import MovedClock
from tests.ledger.unfitting import Case, left, refusal
from tests.ledger.unfitting import case as case
from tests.ledger.world import payment, while_it_waits


async def test_attached_it_is_a_part_and_the_rest_pays_the_trade(case: Case) -> None:
    trade = await case.trade()
    ended = await case.world.done(case.attach(trade.id))
    assert (ended.slug, ended.state, ended.credited) == (trade.slug, "underpaid", 0)
    await left(case.world)
    rest = await case.world.done(payment(await case.world.payin(case.payer, trade=trade.id), 65))
    assert rest.outcome == "paid"
    assert await left(case.world) == 0


async def test_attached_to_a_smaller_trade_the_rest_is_the_buyers(case: Case, raw: Connection) -> None:
    trade = await case.world.trade(case.payer, case.seller, "20")
    ended = await case.world.done(case.attach(trade.id))
    assert (ended.state, ended.credited) == ("paid", 19)
    assert await case.world.money(case.payer) == (19, 21)
    assert await left(case.world) == 0
    [row] = await raw.fetch("SELECT user_id FROM outbox WHERE kind = 'trade_paid'")
    assert row["user_id"] == case.seller


async def test_another_coin_is_attached_for_what_was_shown_only(case: Case, clock: MovedClock) -> None:
    bitcoin = await case.world.payin(case.payer, "BTC", "BTC")
    await case.world.done(payment(bitcoin, "0.001", reference=None, address="elsewhere", nonce=None))
    trade = await case.trade()
    shown = await case.world.database.read(PayableTrade, case.staff, 2, trade.slug.lower())
    assert shown is not None
    assert shown.worth == Decimal("88.2")
    other = evolve(case, id=2)
    assert await refusal(case.world, other.attach(trade.id, "0.001", "88.3")) == "terms_changed"
    done = await case.world.done(other.attach(trade.id, "0.001", "88.2"))
    assert done.state == "underpaid"
    assert await left(case.world) == 1


async def test_without_a_fresh_price_another_coin_is_not_attached(case: Case, clock: MovedClock) -> None:
    bitcoin = await case.world.payin(case.payer, "BTC", "BTC")
    await case.world.done(payment(bitcoin, "0.001", reference=None, address="elsewhere", nonce=None))
    trade = await case.trade()
    clock.advance(timedelta(minutes=20))
    assert await refusal(case.world, evolve(case, id=2).attach(trade.id, "0.001", "88.2")) == "no_rate"


@pytest.mark.parametrize("how", ["paid", "cancelled"])
async def test_a_trade_that_takes_no_more_is_not_attached_to(case: Case, how: str) -> None:
    trade = await case.trade()
    if how == "paid":
        await case.world.fund(case.payer, Decimal(105))
        await case.world.done(PayTrade(case.payer, trade.id, Decimal(105)))
    else:
        await case.world.done(CancelTrade(case.payer, trade.id))
    assert await refusal(case.world, case.attach(trade.id)) == "wrong_state"
    assert await refusal(case.world, case.attach(10**9)) == "unknown_trade"
    assert await left(case.world) == 1


async def test_a_trade_that_is_being_paid_is_not_attached_to(case: Case, raw: Connection) -> None:
    trade = await case.trade()
    await case.world.fund(case.payer, Decimal(105))
    meeting = PayTrade(case.payer, trade.id, Decimal(105)), case.attach(trade.id)
    part = "LOCK TABLE holds IN SHARE MODE"
    assert await while_it_waits(case.world, raw, part, *meeting) == ["done", "wrong_state"]
    assert await case.world.money(case.payer) == (0, 105)
    assert await left(case.world) == 1
