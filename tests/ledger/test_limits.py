"""What people may do at all: how many trades, who is blocked, and what fee their completed trades have earned them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.onboarding.records import AcceptTerms
from lockbay.areas.preferences.records import CloseAccount
from lockbay.areas.terms import Terms
from lockbay.areas.trades.agreement import AgreeCancel, GiveBack, ProposeCancel
from lockbay.areas.trades.draft import Draft, Seller
from lockbay.areas.trades.fees import fees
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    CreateTrade,
    DeliverTrade,
    FeePayer,
    JoinTrade,
    PayTrade,
    QuotePayment,
    ReduceTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.areas.trades.views import NewTrade
from lockbay.money import CURRENCIES, Money, currency
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation, Refused
from tests.altered import altered
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World, creation, payment, while_it_waits

BLOCK = "UPDATE users SET blocked_at = now() WHERE id = $1"
# Trades that were completed long ago, without money: levels only count them.
COMPLETED = """
INSERT INTO trades (slug, buyer_id, seller_id, seller_kind, seller_handle, currency, amount, fee_payer, fee, buyer_fee,
    seller_fee, description, delivery_hours, usd_worth, created_at, pay_by, paid_at, held, payout, state, ended_at)
SELECT 'T-' || $1::bigint || '-' || $2::bigint || '-' || n, $1, $2, 'link', '', 'USDT', 2, 'buyer', 0, 0, 0, 'x', 1, 2,
    '2020-01-01', '2020-01-01', '2020-01-01', 2, 2, 'released', '2020-01-02'
FROM generate_series(1, $3::int) n
"""
STEPS = [(0, 0, "5"), (1, 1, "5"), (4, 1, "5"), (5, 2, "4.5"), (10, 3, "4"), (24, 3, "4"), (25, 4, "3.5"),
         (50, 5, "3"), (99, 5, "3"), (100, 6, "2.5"), (130, 6, "2.5")]  # fmt: skip


async def complete(raw: Connection, buyer: int, seller: int, n: int) -> None:
    await raw.execute("SET session_replication_role = replica")
    await raw.fetch(COMPLETED, buyer, seller, n)
    await raw.execute("RESET session_replication_role")


async def new(world: World, user_id: int) -> NewTrade:
    view = await world.database.read(NewTrade, user_id)
    assert view is not None
    return view


def drafted(buyer: int, percent: Decimal, amount: str = "100", payer: FeePayer = "buyer") -> CreateTrade:
    """What the form makes of a trade at that fee."""
    draft = Draft(Seller("link"), Money.of(amount, "USDT"), "A bicycle", 24, payer)
    return draft.operation(buyer, draft.quote(percent))


@pytest.mark.parametrize(("completed", "level", "percent"), STEPS)
async def test_completed_trades_on_both_sides_lower_the_fee(
    world: World, raw: Connection, completed: int, level: int, percent: str
) -> None:
    ann, bob = await world.person(), await world.person()
    await complete(raw, ann, bob, completed // 2)
    await complete(raw, bob, ann, completed - completed // 2)
    view = await new(world, ann)
    assert (view.level, view.fee_percent) == (level, Decimal(percent))
    assert view.fee_percent == 5 * (100 - view.discount_percent) / 100
    made = await world.done(drafted(ann, view.fee_percent))
    assert made.fee == Decimal(percent)


async def test_the_level_counts_released_trades_only_and_discounts_the_next_one(world: World) -> None:
    ann, bob = await world.person(2000), await world.person()
    await world.done(GiveBack(bob, (await world.accepted(ann, bob)).id))
    for _ in range(5):
        assert [(await new(world, user_id)).discount_percent for user_id in (ann, bob)] == [0, 0]
        await world.done(ReleaseTrade(ann, (await world.delivered(ann, bob)).id))
    for user_id in (ann, bob):
        view = await new(world, user_id)
        assert (view.level, view.discount_percent, view.fee_percent) == (2, 10, Decimal("4.5"))
    old = await world.do(creation(ann, "", kind="link"))
    assert old == Refused("terms_changed", {"fee": "4.500000", "total": "104.500000"})
    await world.audited()


PAYERS: tuple[FeePayer, ...] = ("buyer", "seller", "split")
UNITS = """
SELECT f.fee, f.buyer_fee, f.seller_fee, trim_scale(5 * (100 - l.discount_percent) * 0.01) AS percent, payer, amount
FROM levels l, unnest($1::numeric[]) amount, unnest(ARRAY['buyer', 'seller', 'split']) payer,
    trades_fees(amount, $2::int, trim_scale(5 * (100 - l.discount_percent) * 0.01), payer) f
