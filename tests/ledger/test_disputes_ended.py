"""How a dispute can end: decided by one of the staff, or given in to by a side."""

from __future__ import annotations

from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.disputed import How
from lockbay.areas.disputes.records import (
    Decided,
    DisputeCase,
    DisputeQueue,
    TakeDispute,
)
from lockbay.areas.trades.agreement import AgreeCancel, GiveBack, ProposeCancel
from lockbay.areas.trades.chat_records import ChatPage
from lockbay.areas.trades.records import AcceptTrade, DeliverTrade, ReleaseTrade
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.areas.disputing import decision, disputed, on_duty, opening, with_one_more
from tests.clock import MovedClock
from tests.ledger.quarrel import state, told
from tests.ledger.world import World, creation, payment


@pytest.mark.parametrize(
    ("percent", "buyer_gets", "seller_gets", "fee"),
    [(0, "105", "0", "0"), (100, "0", "100", "5"), (50, "52.5", "50", "2.5"), (1, "103.95", "1", "0.05")],
)
async def test_a_decision_pays_each_side_its_part(
    world: World, raw: Connection, percent: int, buyer_gets: str, seller_gets: str, fee: str
) -> None:
    staff, (buyer, seller, trade) = await on_duty(world), await disputed(world)
    before = await world.available(buyer)
    done = await world.done(await decision(world, staff, trade.id, percent, "Both are right"))
    how: How = "refund" if percent == 0 else "release" if percent == 100 else "split"
    assert done == Decided(trade.id, how, percent)
    assert await world.money(buyer) == (before + Decimal(buyer_gets), Decimal(0))
    assert await world.money(seller) == (Decimal(seller_gets), Decimal(0))
    report = await world.audited()
    assert report.totals[0].fees == Decimal(fee)
    assert sorted(await told(raw, "dispute_resolved")) == sorted([buyer, seller])
    page = await world.database.read(TradePage, seller, trade.id)
    assert page is not None
    assert page.state == "resolved"
    assert page.may == ()
    assert page.dispute is not None
    assert (page.dispute.why, page.dispute.seller_gets) == ("Both are right", Decimal(seller_gets))
    [act] = await raw.fetch("SELECT user_id, action, subject, why FROM admin_actions")
    assert tuple(act.values()) == (staff, "resolve_dispute", f"trade {trade.id}", "Both are right")


async def test_a_dispute_is_decided_once_whoever_tries(world: World) -> None:
    staff, (_, seller, trade) = await on_duty(world), await disputed(world)
    other = await world.person()
    await world.database.run(SaveStaff([staff, other]))
    await world.done(TakeDispute(other, trade.id, 0))
    wanted = [await decision(world, staff, trade.id, 100), await decision(world, other, trade.id, 0)]
    answers: list[object] = []

    async def decide(which: int) -> None:
        answers.append(await world.do(wanted[which]))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(decide, 0)
        nursery.start_soon(decide, 1)
    assert sorted(type(each).__name__ for each in answers) == ["Decided", "Refused"]
    assert Refused("already_ended") in answers
    assert await world.available(seller) in (Decimal(0), Decimal(100))
    await world.audited()


async def test_the_same_request_again_is_answered_and_not_done_again(world: World) -> None:
    staff, (_, seller, trade) = await on_duty(world), await disputed(world)
    wanted = await decision(world, staff, trade.id, 50)
    assert await world.do(wanted, "once") == await world.do(wanted, "once")
    assert await world.available(seller) == Decimal(50)


async def test_who_may_not_decide_is_refused(world: World, raw: Connection) -> None:
    staff, (buyer, seller, trade) = await on_duty(world), await disputed(world)
    wanted = await decision(world, staff, trade.id, 50)
    stranger, finance = await world.person(), await world.person()
    for person, role in ((finance, "finance"), (buyer, "support"), (seller, "support")):
        await raw.fetch("INSERT INTO staff (user_id, role, by_settings) VALUES ($1, $2, false)", person, role)
    refused = {stranger: "not_staff", finance: "not_staff", buyer: "own_dispute", seller: "own_dispute"}
    for who, reason in refused.items():
        assert await world.do(evolve(wanted, user_id=who)) == Refused(reason)
        assert await world.do(TakeDispute(who, trade.id, 0)) == Refused(reason)
        assert await world.database.read(DisputeCase, who, trade.id) is None
    assert await world.database.read(DisputeQueue, finance, 0, 0) is None
    for side in (buyer, seller):
        queue = await world.database.read(DisputeQueue, side, 0, 0)
        assert queue is not None
        assert queue.disputes == ()  # their own is not theirs to look at
    assert await world.database.read(ChatPage, finance, trade.id, 0) is None


