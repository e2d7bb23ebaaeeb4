"""The admins' dashboard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.inbox import BuryUpdate, PutUpdates
from lockbay.actors.journal import Journal
from lockbay.actors.person import Person
from lockbay.actors.screen import Screen
from lockbay.actors.turn import Turn
from lockbay.actors.words import words
from lockbay.areas import admin
from lockbay.areas.admin import screens
from lockbay.areas.admin.records import AdminDashboard, HeldMoney, TradeCount, UnappliedPayment
from lockbay.areas.deposits.records import CreditDeposit
from lockbay.areas.menu.conversations import menu
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, offered, onboarded, set_rates
from tests.areas.sendable import leads_to, sent

ENGLISH = words("en", "UTC")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def shown(database: Database, *, is_admin: bool) -> Screen:
    chat = Chat(Person(ANA, "Ana", onboarded=True, is_admin=is_admin), database.clock.now())
    turn = Turn(ANA, database, {}, Context(), database.clock.now())
    await Conversation(admin.flows(menu)["admin"], chat, Journal(1, "admin")).begin(turn)
    [(screen, _)] = turn.shown
    return screen


async def test_an_admin_sees_the_state_of_the_house(database: Database) -> None:
    await set_rates(database)
    await onboarded(database, ANA)
    await offered(database, ANA)
    lost = CreditDeposit("blockbee", "e1", False, "USDT", "TRC20", "nowhere", None, Decimal("12.5"), "tx<1>", b"{}", "")
    assert not isinstance(await database.perform(lost, lost.request_key), Refused)
    text = sent(await shown(database, is_admin=True))
    assert "People: 1, onboarded: 1" in text
    assert "Open trades: 1 awaiting payment" in text
    assert "Unapplied payments: 1" in text
    assert "12.5 USDT over TRC20" in text
    assert "unknown address, blockbee" in text
    assert "tx<1>" in text


async def test_the_update_that_asks_is_not_among_those_that_wait(database: Database) -> None:
    await onboarded(database, ANA)
    await database.run(PutUpdates(7, 12, [11], [ANA], [b"{}"]))
    assert "update that waits: none" in sent(await shown(database, is_admin=True))
    await database.run(PutUpdates(7, 13, [12], [BEN], [b"{}"]))
    assert "update that waits: none" not in sent(await shown(database, is_admin=True))


async def test_an_update_that_failed_for_good_is_seen_by_admins(database: Database) -> None:
    await onboarded(database, ANA)
    assert "failed three times" not in sent(await shown(database, is_admin=True))
    await database.run(BuryUpdate(7, 1, b"{}", "ZeroDivisionError: "))
    assert "Updates that failed three times: 1" in sent(await shown(database, is_admin=True))


async def test_who_is_no_admin_gets_the_menu(database: Database) -> None:
    await onboarded(database, ANA)
    screen = await shown(database, is_admin=False)
    assert "wallet" in leads_to(screen)
    assert "People" not in sent(screen)


def test_what_waits_is_shown_with_its_age() -> None:
    view = AdminDashboard(2, 1, (), (), (), 0, 0, NOW - timedelta(minutes=5), None)
    text = sent(screens.dashboard(ENGLISH, view, NOW))
    assert "update that waits: 5 minutes ago" in text
    assert "notice that waits: none" in text
    assert "Unapplied payments: none" in text
    assert "Held: nothing" in text


def test_the_fullest_dashboard_fits_a_message() -> None:
    odd = UnappliedPayment(
        2**63 - 1, NOW, "unknown_address", "blockbee", "<b>" * 99, "&" * 99, "a" * 4000, Decimal("NaN"), "<" * 4000
    )
    states = ("awaiting_payment", "paid", "accepted", "delivered")
    view = AdminDashboard(
        10**6, 10**6, tuple(TradeCount(state, 10**6) for state in states),
        tuple(HeldMoney(code, Decimal(10**14)) for code in ("BTC", "DOGE", "ETH", "LTC", "NGN", "TRX", "USDT")),
        (odd,) * 20, 5000, 10**6, NOW, NOW,
    )  # fmt: skip
    assert "… and 4,992 more" in sent(screens.dashboard(ENGLISH, view, NOW))
