"""Disputes in the ledger: who opens one and when, how each can end, and that the audit sees every other ending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import trio
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from lockbay import audit
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.disputed import How
from lockbay.areas.disputes.answers import REASONS
from lockbay.areas.disputes.records import (
    Decided,
    DisputeCase,
    DisputeQueue,
    OpenDispute,
    Opened,
    TakeDispute,
)
from lockbay.areas.disputes.split import split
from lockbay.areas.trades.agreement import AgreeCancel, GiveBack, ProposeCancel
from lockbay.areas.trades.chat_records import ChatPage, SayMessage, Told
from lockbay.areas.trades.records import AcceptTrade, DeliverTrade, ReleaseTrade, TradeState
from lockbay.areas.trades.timers import DueReminder, DueTimer
from lockbay.areas.trades.views import TradePage
from lockbay.clock.disputes import tell_waiting
from lockbay.money import CURRENCIES
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.altered import altered
from tests.areas.disputing import STORY, decision, disputed, on_duty, opening, with_one_more
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World, creation, payment

HELD = st.integers(2, 10**24)


async def state(world: World, person: int, trade: TradeState) -> str:
    page = await world.database.read(TradePage, person, trade.id)
    assert page is not None
    return page.state


async def told(raw: Connection, kind: str) -> list[int]:
    rows = await raw.fetch("SELECT user_id FROM outbox WHERE kind = $1 ORDER BY id", kind)
    return [row["user_id"] for row in rows]


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("by_seller", [False, True])
async def test_either_side_disputes_what_is_in_delivery_or_delivered(
    world: World, raw: Connection, delivered: bool, by_seller: bool
) -> None:
    staff = await on_duty(world)
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await (world.delivered if delivered else world.accepted)(buyer, seller)
    who, other = (seller, buyer) if by_seller else (buyer, seller)
    assert await world.do(opening(who, trade.id, by_seller=by_seller)) == Opened(trade.id, trade.slug, 1)
    assert await state(world, buyer, trade) == "disputed"
    assert await told(raw, "dispute_opened") == [other]
    assert await told(raw, "dispute_to_decide") == [staff]
    assert await world.money(buyer) == (Decimal(95), Decimal(105))
    await world.audited()


@pytest.mark.parametrize("made", [World.trade, World.paid])
async def test_before_it_is_accepted_there_is_nothing_to_dispute(
    world: World, made: Callable[[World, int, int], Awaitable[TradeState]]
) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await made(world, buyer, seller)
    refused = await world.do(opening(buyer, trade.id))
    assert refused == Refused("wrong_state", {"state": trade.state, "slug": trade.slug})


async def test_who_is_no_side_of_it_cannot_dispute_a_trade(world: World) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.accepted(buyer, seller)
    assert await world.do(opening(await on_duty(world), trade.id)) == Refused("not_yours")
    assert await world.do(opening(buyer, 10**9)) == Refused("unknown_trade")


async def test_there_is_no_dispute_after_the_money_is_gone(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(usdt=400), await world.person()
    released, late = await world.delivered(buyer, seller), await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, released.id))
    assert isinstance(refused := await world.do(opening(buyer, released.id)), Refused)
    assert refused.reason == "wrong_state"
    clock.advance(48 * HOUR)  # the clock has not acted yet
    assert isinstance(refused := await world.do(opening(buyer, late.id)), Refused)
    assert refused.reason == "too_late"


async def test_what_was_not_delivered_can_be_disputed_until_its_refund(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(usdt=400), await world.person()
    one, other = await world.accepted(buyer, seller), await world.accepted(buyer, seller)
    clock.advance(48 * HOUR - timedelta(seconds=1))
    assert isinstance(await world.do(opening(buyer, one.id)), Opened)
    clock.advance(timedelta(seconds=1))
    assert isinstance(refused := await world.do(opening(seller, other.id, by_seller=True)), Refused)
    assert refused.reason == "too_late"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reason": "not_released"}, "bad_reason"),  # the seller's
        ({"text": "too short"}, "bad_text"),
        ({"text": " " * 20}, "bad_text"),
        ({"text": "x" * 1001}, "bad_text"),
        ({"kinds": ["photo"] * 11, "file_ids": ["id"] * 11, "captions": [""] * 11}, "bad_files"),
        ({"kinds": ["voice"], "file_ids": ["id"], "captions": [""]}, "bad_files"),
        ({"kinds": ["photo"], "file_ids": [""], "captions": [""]}, "bad_files"),
        ({"kinds": ["photo"], "file_ids": ["id"], "captions": []}, "bad_files"),
        ({"kinds": ["photo"], "file_ids": ["id"], "captions": ["x" * 1001]}, "bad_files"),
    ],
)
async def test_what_is_no_dispute_is_refused(world: World, change: dict[str, object], reason: str) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.accepted(buyer, seller)
    refused = await world.do(altered(opening(buyer, trade.id), **change))
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert await state(world, buyer, trade) == "accepted"


async def test_the_reasons_on_the_buttons_are_those_of_the_database(raw: Connection) -> None:
    for role, reasons in REASONS.items():
        [row] = await raw.fetch("SELECT disputes_reasons($1) AS reasons", role)
        assert row["reasons"] == list(reasons)


async def test_evidence_is_kept_in_the_chat_in_order(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.accepted(buyer, seller)
    await world.done(SayMessage(seller, trade.id, "text", "hello", ""))
    await world.done(OpenDispute(buyer, trade.id, "damaged", STORY, ["photo", "document"], ["p", "d"], ["a crack", ""]))
    page = await world.database.read(ChatPage, seller, trade.id, 0)
    assert page is not None
    found = [(each.n, each.role, each.kind, each.text, each.file_id) for each in page.messages]
    assert found == [
        (1, "seller", "text", "hello", ""),
        (2, "buyer", "text", STORY, ""),
        (3, "buyer", "photo", "a crack", "p"),
        (4, "buyer", "document", "", "d"),
    ]
    with pytest.raises(Exception, match="never changed"):
        await raw.fetch("UPDATE chat_messages SET text = 'other'")


async def test_a_dispute_freezes_every_timer_and_reminder(world: World, clock: MovedClock) -> None:
    _, _, trade = await disputed(world)
    clock.advance(timedelta(days=60))
    assert not [each for each in world_ids(await world.timers()) if each == trade.id]
    assert not [each for each in world_ids(await world.reminders()) if each == trade.id]


def world_ids(due: Sequence[DueTimer | DueReminder]) -> list[int]:
    return [each.trade_id for each in due]


async def test_a_timer_that_was_due_before_finds_the_dispute(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.delivered(buyer, seller)
    clock.advance(49 * HOUR)
    [timer] = await world.timers()
    clock.advance(-2 * HOUR)
    await world.done(opening(buyer, trade.id))
    clock.advance(2 * HOUR)
    refused = await world.do(timer.operation, timer.key)
    assert isinstance(refused, Refused)
    assert refused.reason == "wrong_state"
    assert await state(world, buyer, trade) == "disputed"


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


async def test_a_proposal_from_before_is_forgotten_and_a_delivery_is_not_possible(world: World) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.accepted(buyer, seller)
    await world.done(ProposeCancel(seller, trade.id))
    await world.done(opening(buyer, trade.id))
    assert await world.do(AgreeCancel(buyer, trade.id)) == Refused(
        "no_proposal", {"state": "disputed", "slug": trade.slug}
    )
    assert isinstance(await world.do(DeliverTrade(seller, trade.id)), Refused)


async def test_of_two_who_take_it_one_has_it_and_it_can_be_taken_over(world: World, raw: Connection) -> None:
    one, (_, _, trade) = await on_duty(world), await disputed(world)
    two = await world.person(username="two")
    await world.database.run(SaveStaff([one, two]))
    assert await world.do(TakeDispute(one, trade.id, 0)) is True
    assert await world.do(TakeDispute(two, trade.id, 0)) == Refused("taken", {"by": f"@person{one}"})
    assert await world.do(TakeDispute(two, trade.id, one)) is True
    page = await world.database.read(DisputeCase, one, trade.id)
    assert page is not None
    assert (page.assigned_to, page.assigned) == (two, "@two")
    acts = await raw.fetch("SELECT user_id FROM admin_actions WHERE action = 'take_dispute' ORDER BY id")
    assert [act["user_id"] for act in acts] == [one, two]


async def test_both_sides_and_who_decides_hear_what_is_written(world: World, raw: Connection) -> None:
    one, (buyer, seller, trade) = await on_duty(world), await disputed(world)
    two = await world.person()
    await world.database.run(SaveStaff([one, two]))
    assert isinstance(await world.do(SayMessage(buyer, trade.id, "text", "to all", "")), Told)
    assert await told(raw, "dispute_message") == [seller]
    assert sorted(await told(raw, "dispute_said")) == sorted([one, two])
    await world.done(TakeDispute(two, trade.id, 0))
    await world.done(SayMessage(seller, trade.id, "photo", "look", "file"))
    assert await told(raw, "dispute_message") == [seller, buyer]
    assert (await told(raw, "dispute_said"))[2:] == [two]
    await world.done(SayMessage(two, trade.id, "text", "I see", ""))
    assert (await told(raw, "dispute_message"))[2:] == [buyer, seller]
    assert (await told(raw, "dispute_said"))[3:] == []
    page = await world.database.read(ChatPage, buyer, trade.id, 0)
    assert page is not None
    assert [(each.role, each.name) for each in page.messages][-1] == ("admin", "LockBay")


async def test_the_staff_writes_while_it_is_disputed_and_reads_on_after_it(world: World) -> None:
    staff, (buyer, seller, trade) = await on_duty(world), await disputed(world)
    quiet = await world.accepted(buyer, seller)
    assert await world.do(SayMessage(staff, quiet.id, "text", "hello", "")) == Refused("unknown_trade")
    assert await world.database.read(ChatPage, staff, quiet.id, 0) is None
    await world.done(GiveBack(seller, trade.id))
    assert await world.do(SayMessage(staff, trade.id, "text", "hello", "")) == Refused("dispute_over")
    assert isinstance(await world.do(SayMessage(buyer, trade.id, "text", "thank you", "")), Told)
    page = await world.database.read(ChatPage, staff, trade.id, 0)
    assert page is not None
    assert (page.viewer, page.why_not, len(page.messages)) == ("admin", "dispute_over", 2)


async def test_the_staff_hears_once_that_a_dispute_waits_for_a_day(
    world: World, raw: Connection, database: Database, clock: MovedClock
) -> None:
    staff, (_, seller, trade) = await on_duty(world), await disputed(world)
    over = (await disputed(world))[1:]
    await world.done(GiveBack(over[0], over[1].id))
    clock.advance(24 * HOUR - timedelta(seconds=1))
    await tell_waiting(database, clock)
    assert await told(raw, "dispute_waits") == []
    clock.advance(timedelta(seconds=1))
    await tell_waiting(database, clock)
    await tell_waiting(database, clock)
    assert await told(raw, "dispute_waits") == [staff]
    clock.advance(100 * HOUR)
    await tell_waiting(database, clock)
    assert await told(raw, "dispute_waits") == [staff]
    await world.done(GiveBack(seller, trade.id))


async def test_a_dispute_that_cannot_be_told_of_hides_none_of_the_others(
    world: World, raw: Connection, database: Database, clock: MovedClock
) -> None:
    staff, broken, sound = await on_duty(world), (await disputed(world))[2], (await disputed(world))[2]
    [row] = await raw.fetch("SELECT 'dispute_waits.' || id AS key FROM disputes WHERE trade_id = $1", broken.id)
    await raw.fetch(
        "INSERT INTO requests (key, hash, operation, at) VALUES ($1, 'another', 'another', $2)", row["key"], clock.now()
    )
    clock.advance(24 * HOUR)
    await tell_waiting(database, clock)
    assert await told(raw, "dispute_waits") == [staff]
    [row] = await raw.fetch("SELECT trade_id FROM disputes WHERE alerted_at IS NOT NULL")
    assert row["trade_id"] == sound.id


async def test_the_list_has_pages_the_oldest_first_and_the_ended_apart(world: World) -> None:
    staff, made = await on_duty(world), [(await disputed(world))[2] for _ in range(10)]
    first = await world.database.read(DisputeQueue, staff, 0, 0)
    assert first is not None
    assert first.open == 10
    assert [each.trade_id for each in first.disputes] == [trade.id for trade in made[:8]]
    second = await world.database.read(DisputeQueue, staff, 0, first.next)
    assert second is not None
    assert [each.trade_id for each in second.disputes] == [trade.id for trade in made[8:]]
    assert second.next is None
    for trade in made[:9]:
        await world.done(await decision(world, staff, trade.id, 30))
    over = await world.database.read(DisputeQueue, staff, 1, 0)
    assert over is not None
    assert [each.trade_id for each in over.disputes] == [trade.id for trade in reversed(made[1:9])]
    last = await world.database.read(DisputeQueue, staff, 1, over.next)
    assert last is not None
    assert [each.trade_id for each in last.disputes] == [made[0].id]


async def test_a_dispute_never_changes_and_never_goes(world: World, raw: Connection) -> None:
    staff, (_, _, trade) = await on_duty(world), await disputed(world)
    for statement in ("UPDATE disputes SET text = 'Something else'", "DELETE FROM disputes", "TRUNCATE disputes"):
        with pytest.raises(Exception, match="never change"):
            await raw.fetch(statement)
    await world.done(await decision(world, staff, trade.id, 10))
    with pytest.raises(Exception, match="ends once"):
        await raw.fetch("UPDATE disputes SET fee = 0")


BREAKS = {
    "a decision that nobody made": "UPDATE disputes SET resolved_at = NULL, how = NULL, seller_percent = NULL, "
    "released = NULL, fee = NULL, why = NULL, resolved_by = NULL",
    "another percentage": "UPDATE disputes SET seller_percent = 51",
    "another fee": "UPDATE disputes SET fee = fee + 0.000001",
    "another part": "UPDATE disputes SET released = released + 0.000001",
    "another time": "UPDATE disputes SET resolved_at = resolved_at + interval '1 second'",
    "no dispute": "DELETE FROM disputes",
    "another trade's end": "UPDATE trades SET state = 'released'",
    "money that is held still": "UPDATE holds SET ended_by = NULL, ended_at = NULL, ended_as = NULL",
    "a refund that was none": "UPDATE holds SET ended_as = 'refunded'",
    "a release that was none": "UPDATE holds SET ended_as = 'released'",
}


@pytest.mark.parametrize("name", BREAKS)
async def test_the_audit_sees_what_no_decision_says(world: World, raw: Connection, name: str) -> None:
    staff, (_, _, trade) = await on_duty(world), await disputed(world)
    await world.done(await decision(world, staff, trade.id, 50))
    await world.audited()
    await raw.fetch("SET session_replication_role = replica")  # without triggers
    await raw.fetch(BREAKS[name])
    found = await audit.audit(world.database)
    assert found.differences


async def test_the_audit_sees_a_dispute_whose_trade_went_on(world: World, raw: Connection) -> None:
    await disputed(world)
    await raw.fetch("SET session_replication_role = replica")
    await raw.fetch("UPDATE trades SET state = 'delivered'")
    assert [each.kind for each in (await audit.audit(world.database)).differences] == ["dispute"]


@given(held=HELD, share=st.integers(1, 10**6), percent=st.integers(0, 100), code=st.sampled_from(sorted(CURRENCIES)))
def test_the_parts_of_a_split_are_all_of_it_in_whole_units(held: int, share: int, percent: int, code: str) -> None:
    unit = CURRENCIES[code]
    whole, payout = held * unit.unit, max(held * share // 10**6, 1) * unit.unit
    parts = split(whole, payout, percent, unit)
    assert parts.buyer_gets + parts.seller_gets + parts.fee == whole
    assert all(
        part >= 0 and part == part.quantize(unit.unit) for part in (parts.buyer_gets, parts.seller_gets, parts.fee)
    )
    released = Fraction(parts.seller_gets) + Fraction(parts.fee)
    assert released <= Fraction(whole) * percent / 100 < released + Fraction(unit.unit)
    fee = (Fraction(whole) - Fraction(payout)) * released / Fraction(whole)
    assert -Fraction(unit.unit) / 2 < Fraction(parts.fee) - fee <= Fraction(unit.unit) / 2
    if percent == 0:
        assert parts.buyer_gets == whole
    if percent == 100:
        assert parts.seller_gets == payout


async def test_the_database_splits_as_the_screen_says(raw: Connection) -> None:
    """Sums of every currency, small, odd and large, at every percentage."""
    for code, unit in sorted(CURRENCIES.items()):
        for units in (2, 3, 105, 999_999_999_999, 12_426_543_208_737_654_321, 10**33 - 1):
            held, payout = units * unit.unit, max(units * 100 // 105, 1) * unit.unit
            rows = await raw.fetch(
                "SELECT percent, s.* FROM generate_series(0, 100) percent, disputes_split($1, $2, $3, percent) s",
                held, payout, unit.scale,
            )  # fmt: skip
            for row in rows:
                parts = split(held, payout, row["percent"], unit)
                assert (row["released"], row["fee"]) == (held - parts.buyer_gets, parts.fee), (
                    code,
                    units,
                    row["percent"],
                )
