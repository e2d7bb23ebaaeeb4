"""The staff’s decisions about cash-outs on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest
from attrs import evolve

from lockbay.actors.parse import Pressed
from lockbay.areas.admin import cashout_decisions, cashouts
from lockbay.areas.admin.cashout_records import (
    CashoutCase,
    CashoutCounts,
    CashoutQueue,
    DecideCashout,
    Decision,
    Move,
    Owner,
    ToldPayout,
    WaitingCashout,
)
from lockbay.areas.admin.people_records import BlockPerson
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.payout import Cashout, SendCashout, Told
from lockbay.audit import audit
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.deciding import ENGLISH, PLAN, TERMS, requested, settled, state, told_to, under_way
from tests.areas.deciding import staff as staff
from tests.areas.people import ANA, BEN, CLEO, fresh_key
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.talk import Talk

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_a_large_cashout_is_told_to_the_staff_and_approved_from_there(staff: Talk, database: Database) -> None:
    cashout = await requested(database)
    for member in (CLEO, BEN):
        [(kind, told)] = await told_to(database, member)
        assert kind == "cashout_approval"
        assert "200 USDT ($200.00)" in sent(told)
    staff.screens.append(told)
    await staff.press("Approve")
    for said in ("Approve C-", "Amount: 200 USDT", "To be paid: 199 USDT", "To: T-somewhere", "It is sent to @ana"):
        assert said in sent(staff.screen)
    assert await state(database, cashout) == ("awaiting_approval", None)
    await staff.press("Confirm")
    assert "Approved: it is sent now" in sent(staff.screen)
    assert "Decided by @cleo" in sent(staff.screen)
    assert await state(database, cashout) == ("requested", None)


async def test_it_is_found_from_the_dashboard_with_the_history_of_its_person(staff: Talk, database: Database) -> None:
    done = await under_way(database, "unknown")
    await settled(database, done, "done", "tx-1")
    await requested(database, address="T-elsewhere")
    text = sent(await staff.open("admin"))
    assert "Cash-outs: 1 to approve, 0 for an operator, 0 unknown" in text
    await staff.press("Cash-outs (1)")
    assert "200 USDT ($200.00) · @ana" in sent(staff.screen)
    await staff.press("To approve (1)")
    await staff.press("C-")
    text = sent(staff.screen)
    for said in ("waits for approval", "Deposits: 1, 1,000 USDT of this coin", "Cash-outs done: 1, $50.00",
                 "None of them went to this destination", "e-mail not verified"):  # fmt: skip
        assert said in text
    assert {"decide_payout", "payouts", "menu"} <= leads_to(staff.screen)


async def test_a_declined_one_is_back_with_the_reason(staff: Talk, database: Database) -> None:
    cashout = await requested(database)
    await staff.open("payout", str(cashout.id))
    await staff.press("Decline")
    await staff.say("The name does not fit")
    assert "200 USDT goes back to the wallet of @ana" in sent(staff.screen)
    await staff.press("Confirm")
    assert "Declined" in sent(staff.screen)
    assert "The name does not fit" in sent(staff.screen)
    assert await World(database).money(ANA) == (1000, 0)
    assert (await audit(database)).passed


async def test_what_waits_is_paid_by_hand_and_nobody_else_pays_it_meanwhile(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "waiting")
    assert [kind for kind, _ in await told_to(database, CLEO)] == ["payout_waiting"]
    await staff.open("payout", str(cashout.id))
    await staff.press("Paid by hand")
    due = await database.pool.fetch("due", "SELECT ask_at FROM cashouts", (), reads=True)
    assert due[0]["ask_at"] is None
    await staff.say("tx-by-hand")
    assert "tx-by-hand" in sent(staff.screen)
    await staff.press("Confirm")
    assert await state(database, cashout) == ("done", "tx-by-hand")
    assert "manual: done tx-by-hand" in sent(staff.screen)
    assert (await audit(database)).passed


async def test_what_waits_is_tried_again_at_once(staff: Talk, database: Database, clock: MovedClock) -> None:
    cashout = await under_way(database, "waiting")
    await staff.open("payout", str(cashout.id))
    await staff.press("Retry")
    await staff.press("Confirm")
    assert "tried again now" in sent(staff.screen)
    due = await database.pool.fetch("due", "SELECT ask_at FROM cashouts", (), reads=True)
    assert due[0]["ask_at"] == clock.now()
    assert (await database.perform(SendCashout(cashout.id, "blockbee"), fresh_key())) is not None
    await settled(database, cashout, "waiting")
    assert [kind for kind, _ in await told_to(database, CLEO)] == ["payout_waiting"] * 2


@pytest.mark.parametrize("decision", ["Refund", "Paid by hand"])
async def test_deciding_what_nobody_knows_is_warned_of(staff: Talk, database: Database, decision: str) -> None:
    cashout = await under_way(database, "unknown")
    [(kind, told)] = await told_to(database, CLEO)
    assert kind == "payout_unknown"
    assert "is not sent again" in sent(told)
    staff.screens.append(told)
    await staff.press("Look at it")
    await staff.press(decision)
    assert "the money would leave twice" in sent(staff.screen)
    await staff.say("looked: it is not there")
    assert "blockbee may still pay it" in sent(staff.screen)
    await staff.press("Confirm")
    assert (await state(database, cashout))[0] in ("refunded", "done")
    assert (await audit(database)).passed


@pytest.mark.parametrize("decision", ["refund", "paid"])
async def test_a_provider_that_paid_after_all_is_told_to_the_staff_and_found_by_the_audit(
    staff: Talk, database: Database, decision: Decision
) -> None:
    cashout = await under_way(database, "unknown")
    made = DecideCashout(CLEO, cashout.id, "unknown", decision, "tx-by-hand" if decision == "paid" else "", "")
    assert isinstance(await database.perform(made, fresh_key()), Cashout)
    await settled(database, cashout, "done", "tx-of-provider")
    kind, told = (await told_to(database, CLEO))[-1]
    assert kind == "cashout_strange"
    assert "blockbee tells: done" in sent(told)
    report = await audit(database)
    assert [difference.kind for difference in report.differences] == ["cashout_told"]


async def test_what_was_seen_to_be_paid_is_no_second_payment(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    made = DecideCashout(CLEO, cashout.id, "unknown", "paid", "tx-of-provider", "seen in its dashboard")
    assert isinstance(await database.perform(made, fresh_key()), Cashout)
    await settled(database, cashout, "done", "tx-of-provider")
    assert "cashout_strange" not in [kind for kind, _ in await told_to(database, CLEO)]
    assert (await audit(database)).passed


@pytest.mark.parametrize("decision", ["approve", "decline"])
async def test_of_two_at_once_one_decides(
    staff: Talk, database: Database, clock: MovedClock, decision: Decision
) -> None:
    cashout = await requested(database)
    await staff.open("decide_payout", str(cashout.id), decision)
    if decision == "decline":
        await staff.say("why")
    colleague = Talk(PLAN, database, clock, BEN)
    await colleague.open("decide_payout", str(cashout.id), "approve")
    await colleague.press("Confirm")
    await staff.press("Confirm")
    assert "It has moved on meanwhile" in sent(staff.screen)
    assert "Decided by @ben" in sent(staff.screen)
    assert await state(database, cashout) == ("requested", None)
    again = await staff.open("decide_payout", str(cashout.id), decision)
    assert "It has moved on meanwhile" in sent(again)
    assert "Confirm" not in "".join(labels(again))


async def test_nobody_confirms_another_decision_than_was_shown(staff: Talk, database: Database) -> None:
    cashout = await requested(database)
    await staff.open("decide_payout", str(cashout.id), "approve")
    for forged in (f"decline/{cashout.id}/awaiting_approval", "approve/99/awaiting_approval", "approve", "confirm",
                   f"approve/{cashout.id}/nonsense"):  # fmt: skip
        assert "press one of the buttons" in sent(await staff.reply(Pressed(forged)))
    assert await state(database, cashout) == ("awaiting_approval", None)


@pytest.mark.parametrize("decision", get_args(Move))
async def test_nobody_decides_about_their_own(staff: Talk, database: Database, decision: Move) -> None:
    cashout = await requested(database)
    await database.run(SaveStaff([ANA, BEN, CLEO]))
    own = DecideCashout(ANA, cashout.id, "awaiting_approval", decision, "tx", "mine")
    assert await database.perform(own, fresh_key()) == Refused("own_cashout")
    assert await state(database, cashout) == ("awaiting_approval", None)


@pytest.mark.parametrize(
    ("flow", "args"),
    [("payouts", ()), ("payout", ("1",)), *(("decide_payout", ("1", each)) for each in get_args(Decision))],
)
async def test_who_is_not_of_the_staff_gets_the_menu(
    staff: Talk, database: Database, clock: MovedClock, flow: str, args: tuple[str, ...]
) -> None:
    await requested(database)
    screen = await Talk(PLAN, database, clock, ANA).open(flow, *args)
    assert "wallet" in leads_to(screen)
    assert "200 USDT" not in sent(screen)
    made = DecideCashout(ANA, 1, "awaiting_approval", "approve", "", "")
    assert await database.perform(made, fresh_key()) == Refused("not_staff")


@pytest.mark.parametrize(
    ("flow", "args"),
    [
        ("payouts", ("x",)),
        ("payouts", ("0", "done")),
        ("payout", ("-1",)),
        ("decide_payout", ("1", "steal")),
        ("decide_payout", ("1", "paid", "lost")),
    ],
)
async def test_a_forged_button_is_called_inactive(staff: Talk, flow: str, args: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="no longer active"):
        await staff.open(flow, *args)


async def test_nothing_that_is_refused_anyway_is_offered_of_who_is_blocked(staff: Talk, database: Database) -> None:
    small, large = await under_way(database, "waiting"), await requested(database)
    await staff.open("payout", str(small.id))
    assert {"🔁 Retry", "🧾 Paid by hand", "↩️ Refund"} <= set(labels(staff.screen))
    assert await database.perform(BlockPerson(CLEO, ANA, True, "investigated"), fresh_key()) is True
    await staff.press("Retry")
    assert "They are blocked, so nothing of theirs is sent" in sent(staff.screen)
    for cashout, left in ((small, {"🧾 Paid by hand", "↩️ Refund"}), (large, {"✖️ Decline"})):
        await staff.open("payout", str(cashout.id))
        assert "⛔ They are blocked: nothing of theirs is sent" in sent(staff.screen)
        assert {*labels(staff.screen)} & {"🔁 Retry", "✅ Approve", "🧾 Paid by hand", "↩️ Refund", "✖️ Decline"} == left


async def test_the_list_goes_page_by_page(staff: Talk, database: Database) -> None:
    await database.run(evolve(TERMS, cashout_approval_usd=Decimal(20)))
    made = [(await requested(database, "20")).slug for _ in range(19)]
    seen: list[str] = []
    await staff.open("payouts")
    while True:
        seen += [label.split()[0] for label in labels(staff.screen) if label.startswith("C-")]
        if "Next" not in labels(staff.screen):
            break
        await staff.press("Next")
    assert seen == made


def test_the_fullest_pages_fit_a_message() -> None:
    odd, huge = "<b>&" * 1000, Decimal("99999999999999.123456")
    line = WaitingCashout(2**63 - 1, "C-ABCDEFG", NOW, "awaiting_approval", huge, "USDT", huge, 1, odd)
    sent(cashouts.queue(ENGLISH, CashoutQueue((line,) * 8, 2**63 - 1, CashoutCounts(10**6, 10**6, 10**6))))
    owner = Owner(2**60, odd, NOW, False, 10**6, huge, 10**6, huge, True, True)
    told = ToldPayout(NOW, "blockbee", "unknown", "t" * 120)
    page = CashoutCase(
        2**63 - 1, "C-ABCDEFG", "unknown", "USDT", "TRC20", huge, huge, huge, "a" * 120, odd, odd, True, "c" * 35,
        "blockbee", odd, odd, odd, 10**6, NOW, None, odd, NOW, owner, (told,) * 6,
    )  # fmt: skip
    sent(cashouts.case(ENGLISH, page, cashout_decisions.sentence(ENGLISH, Refused("wrong_state"))))
    sent(cashout_decisions.sure(ENGLISH, page, "refund", "<" * 500))
    sent(cashout_decisions.sure(ENGLISH, page, "paid", "<" * 120))


@pytest.mark.parametrize(
    ("told", "decision"),
    [
        ("sent", "refund"), ("sent", "retry"), ("sent", "paid"),
        ("unknown", "retry"), ("unknown", "decline"), ("done", "refund"),
    ],
)  # fmt: skip
async def test_what_may_have_been_paid_is_neither_sent_again_nor_given_back_unseen(
    staff: Talk, database: Database, told: Told, decision: Decision
) -> None:
    """No screen offers it: whoever is wrong about that would pay twice."""
    cashout = await under_way(database, told)
    wanted = DecideCashout(BEN, cashout.id, cashout.state, decision, "tx", "x")
    assert await database.perform(wanted, fresh_key()) == Refused("wrong_state", {"state": cashout.state})
