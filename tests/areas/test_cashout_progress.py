"""A cash-out on its way: what its owner is told, its page, the list, and taking it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest

from lockbay import plan
from lockbay.actors.parse import Pressed
from lockbay.areas import cashout, commands
from lockbay.areas.admin.cashout_records import DecideCashout, Decision
from lockbay.areas.cashout import screens
from lockbay.areas.cashout.records import CashoutPage
from lockbay.areas.payout import SendCashout, SettleCashout, Told
from lockbay.areas.terms import Terms
from lockbay.postgres import rows
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.cashing import ENGLISH, PLAN, lost_turn, money, notices, requested, talk
from tests.areas.people import ANA, fresh_key, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

__all__ = ["talk"]


STATES: Final[tuple[tuple[Told, str, str], ...]] = (
    ("sent", "is on its way", "the network has confirmed it"), ("unknown", "being looked into", "never send it twice"),
    ("waiting", "has to wait", "has not left"), ("done", "is done", "9 USDT were paid out"),
    ("failed", "you have your money back", "All of 10 USDT are in your wallet again"),
)  # fmt: skip


@pytest.mark.parametrize(("outcome", "title", "says"), STATES)
async def test_every_state_is_told_and_shown_on_its_page(
    talk: Talk, database: Database, outcome: Told, title: str, says: str
) -> None:
    cashout_ = await requested(talk, database)
    assert not isinstance(await database.perform(SendCashout(cashout_.id, "blockbee"), fresh_key()), Refused)
    told = SettleCashout(cashout_.reference, "blockbee", outcome, None, "<tx>", "<it> failed", b"", "")
    assert not isinstance(await database.perform(told, fresh_key()), Refused)
    sending, news = await notices(database)
    assert "is being sent" in sent(sending)
    for shown in (news, await talk.open("cashout", str(cashout_.id))):
        assert title in sent(shown)
        assert says in sent(shown)
        assert "Transaction: <tx>" in sent(shown)
        assert ("<it> failed" in sent(shown)) == (outcome == "failed")
    assert leads_to(news) == {"cashout", "wallet", "menu"}


async def test_it_is_cancelled_while_nobody_has_begun_to_send_it(talk: Talk, database: Database) -> None:
    cashout_ = await requested(talk, database)
    assert "Cancel cash-out" in sent(await talk.press("Cancel it"))
    assert "was cancelled" in sent(await talk.press("Confirm"))
    assert await money(database) == (100, 0)
    assert "cancel_cashout" not in leads_to(await talk.open("cashout", str(cashout_.id)))


async def test_it_is_not_cancelled_any_more_once_it_is_sent(talk: Talk, database: Database) -> None:
    cashout_ = await requested(talk, database)
    await talk.press("Cancel it")
    await database.perform(SendCashout(cashout_.id, "blockbee"), fresh_key())
    refused = sent(await talk.reply(Pressed("confirm")))
    assert "nothing was cancelled" in refused
    assert "being sent" in refused
    assert await money(database) == (90, 10)


async def test_cancelling_whose_turn_was_lost_is_done_once(talk: Talk, database: Database, clock: MovedClock) -> None:
    cashout_ = await requested(talk, database)
    lost = lost_turn(database, clock, "cancel_cashout", str(cashout_.id))
    first, again = await lost.answered(Pressed("confirm"))
    assert first == again
    assert "was cancelled" in sent(again)


async def test_the_list_has_pages(talk: Talk, database: Database) -> None:
    await database.run(Terms(cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(0)))
    assert "No cash-outs yet" in sent(await talk.open("cashouts"))
    for _ in range(9):
        await requested(talk, database)
    first = await talk.open("cashouts")
    assert len([label for label in labels(first) if "10 USDT" in label]) == 8
    older = await talk.press("Older")
    assert len([label for label in labels(older) if "10 USDT" in label]) == 1
    assert "is requested" in sent(await talk.press("10 USDT"))


@pytest.mark.parametrize("flow", ["cashout", "cancel_cashout"])
async def test_a_cashout_of_somebody_else_does_not_exist(talk: Talk, database: Database, flow: str) -> None:
    cashout_ = await requested(talk, database)
    other = Talk(PLAN, database, database.clock, await onboarded(database, ANA + 1))
    assert "no such cash-out" in sent(await other.open(flow, str(cashout_.id)))


def test_every_state_has_its_words() -> None:
    states = {kind.removeprefix("cashout_is_") for kind in cashout.NOTICES}
    assert len(states) == 10
    for state in states:
        structure = rows.structurer(CashoutPage)
        page = structure(
            {
                "id": 1, "slug": "C-1", "state": state, "currency": "ETH", "network": "ETH",
                "amount": "999999999999999.123456789012345678", "net": "0.000000000000000001", "usd_worth": None,
                "address": "<0x>" * 400, "bank_name": "<b>" * 400, "account_name": "<b>" * 400, "txid": "<x>" * 4000,
                "problem": "<y>" * 4000, "created_at": MovedClock().now(), "ended_at": None,
            }
        )  # fmt: skip
        assert "C-1" in sent(screens.page(ENGLISH, page))


async def test_an_approval_and_a_refusal_of_the_staff_are_told_with_the_reason(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    await database.run(Terms(cashout_approval_usd=Decimal(10), cashout_unverified_daily_usd=Decimal(0)))
    decisions: tuple[tuple[Decision, str], ...] = (("approve", ""), ("decline", "Please <call> us"))
    for decision, note in decisions:
        cashout_ = await requested(talk, database)
        decided = DecideCashout(77, cashout_.id, "awaiting_approval", decision, "", note)
        assert not isinstance(await database.perform(decided, fresh_key()), Refused)
    approved, declined = await notices(database)
    assert "is approved" in sent(approved)
    assert "cancel_cashout" in leads_to(approved)
    assert "was declined" in sent(declined)
    assert "Please <call> us" in sent(declined)
    assert "Please <call> us" in sent(await talk.open("cashout", str(cashout_.id)))


async def test_the_history_names_what_left_and_what_came_back(talk: Talk, database: Database) -> None:
    cashout_ = await requested(talk, database)
    await talk.press("Cancel it")
    await talk.press("Confirm")
    whole = Talk(plan.plan("lockbay_bot"), database, database.clock, ANA)
    shown = sent(await whole.open("history"))
    assert f"+10 USDT\nBack from cash-out {cashout_.slug}" in shown
    assert "−10 USDT\nCash-out" in shown


def test_it_is_part_of_the_whole() -> None:
    whole = plan.plan("lockbay_bot")
    assert whole.flows["cash_out"] is PLAN.flows["cash_out"]
    assert whole.commands["cashout"] == "cash_out"
    assert ("cashout", "Send money out") in commands.listed(ENGLISH)
    assert plan.notices("lockbay_bot", b"").keys() >= cashout.NOTICES.keys()