"""


@pytest.mark.parametrize("code", list(CURRENCIES))
async def test_fees_are_exact_for_all_payers_levels_and_currencies(raw: Connection, code: str) -> None:
    unit = currency(code)
    amounts = [unit.unit * n for n in (*range(1, 60), 99, 100, 101, 999_999, 12_345_678_901, 10**14 + 1)]
    rows = await raw.fetch(UNITS, amounts, unit.scale)
    assert len(rows) == 6 * 3 * len(amounts)
    for row in rows:
        price = fees(row["amount"], unit, row["percent"], row["payer"])
        assert (row["fee"], row["buyer_fee"], row["seller_fee"]) == (price.fee, price.buyer_fee, price.seller_fee)
        assert price.buyer_pays - price.seller_gets == price.fee == price.buyer_fee + price.seller_fee
        if row["payer"] == "split":
            assert price.buyer_fee - price.seller_fee in (0, unit.unit)


async def test_the_sixth_trade_of_an_hour_waits(world: World, clock: MovedClock) -> None:
    await world.prepare(evolve(UNLIMITED, trades_an_hour=5))
    buyer = await world.person()
    for _ in range(5):
        assert (await new(world, buyer)).limit_reached is None
        await world.done(creation(buyer, "@somebody"))
        clock.advance(HOUR / 10)
    view = await new(world, buyer)
    assert (view.limit_reached, view.limit_most) == ("hourly_limit", 5)
    refused = await world.do(creation(buyer, "@somebody"))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.details["limit"]) == ("hourly_limit", "5")
    assert datetime.fromisoformat(refused.details["until"]) == view.limit_until == START + HOUR
    clock.advance(HOUR / 2 - timedelta(seconds=1))
    assert isinstance(await world.do(creation(buyer, "@somebody")), Refused)
    clock.advance(timedelta(seconds=1))
    await world.done(creation(buyer, "@somebody"))


async def test_of_two_limits_the_one_that_ends_later_says_when(world: World, clock: MovedClock) -> None:
    """The day's ends in a quarter of an hour, and then the hour's would have refused."""
    terms = evolve(UNLIMITED, trades_a_day=2, trades_an_hour=1)
    await world.prepare(terms)
    buyer = await world.person()
    await world.done(creation(buyer, "@somebody"))
    clock.advance(24 * HOUR - HOUR / 4)
    await world.prepare(terms, clock.now())
    await world.done(creation(buyer, "@somebody"))
    view = await new(world, buyer)
    assert (view.limit_reached, view.limit_until) == ("daily_limit", clock.now() + HOUR)


async def test_so_many_trades_may_be_unpaid_at_once(world: World) -> None:
    await world.prepare(evolve(UNLIMITED, unpaid_trades=2))
    buyer, seller = await world.person(500), await world.person()
    first, second = await world.trade(buyer, seller), await partly_paid(world, buyer, seller)
    assert await world.do(creation(buyer, "@somebody")) == Refused("unpaid_limit", {"limit": "2"})
    await world.done(CancelTrade(buyer, first.id))
    await world.trade(buyer, seller)
    await world.done(PayTrade(buyer, second.id, Decimal(55)))
    await world.trade(buyer, seller)
    view = await new(world, buyer)
    assert (view.limit_reached, view.limit_until) == ("unpaid_limit", None)


@pytest.mark.parametrize("limit", ["trades_a_day", "trades_an_hour", "unpaid_trades"])
async def test_many_devices_at_once_do_not_get_past_a_limit(world: World, limit: str) -> None:
    await world.prepare(altered(UNLIMITED, **{limit: 3}))
    buyer = await world.person()
    outcomes = Counter[str]()

    async def create() -> None:
        answer = await world.do(creation(buyer, "@somebody"))
        outcomes[answer.reason if isinstance(answer, Refused) else answer.state] += 1

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(create)
    assert outcomes["awaiting_payment"] == 3
    assert outcomes.total() == 8


async def test_the_limits_are_those_of_the_settings(world: World) -> None:
    await world.prepare(Terms())
    buyer = await world.person()
    for _ in range(5):
        await world.done(creation(buyer, "@somebody"))
    refused = await world.do(creation(buyer, "@somebody"))
    assert isinstance(refused, Refused)
    assert refused.details["limit"] == "5"


async def partly_paid(world: World, buyer: int, seller: int) -> TradeState:
    """Of 105 USDT 50 have come."""
    trade = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=trade.id), 50))
    return trade


@pytest.mark.parametrize(("reason", "bar"), [("blocked", BLOCK), ("closed", BLOCK.replace("blocked_at", "closed_at"))])
async def test_who_is_barred_begins_nothing(world: World, raw: Connection, reason: str, bar: str) -> None:
    buyer, seller = await world.person(500), await world.person()
    unpaid, paid = await world.trade(buyer, seller), await world.paid(buyer, seller)
    part = await partly_paid(world, buyer, seller)
    link = await world.done(creation(await world.person(), "", kind="link"))
    assert link.token
    for user_id in (buyer, seller):
        await raw.fetch(bar, user_id)
    beginnings: list[Operation[object]] = [
        creation(buyer, "@somebody"),
        PayTrade(buyer, unpaid.id, unpaid.buyer_pays),
        QuotePayment(buyer, unpaid.id, "BTC"),
        ReduceTrade(buyer, part.id, Decimal(50)),
        AcceptTrade(seller, paid.id),
        JoinTrade(seller, link.token),
        RequestPayin(buyer, None, "USDT", "TRC20", None),
        RequestCashout(buyer, "USDT", "TRC20", Decimal(10), Decimal(9), "T-somewhere", "", "", "", "", None),
    ]
    for operation in beginnings:
        refused = await world.do(operation)
        assert isinstance(refused, Refused), operation
        assert refused.reason == reason, operation
    assert await world.available(buyer) == 395


async def test_who_joins_a_trade_does_not_close_meanwhile(world: World, raw: Connection) -> None:
    link, seller = await world.done(creation(await world.person(), "", kind="link")), await world.person()
    assert link.token
    trade = f"SELECT FROM trades WHERE id = {link.id} FOR NO KEY UPDATE"
    ended = await while_it_waits(world, raw, trade, JoinTrade(seller, link.token), CloseAccount(seller))
    assert ended == ["done", "open_trades"]


async def test_who_is_made_a_seller_by_their_handle_does_not_close_meanwhile(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(), await world.person()
    table = "LOCK TABLE invitations IN SHARE MODE"
    ended = await while_it_waits(world, raw, table, creation(buyer, f"@person{seller}"), CloseAccount(seller))
    assert ended == ["done", "open_trades"]


async def test_who_closes_is_made_no_seller_by_their_handle_meanwhile(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(), await world.person()
    table = "LOCK TABLE outbox IN SHARE MODE"  # in which who closes is told
    free = f"SELECT FROM users WHERE id = {seller} FOR KEY SHARE SKIP LOCKED"
    operations = CloseAccount(seller), creation(buyer, f"@person{seller}")
    ended = await while_it_waits(world, raw, table, *operations, free=free)
    assert ended == ["done", "done"]
    [trade] = await raw.fetch("SELECT seller_id FROM trades")
    assert trade["seller_id"] is None


async def test_who_is_barred_is_let_in_to_no_trade(world: World, raw: Connection) -> None:
    """Blocked before the terms were accepted: that lets nobody into the trade of an invitation."""
    link, newcomer = await world.done(creation(await world.person(), "", kind="link")), await world.meet()
    await raw.fetch(BLOCK, newcomer)
    accepted = await world.done(AcceptTerms(newcomer, link.token))
    assert (accepted.trade_id, accepted.reason) == (None, "blocked")


async def test_nobody_pays_for_what_the_seller_cannot_accept(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(500), await world.person()
    unpaid, part = await world.trade(buyer, seller), await partly_paid(world, buyer, seller)
    await raw.fetch(BLOCK, seller)
    for operation in (
        creation(buyer, f"@person{seller}"),
        PayTrade(buyer, unpaid.id, unpaid.buyer_pays),
        QuotePayment(buyer, unpaid.id, "BTC"),
        ReduceTrade(buyer, part.id, Decimal(50)),
    ):
        refused = await world.do(operation)
        assert isinstance(refused, Refused), operation
        assert refused.reason == "seller_blocked", operation
    for trade in (unpaid, part):
        await world.done(CancelTrade(buyer, trade.id))
    assert await world.available(buyer) == 550


async def test_who_is_blocked_can_end_what_was_begun(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(500), await world.person()
    one, two = await world.delivered(buyer, seller), await world.accepted(buyer, seller)
    unpaid = await world.trade(buyer, seller)
    for user_id in (buyer, seller):
        await raw.fetch(BLOCK, user_id)
    await world.done(ReleaseTrade(buyer, one.id))
    await world.done(DeliverTrade(seller, two.id))
    await world.done(ProposeCancel(seller, two.id))
    await world.done(AgreeCancel(buyer, two.id))
    await world.done(CancelTrade(buyer, unpaid.id))
    await world.audited()
