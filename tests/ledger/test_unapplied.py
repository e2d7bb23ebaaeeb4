"""Payments that fitted nothing: each ends once, by one of the staff, in one of three ways; the books stay right."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
import trio
from attrs import evolve

from lockbay.areas.admin.records import (
    AdminDashboard,
    Ended,
    PayableTrade,
    SaveStaff,
    UnappliedPayment,
)
from lockbay.plan import notices
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation, Refused
from tests.ledger.unfitting import Case, left, refusal
from tests.ledger.unfitting import case as case
from tests.ledger.world import payment, while_it_waits

OUTBOX = "SELECT user_id, kind FROM outbox WHERE kind LIKE 'unapplied%' ORDER BY id"
Make: TypeAlias = Callable[[Case, int], Operation[Ended]]
ENDINGS: dict[str, Make] = {
    "credited": lambda case, _: case.credit(),
    "refunded": lambda case, _: case.refund(),
    "attached": lambda case, trade: case.attach(trade),
}


async def test_credited_it_is_in_the_wallet_of_whom_was_named(case: Case, raw: Connection) -> None:
    ended = await case.world.done(case.credit())
    assert (ended.how, ended.credited) == ("credited", 40)
    assert await case.world.available(case.payer) == 40
    assert await left(case.world) == 0
    assert (case.payer, "unapplied_credited") in [tuple(row) for row in await raw.fetch(OUTBOX)]
    page = await case.seen()
    assert page.ending is not None
    assert (page.ending.note, page.ending.by) == ("theirs", f"@person{case.staff}")


async def test_credited_to_somebody_else_both_are_told(case: Case, raw: Connection) -> None:
    await case.world.done(case.credit(receiver=case.seller))
    assert (await case.world.available(case.seller), await case.world.available(case.payer)) == (40, 0)
    told = [tuple(row) for row in await raw.fetch(OUTBOX)]
    assert told[-2:] == [(case.seller, "unapplied_credited"), (case.payer, "unapplied_moved")]
    assert await left(case.world) == 0


async def test_refunded_it_leaves_the_books(case: Case, raw: Connection) -> None:
    await case.world.done(case.refund())
    report = await case.world.audited()
    assert (report.unapplied, report.totals[0].came_in, report.totals[0].went_out) == (0, 40, 40)
    assert (case.payer, "unapplied_refunded") in [tuple(row) for row in await raw.fetch(OUTBOX)]


@pytest.mark.parametrize("first", list(ENDINGS))
@pytest.mark.parametrize("second", list(ENDINGS))
async def test_two_of_the_staff_at_once_end_it_once(case: Case, first: str, second: str) -> None:
    colleague = await case.world.person()
    await case.world.database.run(SaveStaff([case.staff, colleague]))
    trade = await case.trade()
    theirs = evolve(case, staff=colleague)
    answers: list[Ended | Refused] = []

    async def end(make: Make, by: Case) -> None:
        answers.append(await case.world.do(make(by, trade.id)))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(end, ENDINGS[first], case)
        nursery.start_soon(end, ENDINGS[second], theirs)
    [ended] = [answer for answer in answers if isinstance(answer, Ended)]
    [late] = [answer for answer in answers if isinstance(answer, Refused)]
    assert late.reason == "already_ended"
    page = await case.seen()
    assert page.ending is not None
    assert page.ending.how == ended.how
    assert await left(case.world) == 0


@pytest.mark.parametrize("second", list(ENDINGS))
async def test_who_decides_while_another_does_is_told_that_it_has_ended(
    case: Case, raw: Connection, second: str
) -> None:
    trade = await case.trade()
    ending = "LOCK TABLE unapplied IN SHARE MODE"  # the first has looked, and has not written yet
    decisions = case.credit(), ENDINGS[second](case, trade.id)
    assert await while_it_waits(case.world, raw, ending, *decisions) == ["done", "already_ended"]
    assert await case.world.available(case.payer) == 40
    assert await left(case.world) == 0


async def test_the_same_decision_again_is_answered_the_same(case: Case) -> None:
    first = await case.world.do(case.credit(), "a key")
    assert await case.world.do(case.credit(), "a key") == first
    assert await case.world.available(case.payer) == 40


@pytest.mark.parametrize("how", list(ENDINGS))
async def test_who_is_not_of_finance_decides_and_sees_nothing(case: Case, raw: Connection, how: str) -> None:
    trade = await case.trade()
    await raw.execute(f"INSERT INTO staff (user_id, role, by_settings) VALUES ({case.seller}, 'support', false)")
    for other in (case.payer, case.seller):
        assert await refusal(case.world, ENDINGS[how](evolve(case, staff=other), trade.id)) == "not_staff"
    assert await case.world.database.read(UnappliedPayment, case.payer, 1) is None
    assert await case.world.database.read(PayableTrade, case.payer, 1, trade.slug) is None
    assert await case.world.database.read(AdminDashboard, case.payer) is None
    assert await left(case.world) == 1


async def test_who_was_of_the_staff_is_not_any_more(case: Case) -> None:
    await case.world.database.run(SaveStaff([]))
    assert await refusal(case.world, case.credit()) == "not_staff"


async def test_only_what_was_shown_is_moved_and_only_with_a_reason(case: Case) -> None:
    assert await refusal(case.world, case.credit("41")) == "terms_changed"
    assert await refusal(case.world, case.refund(note="  ")) == "bad_note"
    assert await refusal(case.world, case.refund(note="x" * 501)) == "bad_note"
    assert await refusal(case.world, case.credit(receiver=12)) == "unknown_person"
    assert await refusal(case.world, evolve(case, id=99).credit()) == "unknown_payment"
    assert await left(case.world) == 1


async def test_nobody_decides_that_money_is_their_own(case: Case) -> None:
    assert await refusal(case.world, case.credit(receiver=case.staff)) == "own_wallet"
    for sides in ((case.staff, case.seller), (case.seller, case.staff)):
        assert await refusal(case.world, case.attach((await case.world.trade(*sides)).id)) == "own_trade"
    assert await left(case.world) == 1


@pytest.mark.parametrize(
    ("coin", "amount"), [("SHIB", "1000000.5"), ("USDT", "7.1234567"), ("USDT", "1000000000000000")]
)
async def test_what_the_books_cannot_hold_only_goes_back(case: Case, coin: str, amount: str) -> None:
    await case.world.done(payment(case.payin, amount, coin=coin))
    other = evolve(case, id=2)
    assert not (await case.seen(2)).bookable
    assert await refusal(case.world, other.credit(amount)) == "not_bookable"
    assert await refusal(case.world, other.attach((await case.trade()).id, amount)) == "not_bookable"
    await case.world.done(other.refund(amount))
    report = await case.world.audited()
    assert (report.unapplied, report.totals[0].went_out) == (1, 0)


async def test_more_of_a_payment_that_has_ended_waits_by_itself(case: Case) -> None:
    event = payment(case.payin, 5, event="grows")
    await case.world.done(event)
    await case.world.done(evolve(case, id=2).credit("5"))
    assert (await case.world.done(evolve(event, value=Decimal(8)))).amount == 3
    await case.world.done(evolve(case, id=3).refund("3"))
    assert await left(case.world) == 1
    assert await case.world.available(case.payer) == 5


async def test_an_ending_is_kept_with_who_and_why_and_never_changes(case: Case, raw: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await raw.execute("UPDATE unapplied SET ended_as = 'refunded', ended_at = now()")
    await case.world.done(case.refund())
    with pytest.raises(asyncpg.PostgresError, match="ends once"):
        await raw.execute("UPDATE unapplied SET note = 'another'")


def test_every_kind_that_the_staff_or_its_decisions_tell_has_a_notice() -> None:
    sql = Path(__file__).parents[2] / "sql"
    kinds = {"unapplied_credited", "unapplied_attached", "unapplied_refunded", "unapplied_moved"}
    for file in sql.glob("*/*.sql"):
        kinds |= set(re.findall(r"admin_tell\('(\w+)',", file.read_text()))
    kinds |= {"payout_unknown", "payout_waiting"}  # sql/cashout/settle.sql puts them together
    assert kinds >= {"unapplied", "reconciliation"}
    assert kinds <= notices("bot", b"secret").keys()
