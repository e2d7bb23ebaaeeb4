"""The way into the web console, in the chat."""

from __future__ import annotations

import pytest

from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen, Url
from lockbay.areas import admin, menu
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.onboarding.gate import gate
from lockbay.postgres.database import Database
from tests.areas.people import ANA, CLEO, onboarded
from tests.areas.sendable import labels
from tests.clock import MovedClock
from tests.talk import Talk

SITE = "https://lockbay.example"


def plan(site: str) -> Plan:
    flows = together(menu.FLOWS, admin.flows(menu.FLOWS["menu"], site, b"a secret of tests"))
    return Plan(flows, admin.COMMANDS, "menu", gate)


@pytest.fixture
async def staff(database: Database, clock: MovedClock) -> Talk:
    await onboarded(database, CLEO, "Cleo", "cleo")
    await database.run(SaveStaff([CLEO]))
    return Talk(plan(SITE), database, clock, CLEO)


def links(screen: Screen) -> list[str]:
    return [button.url for row in screen.rows for button in row if isinstance(button, Url)]


async def test_the_staff_gets_a_link_of_its_own_each_time(staff: Talk) -> None:
    await staff.open("admin")
    first = links(await staff.press("Web console"))
    assert "Back" in " ".join(labels(staff.screen))
    await staff.press("Back")
    second = links(await staff.press("Web console"))
    assert [link.startswith(f"{SITE}/admin/enter/") for link in first + second] == [True, True]
    assert first != second


async def test_nobody_else_gets_one(database: Database, staff: Talk, clock: MovedClock) -> None:
    await onboarded(database, ANA, "Ana", "ana")
    stranger = Talk(plan(SITE), database, clock, ANA)
    shown = await stranger.open("web_console")
    assert links(shown) == []
    assert "Web console" not in shown.text


async def test_without_an_address_there_is_no_link_but_a_sentence(
    database: Database, staff: Talk, clock: MovedClock
) -> None:
    shown = await Talk(plan(""), database, clock, CLEO).open("web_console")
    assert links(shown) == []
    assert "LOCKBAY_PUBLIC_URL" in shown.text
