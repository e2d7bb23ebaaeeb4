"""Moves of a trade: who may make which and when, what it costs, and what a refusal leaves behind."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.areas.terms import Terms
from lockbay.areas.trades.agreement import GiveBack, ProposeCancel
from lockbay.areas.trades.fees import fees
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    FeePayer,
    PayTrade,
    ReduceTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.errors import KeyReused
from lockbay.money import currency
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation, Refused
from tests.ledger.world import ROWS, World, creation


async def test_a_trade_pays_the_seller_and_earns_the_fee(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    delivered = await world.delivered(buyer, seller)
    ended = await world.done(ReleaseTrade(buyer, delivered.id))
    assert (ended.state, ended.deadline) == ("released", None)
    assert (await world.available(buyer), await world.available(seller)) == (Decimal(0), Decimal(100))
    usdt = (await world.audited()).totals[0]
    assert (usdt.came_in, usdt.people, usdt.held, usdt.fees) == tuple(map(Decimal, (105, 100, 0, 5)))


ODD_AMOUNTS = [
    ("USDT", "100"), ("USDT", "33.333333"), ("USDT", "2.00001"), ("BTC", "0.00012345"), ("NGN", "10000.01"),
    ("NGN", "10000.10"), ("ETH", "1.000000000000000021"), ("ETH", "2.000000000000000061"),
]  # fmt: skip


@pytest.mark.parametrize("payer", ["buyer", "seller", "split"])
async def test_sql_and_python_agree_on_every_unit_of_a_fee(world: World, payer: FeePayer) -> None:
    buyer = await world.person()
    for code, amount in ODD_AMOUNTS:
        made = await world.done(creation(buyer, "", amount, payer, "link", code))
        price = fees(Decimal(amount), currency(code), Terms().fee_percent, payer)
        assert (made.fee, made.buyer_pays, made.seller_gets) == (price.fee, price.buyer_pays, price.seller_gets)
        assert made.buyer_pays - made.seller_gets == made.fee


@pytest.mark.parametrize("payer", ["buyer", "seller", "split"])
async def test_a_declined_trade_gives_everything_back(world: World, payer: FeePayer) -> None:
    buyer, seller = await world.person("200.01"), await world.person()
    paid = await world.paid(buyer, seller, "33.333333", payer)
    assert await world.available(buyer) == Decimal("200.01") - paid.buyer_pays
    assert (await world.done(DeclineTrade(seller, paid.id))).state == "declined"
    assert (await world.available(buyer), await world.available(seller)) == (Decimal("200.01"), Decimal(0))
    assert (await world.audited()).totals[0].fees == 0


async def every_move(trade: int, buyer: int, seller: int, total: Decimal) -> dict[str, Operation[TradeState]]:
    return {
        "pay": PayTrade(buyer, trade, total),
        "cancel": CancelTrade(buyer, trade),
        "accept": AcceptTrade(seller, trade),
        "decline": DeclineTrade(seller, trade),
        "deliver": DeliverTrade(seller, trade),
        "release": ReleaseTrade(buyer, trade),
        "propose": ProposeCancel(buyer, trade),
        "give_back": GiveBack(seller, trade),
        "expire": ElapseTrade(trade, "expire"),
        "unanswered": ElapseTrade(trade, "unanswered"),
        "undelivered": ElapseTrade(trade, "undelivered"),
        "release_delivered": ElapseTrade(trade, "release"),
    }


# What gets a trade into a state, and what may be done in it.
WAYS = {
    "awaiting_payment": ([], {"pay", "cancel", "decline", "expire"}),
    "paid": (["pay"], {"accept", "decline", "propose", "unanswered"}),
    "accepted": (["pay", "accept"], {"deliver", "release", "propose", "give_back", "undelivered"}),
    "delivered": (["pay", "accept", "deliver"], {"release", "propose", "give_back", "release_delivered"}),
    "released": (["pay", "accept", "deliver", "release"], set[str]()),
    "cancelled": (["cancel"], set[str]()),
    "declined": (["pay", "decline"], set[str]()),
}


@pytest.mark.parametrize("state", list(WAYS))
async def test_an_illegal_move_is_refused_and_leaves_nothing_behind(world: World, raw: Connection, state: str) -> None:
    way, legal = WAYS[state]
    buyer, seller, stranger = await world.person(500), await world.person(), await world.person(500)
    trade = await world.trade(buyer, seller)
    moves = await every_move(trade.id, buyer, seller, trade.buyer_pays)
    for move in way:
        await world.done(moves[move])
    before = await raw.fetch(ROWS)
    for move, operation in moves.items():
        if move not in legal:
            refused = await world.do(operation)
            assert isinstance(refused, Refused), move
            reason = "seller_there" if (move, state) == ("cancel", "paid") else "wrong_state"
            assert (refused.reason, refused.details["state"]) == (reason, state), move
    for move, operation in (await every_move(trade.id, stranger, stranger, trade.buyer_pays)).items():
        if "user_id" in type(operation).__annotations__:
            assert await world.do(operation) == Refused("not_yours"), move
    assert await raw.fetch(ROWS) == before


async def test_the_other_side_cannot_make_my_move(world: World) -> None:
    buyer, seller = await world.person(500), await world.person(500)
    for trade in (
        await world.trade(buyer, seller),
        await world.paid(buyer, seller),
        await world.delivered(buyer, seller),
    ):
        for move in (
            PayTrade(seller, trade.id, trade.buyer_pays), ReduceTrade(seller, trade.id, Decimal(1)),
            CancelTrade(seller, trade.id), ReleaseTrade(seller, trade.id),
            AcceptTrade(buyer, trade.id), DeclineTrade(buyer, trade.id), DeliverTrade(buyer, trade.id),
        ):  # fmt: skip
            assert await world.do(move) == Refused("not_yours"), (trade.state, move)
    assert (await world.available(buyer), await world.available(seller)) == (500 - 2 * 105, 500)


async def test_paying_more_than_one_has_says_how_much_is_missing(world: World, raw: Connection) -> None:
    buyer, seller = await world.person("104.99"), await world.person()
    trade = await world.trade(buyer, seller)
    before = await raw.fetch(ROWS)
    refused = await world.do(PayTrade(buyer, trade.id, Decimal(105)))
    assert isinstance(refused, Refused)
    assert refused.reason == "insufficient"
    numbers = {name: Decimal(refused.details[name]) for name in ("available", "total", "missing")}
    assert numbers == {"available": Decimal("104.99"), "total": Decimal(105), "missing": Decimal("0.01")}
    assert await raw.fetch(ROWS) == before


async def test_paying_with_no_account_at_all_is_insufficient(world: World) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    refused = await world.do(PayTrade(buyer, trade.id, trade.buyer_pays))
    assert isinstance(refused, Refused)
    assert refused.reason == "insufficient"


async def test_only_what_was_shown_is_paid(world: World) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await world.trade(buyer, seller)
    refused = await world.do(PayTrade(buyer, trade.id, trade.buyer_pays - Decimal("0.000001")))
    assert isinstance(refused, Refused)
    assert refused.reason == "terms_changed"
    assert await world.available(buyer) == 500


async def test_the_key_that_drained_the_account_answers_its_first_outcome(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.trade(buyer, seller)
    pay = PayTrade(buyer, trade.id, trade.buyer_pays)
    first = await world.do(pay, "the.key")
    assert await world.do(pay, "the.key") == first
    await world.done(DeclineTrade(seller, trade.id))
    assert await world.do(pay, "the.key") == first
    assert await world.available(buyer) == 105
    await world.audited()


async def test_each_move_is_answered_the_same_by_its_key(world: World) -> None:
    """Who presses once, and whose turn is lost after its commit, is not told that the trade is elsewhere by now."""
    buyer, seller = await world.person(500), await world.person()
    whole, declined = await world.trade(buyer, seller), await world.paid(buyer, seller)
    for move in (
        PayTrade(buyer, whole.id, whole.buyer_pays),
        AcceptTrade(seller, whole.id),
        DeliverTrade(seller, whole.id),
        ReleaseTrade(buyer, whole.id),
        DeclineTrade(seller, declined.id),
    ):
        first = await world.do(move, "key of " + type(move).__name__)
        assert isinstance(first, TradeState)
        assert await world.do(move, "key of " + type(move).__name__) == first
    assert await world.available(seller) == 100
    await world.audited()


async def test_a_key_with_other_content_does_nothing(world: World) -> None:
    buyer, seller = await world.person(300), await world.person()
    one, two = await world.trade(buyer, seller), await world.trade(buyer, seller)
    await world.do(PayTrade(buyer, one.id, one.buyer_pays), "the.key")
    with pytest.raises(KeyReused):
        await world.do(PayTrade(buyer, two.id, two.buyer_pays), "the.key")
    assert await world.available(buyer) == 195


@pytest.mark.parametrize("digits", ["0.000001", "0.000003", "2.000001"])
def test_the_odd_unit_of_a_split_is_the_buyers(digits: str) -> None:
    price = fees(Decimal(digits), currency("USDT"), Decimal(100), "split")
    assert price.buyer_fee - price.seller_fee == Decimal("0.000001")
