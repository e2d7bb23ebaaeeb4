"""Trades that one side ends early: the buyer while nobody has joined, the seller before it is paid."""

from __future__ import annotations

from decimal import Decimal

import asyncpg
import pytest

from lockbay.areas.deposits.records import Applied
from lockbay.areas.trades.records import (
    CancelTrade,
    DeclineTrade,
    FeePayer,
    JoinTrade,
    PayTrade,
    SellerKind,
    TradeState,
)
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.ledger.world import World, creation, payment, while_it_waits

NOBODY: list[tuple[SellerKind, str]] = [
    ("link", ""), ("email", "sam@example.org"), ("phone", "+2348031234567"), ("username", "@nobody_here"),
]  # fmt: skip


async def made_for(
    world: World, buyer: int, kind: SellerKind = "link", seller: str = "", payer: FeePayer = "buyer"
) -> TradeState:
    """A trade over 100 USDT whose seller is not here, paid."""
    trade = await world.done(creation(buyer, seller, payer=payer, kind=kind))
    return await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))


async def may(world: World, user_id: int, trade: TradeState) -> tuple[str, ...]:
    page = await world.database.read(TradePage, user_id, trade.id)
    assert page is not None
    return page.may


def token(trade: TradeState) -> str:
    assert trade.token is not None
    return trade.token


def seat(trade: TradeState) -> str:
    """Somebody else holds the trade meanwhile."""
    return f"SELECT FROM trades WHERE id = {trade.id} FOR NO KEY UPDATE"


@pytest.mark.parametrize(("kind", "seller"), NOBODY)
async def test_a_buyer_cancels_what_is_paid_and_nobody_has_joined(world: World, kind: SellerKind, seller: str) -> None:
    buyer = await world.person(105)
    trade = await made_for(world, buyer, kind, seller)
    assert await may(world, buyer, trade) == ("cancel",)
    ended = await world.done(CancelTrade(buyer, trade.id))
    assert (ended.state, ended.deadline) == ("cancelled", None)
    assert await world.money(buyer) == (Decimal(105), Decimal(0))
    assert (await world.audited()).totals[0].fees == 0


@pytest.mark.parametrize("payer", ["buyer", "seller", "split"])
async def test_it_comes_back_whole_whoever_pays_the_fee(world: World, payer: FeePayer) -> None:
    buyer = await world.person(200)
    trade = await made_for(world, buyer, payer=payer)
    await world.done(CancelTrade(buyer, trade.id))
    assert await world.money(buyer) == (Decimal(200), Decimal(0))
    await world.audited()


