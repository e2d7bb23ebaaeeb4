"""Trades from beginning to end: who may do what when, what it costs, and what is left behind by what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.terms import Terms
from lockbay.areas.trades.agreement import GiveBack, ProposeCancel
from lockbay.areas.trades.fees import fees
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    CreateTrade,
    DeclineTrade,
    DeliverTrade,
    FeePayer,
    JoinTrade,
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
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World, creation

ROWS = """
SELECT (SELECT count(*) FROM transfers), (SELECT count(*) FROM postings), (SELECT count(*) FROM holds),
    (SELECT count(*) FROM trades), (SELECT count(*) FROM outbox),
    (SELECT string_agg(t::text, ',' ORDER BY id) FROM trades t),
    (SELECT string_agg(a::text, ',' ORDER BY id) FROM accounts a)
"""


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


async def test_a_trade_not_paid_in_time_cannot_be_paid_and_expires(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await world.trade(buyer, seller)
    assert await world.do(ElapseTrade(trade.id, "expire"), f"expire.{trade.id}") == Refused("too_early")
    clock.advance(HOUR)
    refused = await world.do(PayTrade(buyer, trade.id, trade.buyer_pays))
    assert isinstance(refused, Refused)
    assert refused.reason == "too_late"
    [timer] = await world.timers()
    assert (timer.key, timer.operation) == (f"expire.{trade.id}", ElapseTrade(trade.id, "expire"))
    expired = await world.do(timer.operation, timer.key)
    assert isinstance(expired, TradeState)
    assert expired.state == "expired"
    assert not await world.timers()
    assert await world.do(timer.operation, timer.key) == expired


async def test_a_silent_seller_is_refunded_after_the_answer_window(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.paid(buyer, seller)
    clock.advance(24 * HOUR)
    late = await world.do(AcceptTrade(seller, trade.id))
    assert isinstance(late, Refused)
    assert late.reason == "too_late"
    [timer] = await world.timers()
    assert timer.kind == "unanswered"
    await world.do(timer.operation, timer.key)
    assert await world.available(buyer) == 105
    await world.audited()


async def test_an_undelivered_trade_is_refunded_after_the_grace(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(105), await world.person()
    await world.accepted(buyer, seller)
    clock.advance(24 * HOUR)
    assert not await world.timers()
    clock.advance(24 * HOUR)
    [timer] = await world.timers()
    assert timer.kind == "undelivered"
    await world.do(timer.operation, timer.key)
    assert await world.available(buyer) == 105


async def test_a_delivery_in_the_grace_still_counts_and_silence_releases(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.accepted(buyer, seller)
    clock.advance(47 * HOUR)
    await world.done(DeliverTrade(seller, trade.id))
    clock.advance(48 * HOUR)
    [timer] = await world.timers()
    assert timer.kind == "release"
    await world.do(timer.operation, timer.key)
    assert await world.available(seller) == 100
    await world.audited()


def changed(trade: CreateTrade, **changes: object) -> CreateTrade:
    values = {name: getattr(trade, name) for name in CreateTrade.__annotations__ if name != "file"}
    return CreateTrade(**{**values, **changes})


@pytest.mark.parametrize(("amount", "fee"), [("0", "0"), ("0.000001", "0.000001")])
async def test_a_trade_that_would_be_all_fee_is_refused(world: World, raw: Connection, amount: str, fee: str) -> None:
    """Where no least amount forbids it."""
    await world.database.run(evolve(UNLIMITED, smallest_trade_usd=Decimal(0), fee_percent=Decimal(50)))
    buyer = await world.person()
    whole, part = Decimal(amount), Decimal(fee)
    wanted = changed(creation(buyer, "@somebody", payer="seller"), amount=whole, fee=part, total=whole)
    assert await world.do(wanted) == Refused("nothing_left")
    assert await raw.fetch("SELECT FROM trades") == []


BAD: list[tuple[dict[str, object], str]] = [
    ({"amount": Decimal("1.99")}, "below_minimum"),
    ({"amount": Decimal("10000.01")}, "above_maximum"),
    ({"amount": Decimal("-5")}, "below_minimum"),
    ({"amount": Decimal("1e30")}, "above_maximum"),
    ({"amount": Decimal("5.0000001")}, "inexact_amount"),
    ({"currency": "XYZ"}, "unknown_currency"),
    ({"currency": "DOGE"}, "no_rate"),
    ({"description": " \n "}, "bad_description"),
    ({"description": "x" * 1001}, "bad_description"),
    ({"delivery_hours": 0}, "bad_delivery"),
    ({"delivery_hours": 169}, "bad_delivery"),
    ({"seller": "no spaces allowed"}, "bad_seller"),
    ({"seller": ""}, "bad_seller"),
    ({"seller_kind": "email", "seller": "nobody"}, "bad_seller"),
    ({"fee": Decimal("4.99")}, "terms_changed"),
    ({"total": Decimal("104.99")}, "terms_changed"),
    ({"fee_payer": "seller"}, "terms_changed"),
]


async def test_a_trade_that_cannot_be_is_refused_and_leaves_nothing_behind(world: World, raw: Connection) -> None:
    buyer = await world.person()
    before = await raw.fetch(ROWS)
    for changes, reason in BAD:
        refused = await world.do(changed(creation(buyer, "@somebody"), **changes))
        assert isinstance(refused, Refused), changes
        assert refused.reason == reason, changes
    assert await raw.fetch(ROWS) == before


async def test_nobody_trades_with_themselves(world: World) -> None:
    buyer = await world.person(username="Ann_Smith")
    assert await world.do(creation(buyer, "@ANN_smith")) == Refused("own_trade")
    trade = await world.done(creation(buyer, "", kind="link"))
    assert trade.token is not None
    assert await world.do(JoinTrade(buyer, trade.token)) == Refused("own_trade")


async def test_who_has_not_accepted_the_terms_makes_no_trade(world: World) -> None:
    assert await world.do(creation(await world.meet(), "@somebody")) == Refused("not_onboarded")


async def test_the_eleventh_trade_of_a_day_is_refused_until_the_day_is_over(world: World, clock: MovedClock) -> None:
    await world.prepare(evolve(UNLIMITED, trades_a_day=10))
    buyer = await world.person()
    for _ in range(10):
        await world.done(creation(buyer, "@somebody"))
    until = (START + 24 * HOUR).isoformat()
    assert await world.do(creation(buyer, "@somebody")) == Refused("daily_limit", {"limit": "10", "until": until})
    clock.advance(24 * HOUR)
    await world.prepare(evolve(UNLIMITED, trades_a_day=10), clock.now())
    await world.done(creation(buyer, "@somebody"))


async def test_an_old_rate_tells_no_worth(world: World, clock: MovedClock) -> None:
    buyer = await world.person()
    clock.advance(25 * HOUR)
    refused = await world.do(creation(buyer, "@somebody"))
    assert isinstance(refused, Refused)
    assert refused.reason == "no_rate"


@pytest.mark.parametrize("digits", ["0.000001", "0.000003", "2.000001"])
def test_the_odd_unit_of_a_split_is_the_buyers(digits: str) -> None:
    price = fees(Decimal(digits), currency("USDT"), Decimal(100), "split")
    assert price.buyer_fee - price.seller_fee == Decimal("0.000001")
