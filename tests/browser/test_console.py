"""The web console in a real browser: in by the link from the chat, looked at in light and dark, wide and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import PATIENCE, Desk
from tests.browser.seat import Seat
from tests.browser.test_trade import OLU, PHONE, WIDE

PAGES = ("", "/trades", "/users", "/disputes", "/payouts", "/unapplied", "/books", "/ledger", "/audit", "/letters",
         "/health", "/log", "/users/1003", "/tickets", "/corrections", "/terms", "/maintenance", "/team")  # fmt: skip

HALF: ViewportSize = {"width": 780, "height": 900}
# Badges that end outside of the cell or card that they stand in.
HANGING = """[...document.querySelectorAll('td .badge, dd .badge, h1 .badge')].filter(each =>
    each.getBoundingClientRect().right > each.closest('td, dd, h1').getBoundingClientRect().right + 1)
    .map(each => each.textContent)"""


@pytest.mark.browser
def test_the_staff_comes_in_looks_around_proves_the_books_and_leaves(desk: Desk) -> None:
    desk.house.start()
    chats = desk.browser.new_context(viewport=WIDE).new_page()
    chats.set_default_timeout(PATIENCE)
    chats.goto(desk.house.url)
    olu = Seat(chats, OLU)
    olu.meets()
    olu.presses("Skip")
    olu.presses("Accept")
    olu.sees("Hello, Olu")
    olu.says("/admin")
    olu.presses("Web console")
    olu.sees("Web console")
    console = _enters(desk, chats, olu)
    site = console.url.removesuffix("/admin")
    _looks_around(desk, console, site)
    _is_renewed(console, site)
    _proves_the_books(desk, console, site)
    _fits_a_window_beside_others(desk, console, site)
    _fits_a_phone(desk, console, site)
    console.get_by_role("button", name="Log out").click()
    expect(console.get_by_role("heading", name="You are signed out")).to_be_visible()
    desk.album.keep("console-signed-out", console)
    assert desk.problems == [], "errors in the pages' scripts, or what the policy forbids"
    answer = console.goto(f"{site}/admin")  # an error to browsers, so it comes last
    assert answer is not None
    assert answer.status == 401


def _enters(desk: Desk, chats: Page, olu: Seat) -> Page:
    chats.on("dialog", lambda dialog: dialog.accept())
    with chats.context.expect_page() as opened:
        olu.presses("Open the console")
    console = opened.value
    console.on("pageerror", lambda error: desk.problems.append(str(error)))
    console.get_by_role("heading", name="LockBay’s console").wait_for()
    desk.album.keep("console-enter", console)
    link = console.url
    console.get_by_role("button", name="Come in").click()
    console.get_by_role("heading", name="Dashboard").wait_for()
    used = console.context.new_page()
    used.goto(link)
    used.get_by_role("button", name="Come in").click()
    expect(used.get_by_role("heading", name="This link is over")).to_be_visible()
    used.close()
    # Only from here on: the page of a link that is over answers 410, which browsers write down as an error.
    console.on("console", lambda said: desk.problems.append(said.text) if said.type == "error" else None)
    return console


def _looks_around(desk: Desk, console: Page, site: str) -> None:
    for path in PAGES:
        answer = console.goto(f"{site}/admin{path}")
        assert answer is not None
        assert answer.status == 200, path
        desk.album.keep(f"console{path.replace('/', '-')}", console)
    console.emulate_media(color_scheme="dark")
    console.goto(f"{site}/admin")
    desk.album.keep("console-dark", console)
    console.emulate_media(color_scheme="light")


def _is_renewed(console: Page, site: str) -> None:
    """By the page itself, within its five seconds."""
    with console.expect_response(f"{site}/admin/live") as renewed:
        console.goto(f"{site}/admin")
    assert renewed.value.status == 200
    expect(console.locator("[data-live] svg")).to_have_count(8)


def _proves_the_books(desk: Desk, console: Page, site: str) -> None:
    console.goto(f"{site}/admin/audit")
    console.get_by_role("button", name="Prove the books now").click()
    for _ in range(20):
        if console.get_by_text("The books are right.").count():
            break
        console.goto(f"{site}/admin/audit")
    expect(console.get_by_text("The books are right.")).to_be_visible()
    desk.album.keep("console-audit-done", console)


def _fits_a_window_beside_others(desk: Desk, console: Page, site: str) -> None:
    """Half of a screen: all pages can be reached, and nothing hangs out of its place."""
    console.set_viewport_size(HALF)
    console.goto(f"{site}/admin")
    console.get_by_label("Show the pages").check()
    for label in (console.get_by_role("link", name="Dashboard"), console.get_by_role("link", name="Log", exact=True)):
        expect(label).to_be_in_viewport(ratio=1)
    desk.album.keep("console-pages-shown", console)
    for path in PAGES:
        console.goto(f"{site}/admin{path}")
        assert console.evaluate(HANGING) == [], path


def _fits_a_phone(desk: Desk, console: Page, site: str) -> None:
    console.set_viewport_size(PHONE)
    for path in PAGES:
        console.goto(f"{site}/admin{path}")
        assert console.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} hangs out on the right"
        desk.album.keep(f"console-phone{path.replace('/', '-')}", console)
