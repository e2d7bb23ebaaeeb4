"""The state of the house as the staff sees it, the books, and who does not see them; on the real database, killed
and replayed at every answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.actors.inbox import BuryUpdate, Inbox, PutUpdates
from lockbay.actors.screen import Link, encode_link
from lockbay.actors.services import Services
from lockbay.actors.session import Session
from lockbay.actors.update import Press, Sender, Update
from lockbay.actors.words import words
from lockbay.areas import admin
from lockbay.areas.admin import books, screens, unapplied_screens
from lockbay.areas.admin.records import (
    AdminBooks,
    AdminDashboard,
    Clearing,
    Difference,
    Ending,
    HeldMoney,
    Payer,
    PayersTrade,
    ProviderAnswer,
    SaveStaff,
    TradeCount,
    UnappliedList,
    UnappliedPayment,
    WaitingPayment,
)
from lockbay.plan import plan
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from tests.actors.house import Replies
from tests.areas.people import ANA, BEN, CLEO, offered, onboarded, set_rates
from tests.areas.sendable import leads_to, sent
from tests.areas.unapplied import PLAN, STAFF
from tests.areas.unapplied import staff as staff
from tests.clock import MovedClock
from tests.talk import Talk

ENGLISH = words("en", "UTC")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_the_staff_sees_the_state_of_the_house(staff: Talk, database: Database) -> None:
    await offered(database, ANA)
    text = sent(await staff.open("admin"))
    assert "People: 3, onboarded: 3" in text
    assert "Open trades: 1 awaiting payment" in text
    assert "Unapplied payments: 1" in text
    assert "Providers say what we have" in text


async def test_the_update_that_asks_is_not_among_those_that_wait(staff: Talk, database: Database) -> None:
    await database.run(PutUpdates(7, "", 12, [11], [STAFF], [b"{}"]))
    assert "update that waits: none" in sent(await staff.open("admin"))
    await database.run(PutUpdates(7, "", 13, [12], [BEN], [b"{}"]))
    assert "update that waits: none" not in sent(await staff.open("admin"))


async def test_an_update_that_failed_for_good_is_seen(staff: Talk, database: Database) -> None:
    assert "failed three times" not in sent(await staff.open("admin"))
    await database.run(BuryUpdate(7, "", 7, 1, b"{}", "ZeroDivisionError: "))
    assert "Updates that failed three times: 1" in sent(await staff.open("admin"))


@pytest.mark.parametrize(
    ("flow", "args"),
    [("admin", ()), ("books", ()), ("unapplied", ()), ("unapplied_payment", ("1",)), ("credit_unapplied", ("1",)),
     ("refund_unapplied", ("1",)), ("attach_unapplied", ("1",))],
)  # fmt: skip
async def test_who_is_not_of_the_staff_gets_the_menu(
    staff: Talk, database: Database, clock: MovedClock, flow: str, args: tuple[str, ...]
) -> None:
    screen = await Talk(PLAN, database, clock, ANA).open(flow, *args)
    assert "wallet" in leads_to(screen)
    for word in ("People", "Unapplied", "40 USDT"):
        assert word not in sent(screen)


async def test_providers_and_books_are_compared(staff: Talk) -> None:
    await staff.open("admin")
    await staff.press("Providers and books (0)")
    assert "✅ blockbee: told 40 USDT, in the books 0 USDT, unapplied 40 USDT" in sent(staff.screen)


def test_what_waits_is_shown_with_its_age() -> None:
    view = AdminDashboard(2, 1, (), (), 0, 0, (), 0, NOW - timedelta(minutes=5), None)
    text = sent(screens.dashboard(ENGLISH, view, NOW))
    assert "update that waits: 5 minutes ago" in text
    assert "notice that waits: none" in text
    assert "Unapplied payments: none" in text
    assert "Held: nothing" in text


def test_the_fullest_dashboard_fits_a_message() -> None:
    states = ("awaiting_payment", "underpaid", "paid", "accepted", "delivered")
    view = AdminDashboard(
        10**6, 10**6, tuple(TradeCount(state, 10**6) for state in states),
        tuple(HeldMoney(code, Decimal(10**14)) for code in ("BTC", "DOGE", "ETH", "LTC", "NGN", "TRX", "USDT")),
        5000, 5000, (ProviderAnswer("blockbee", NOW, None), ProviderAnswer("fincra", NOW, NOW)), 10**6, NOW, NOW,
    )  # fmt: skip
    text = sent(screens.dashboard(ENGLISH, view, NOW))
    assert "fincra has not answered since" in text
    assert "Providers say other than we have: 5000" in text


def test_the_fullest_pages_fit_a_message() -> None:
    odd, huge = "<b>&" * 1000, Decimal("99999999999999.123456789012345678")
    line = WaitingPayment(2**63 - 1, NOW, "told_differently", huge, odd, 1, odd)
    sent(unapplied_screens.waiting(ENGLISH, UnappliedList((line,) * 8, 2**63 - 1, 10**6)))
    page = UnappliedPayment(
        2**63 - 1, NOW, odd[:30], huge, odd, odd, "blockbee", odd, odd, odd, odd, False, Payer(2**60, odd),
        PayersTrade(1, "T-ABCDEF", "awaiting_payment", True),
        Ending("refunded", NOW, "@cleo", None, None, None, None, "<" * 500),
    )  # fmt: skip
    sent(unapplied_screens.payment(ENGLISH, page))
    sent(unapplied_screens.payment(ENGLISH, evolve(page, ending=None, bookable=True)))
    difference = Difference(1, NOW, "blockbee", "r" * 24, "ETH", huge, huge, 1, odd)
    codes = ("BTC", "DOGE", "ETH", "LTC", "NGN", "TRX", "USDT")
    sums = tuple(Clearing(name, code, huge, huge, huge, huge) for name in ("blockbee", "dynopay") for code in codes)
    assert "⚠️" in sent(books.books(ENGLISH, AdminBooks(sums, (difference,) * 6, 6)))


async def test_what_differs_is_told_with_a_way_to_the_books(database: Database) -> None:
    told = admin.NOTICES["reconciliation"]
    data = {
        "provider": "fincra", "reference": "abc", "currency": "NGN", "network": "BANK", "told": "200", "ours": "0",
        "person": "@ana",
    }  # fmt: skip
    screen = told.draw(ENGLISH, rows.structurer(told.record)(data))
    assert "Told: 200.00 NGN" in sent(screen)
    assert Link("⚖️ Providers and books", "books") in screen.rows[0]


async def test_the_state_of_the_house_is_that_of_now_at_each_look(database: Database, clock: MovedClock) -> None:
    """Nobody tells the staff of each trade, so what they saw was shown again for three minutes, on Refresh too."""
    await set_rates(database)
    await onboarded(database, CLEO, "Cleo", "cleo")
    await database.run(SaveStaff([CLEO]))
    services = Services(plan("lockbay_bot"), database, Inbox(database, 7), Replies(), clock, lambda raw: None)
    session = Session(CLEO, services)

    async def look(update_id: int) -> str:
        press = Press("c", encode_link("admin", ()), 1)
        turn, _ = await session.take(Update(update_id, Sender(CLEO, "Cleo", "cleo"), CLEO, press, b"{}"))
        return sent(turn.shown[-1][0])

    assert "Open trades: none" in await look(1)
    await offered(database, await onboarded(database, ANA, "Ana", "ana"))
    assert "People: 2" in await look(2)
    assert "Open trades: none" not in await look(3)