async def test_other_numbers_than_were_shown_decide_nothing(world: World) -> None:
    staff, (_, seller, trade) = await on_duty(world), await disputed(world)
    wanted = await decision(world, staff, trade.id, 50)
    assert await world.do(with_one_more(wanted)) == Refused("terms_changed")
    assert await world.do(evolve(wanted, fee=Decimal(0))) == Refused("terms_changed")
    assert await world.do(evolve(wanted, buyer_gets=wanted.buyer_gets + 1)) == Refused("terms_changed")
    assert await world.do(evolve(wanted, seller_gets=wanted.seller_gets + 1)) == Refused("terms_changed")
    assert await world.do(evolve(wanted, percent=101)) == Refused("bad_percent")
    assert await world.do(evolve(wanted, why=" ")) == Refused("bad_why")
    assert await world.do(evolve(wanted, why="x" * 501)) == Refused("bad_why")
    assert await world.do(evolve(wanted, trade_id=10**9)) == Refused("unknown_dispute")
    assert await world.available(seller) == 0


async def test_a_late_payment_changes_the_numbers_and_the_books_stay_right(world: World, clock: MovedClock) -> None:
    staff, buyer, seller = await on_duty(world), await world.person(), await world.person()
    trade = await world.done(creation(buyer, f"@person{seller}"))
    place = await world.payin(buyer, trade=trade.id)
    await world.done(payment(place, "104", event="first"))  # within the tolerance
    await world.done(AcceptTrade(seller, trade.id))
    await world.done(DeliverTrade(seller, trade.id))
    await world.done(opening(buyer, trade.id))
    shown = await decision(world, staff, trade.id, 50)
    assert shown.held == Decimal(104)
    await world.done(payment(place, "3", event="late"))
    assert await world.do(shown) == Refused("terms_changed")
    await world.audited()
    again = await decision(world, staff, trade.id, 50)
    assert (again.held, again.fee) == (Decimal(105), Decimal("2.5"))
    await world.done(again)
    assert await world.available(buyer) == Decimal("54.5")
    await world.audited()
    after = await world.do(payment(place, "7", event="after the end"))
    assert not isinstance(after, Refused)
    assert after.outcome == "unapplied"
    assert after.reason == "trade_resolved"
    await world.audited()


async def test_the_buyer_gives_in(world: World, raw: Connection) -> None:
    staff, (buyer, seller, trade) = await on_duty(world), await disputed(world)
    await world.done(TakeDispute(staff, trade.id, 0))
    await world.done(ReleaseTrade(buyer, trade.id))
    assert await state(world, buyer, trade) == "released"
    assert await world.available(seller) == Decimal(100)
    await ended(world, staff, trade.id, 100)
    assert await told(raw, "dispute_conceded") == [staff]


async def test_the_seller_gives_in(world: World) -> None:
    staff, (buyer, seller, trade) = await on_duty(world), await disputed(world, delivered=False)
    await world.done(GiveBack(seller, trade.id))
    assert await state(world, buyer, trade) == "refunded"
    assert await world.available(buyer) == Decimal(10_000)
    await ended(world, staff, trade.id, 0)


async def test_both_agree(world: World) -> None:
    staff, (buyer, seller, trade) = await on_duty(world), await disputed(world)
    await world.done(ProposeCancel(seller, trade.id))
    await world.done(AgreeCancel(buyer, trade.id))
    assert await world.available(buyer) == Decimal(10_000)
    page = await ended(world, staff, trade.id, 0)
    assert page.resolved_by is None


async def ended(world: World, staff: int, trade_id: int, percent: int) -> DisputeCase:
    page = await world.database.read(DisputeCase, staff, trade_id)
    assert page is not None
    assert (page.how, page.percent, page.why) == ("conceded", percent, None)
    assert await world.do(TakeDispute(staff, trade_id, 0)) == Refused("already_ended")
    await world.audited()
    return page