async def test_once_a_seller_has_joined_it_takes_both_to_cancel(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await made_for(world, buyer)
    await world.done(JoinTrade(seller, token(trade)))
    assert await may(world, buyer, trade) == ("propose",)
    assert await world.do(CancelTrade(buyer, trade.id)) == Refused(
        "seller_there", {"state": "paid", "slug": trade.slug}
    )
    assert await world.money(buyer) == (Decimal(0), Decimal(105))


async def test_of_cancelling_and_joining_at_once_the_first_wins(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(210), await world.person()
    one, other = await made_for(world, buyer), await made_for(world, buyer)
    cancel, join = CancelTrade(buyer, one.id), JoinTrade(seller, token(one))
    assert await while_it_waits(world, raw, seat(one), cancel, join) == ["done", "ended"]
    assert await world.money(buyer) == (Decimal(105), Decimal(105))
    cancel, join = CancelTrade(buyer, other.id), JoinTrade(seller, token(other))
    assert await while_it_waits(world, raw, seat(other), join, cancel) == ["done", "seller_there"]
    assert await world.money(buyer) == (Decimal(105), Decimal(105))
    await world.audited()


async def test_who_was_invited_by_mail_hears_by_mail_that_it_is_cancelled(world: World, raw: Connection) -> None:
    buyer = await world.person(105)
    trade = await made_for(world, buyer, "email", "sam@example.org")
    await world.done(CancelTrade(buyer, trade.id))
    [told] = await raw.fetch("SELECT kind, user_id, data FROM outbox ORDER BY id DESC LIMIT 1")
    assert (told["kind"], told["user_id"]) == ("trade_cancelled", None)
    assert told["data"]["is_paid"] is True


async def test_what_comes_to_its_address_afterwards_waits_for_the_staff(world: World, raw: Connection) -> None:
    buyer = await world.person(105)
    trade = await world.done(creation(buyer, "", kind="link"))
    place = await world.payin(buyer, "USDT", trade=trade.id)
    await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    await world.done(CancelTrade(buyer, trade.id))
    late = await world.done(payment(place, 50))
    assert (late.outcome, late.reason) == ("unapplied", "trade_cancelled")
    assert await world.money(buyer) == (Decimal(105), Decimal(0))
    await world.audited()


async def test_a_seller_declines_what_is_not_paid_and_no_money_moves(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.done(creation(buyer, "", kind="link"))
    assert await world.do(DeclineTrade(seller, trade.id)) == Refused("not_yours")
    await world.done(JoinTrade(seller, token(trade)))
    assert await may(world, seller, trade) == ("decline",)
    before = await raw.fetch("SELECT count(*) FROM transfers")
    ended = await world.done(DeclineTrade(seller, trade.id))
    assert (ended.state, ended.deadline) == ("declined", None)
    assert await raw.fetch("SELECT count(*) FROM transfers") == before
    [told] = await raw.fetch("SELECT kind, user_id, data FROM outbox ORDER BY id DESC LIMIT 1")
    assert (told["kind"], told["user_id"]) == ("trade_declined", buyer)
    assert told["data"]["is_paid"] is False
    await world.audited()


@pytest.mark.parametrize(("coin", "part"), [("USDT", "50"), ("BTC", "0.0005")])
async def test_what_had_arrived_of_the_price_comes_back_as_it_came(world: World, coin: str, part: str) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    place = await world.payin(buyer, coin, trade=trade.id)
    assert (await world.done(payment(place, part))).outcome == "part"
    assert await may(world, seller, trade) == ("decline",)
    assert (await world.done(DeclineTrade(seller, trade.id))).state == "declined"
    assert await world.money(buyer, coin) == (Decimal(part), Decimal(0))
    await world.audited()


async def test_of_declining_and_paying_at_once_the_buyer_has_everything_after_both(
    world: World, raw: Connection
) -> None:
    buyer, seller = await world.person(105), await world.person()
    one, other = await world.trade(buyer, seller), await world.trade(buyer, seller)
    decline, pay = DeclineTrade(seller, one.id), PayTrade(buyer, one.id, one.buyer_pays)
    assert await while_it_waits(world, raw, seat(one), decline, pay) == ["done", "wrong_state"]
    decline, pay = DeclineTrade(seller, other.id), PayTrade(buyer, other.id, other.buyer_pays)
    assert await while_it_waits(world, raw, seat(other), pay, decline) == ["done", "done"]
    assert await world.money(buyer) == (Decimal(105), Decimal(0))
    await world.audited()


async def test_a_payment_to_a_declined_trade_is_a_late_one(world: World) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    place = await world.payin(buyer, "USDT", trade=trade.id)
    await world.done(DeclineTrade(seller, trade.id))
    late: Applied = await world.done(payment(place, 105))
    assert (late.outcome, late.reason, late.credited) == ("unapplied", "trade_declined", Decimal(0))
    await world.audited()


async def test_a_declined_trade_does_not_count_as_unpaid(world: World, raw: Connection) -> None:
    await raw.execute("UPDATE terms SET unpaid_trades = 1")
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    assert isinstance(await world.do(creation(buyer, f"@person{seller}")), Refused)
    await world.done(DeclineTrade(seller, trade.id))
    await world.trade(buyer, seller)


@pytest.mark.parametrize(
    ("way", "broken"),
    [("paid", "state = 'cancelled', ended_at = now()"), ("alone", "state = 'declined', ended_at = now()")],
)
async def test_the_database_knows_who_must_be_there(world: World, raw: Connection, way: str, broken: str) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await (world.paid(buyer, seller) if way == "paid" else made_for(world, buyer))
    with pytest.raises(asyncpg.CheckViolationError):
        await raw.execute(f"UPDATE trades SET {broken} WHERE id = {trade.id}")
