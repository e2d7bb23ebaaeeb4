"""History: every movement, newest first, page by page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import pytest

from lockbay.actors.plan import Plan
from lockbay.actors.words import words
from lockbay.areas import history
from lockbay.areas.history import screens
from lockbay.areas.history.records import History, Movement
from lockbay.areas.trades.records import PayTrade
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.sandbox.html import parse_html
from tests.areas.people import ANA, fresh_key, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

PLAN = Plan(history.FLOWS, history.COMMANDS, "history", lambda person, flow: None)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Kind = Literal["deposit", "pay", "release", "refund", "opening"]


def moved(kind: Kind, amount: str, *, credit: bool = False, trade: bool = False) -> Movement:
    return Movement(
        1, NOW, kind, "credit" if credit else "available", "USDT", Decimal(amount), Decimal(0),
        17 if trade else None, "T-7K3Q9" if trade else None, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("movement", "shown"),
    [
        (moved("deposit", "1250.5"), "+1,250.5 USDT\nDeposit · 22 Nov, 13:00"),
        (moved("pay", "-105", trade=True), "−105 USDT\nPaid for T-7K3Q9 · 22 Nov, 13:00"),
        (moved("pay", "45", trade=True), "+45 USDT\nMore than needed for T-7K3Q9 · 22 Nov, 13:00"),
        (moved("deposit", "20", trade=True), "+20 USDT\nCame for T-7K3Q9 after it was paid · 22 Nov, 13:00"),
        (moved("release", "95", trade=True), "+95 USDT\nReleased to you from T-7K3Q9 · 22 Nov, 13:00"),
        (moved("refund", "105", trade=True), "+105 USDT\nRefund of T-7K3Q9 · 22 Nov, 13:00"),
        (moved("opening", "1", credit=True), "+1 USDT\nOpening balance (fee credit) · 22 Nov, 13:00"),
    ],
)
def test_a_movement_is_signed_named_and_in_the_persons_own_time(movement: Movement, shown: str) -> None:
    assert parse_html(str(screens.movement(words("en", "Africa/Lagos"), movement))).text == shown


def test_the_longest_page_fits_a_message() -> None:
    amount = Decimal("-999999999999999." + "9" * 18)
    longest = Movement(1, NOW, "pay", "credit", "ETH", amount, Decimal(0), 1, "T-7K3Q9", "x")
    page = History((longest,) * 10, 2**63 - 1)
    sent(screens.history(words("en", "UTC"), page, is_first=False))


async def test_without_movements_the_history_says_what_will_be_there(database: Database, clock: MovedClock) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    assert "Nothing has moved yet" in sent(await talk.open("history"))
    assert leads_to(talk.screen) == {"wallet", "menu"}


async def test_pages_lead_to_older_ones_and_back_to_the_newest(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA)
    for amount in range(1, 13):
        await fund(database, ANA, str(amount))
        clock.advance(timedelta(minutes=1))
    talk = Talk(PLAN, database, clock, ANA)
    first = sent(await talk.open("history"))
    assert first.index("+12 USDT") < first.index("+3 USDT")
    assert "+2 USDT" not in first
    older = sent(await talk.press("Older"))
    assert "+2 USDT" in older
    assert "+1 USDT" in older
    assert "+3 USDT" not in older
    assert "Older" not in labels(talk.screen)
    assert sent(await talk.press("Newest")) == first


async def test_what_was_paid_for_a_trade_is_named(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "200")
    trade = await offered(database, ANA)
    assert not isinstance(await database.perform(PayTrade(ANA, trade.id, Decimal(105)), fresh_key()), Refused)
    shown = sent(await Talk(PLAN, database, clock, ANA).open("history"))
    assert f"−105 USDT\nPaid for {trade.slug}" in shown


@pytest.mark.parametrize("before", ["-1", "x", "9" * 40, "1e9", "٣", ""])
async def test_a_forged_page_is_refused(database: Database, clock: MovedClock, before: str) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    with pytest.raises(Invalid):
        await talk.open("history", before)
