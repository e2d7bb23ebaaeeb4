"""A whole trade, played by three people side by side in a real browser, by clicking and typing alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import PATIENCE, Desk
from tests.browser.seat import Seat

ADA, SAM, OLU = 1001, 1002, 1003
EMAIL = "sam@example.com"
THING = "A used bicycle (< 15 kg) & a lock, collected in Lagos"
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.mark.browser
def test_a_trade_is_played_by_clicking_and_survives_a_restart(desk: Desk) -> None:
    assert desk.house.url in desk.house.start()
    chats = _opened(desk, desk.browser.new_context(viewport=WIDE))
    ada, sam, olu = Seat(chats, ADA), Seat(chats, SAM), Seat(chats, OLU)
    desk.album.keep("nobody-has-met-the-bot", chats)
    _joins_without_mail(desk, ada)
    _joins_with_mail(desk, sam)
    _deposits(desk, ada)
    _creates(desk, ada)
    _pays(desk, ada, sam)
    _completes(desk, ada, sam)
    _sees_the_house(desk, olu)
    _passes_audit(desk)
    _goes_on_after_a_restart(desk, chats)
    _fits_a_phone(desk)
    assert desk.problems == [], "errors in the pages' scripts"


def _opened(desk: Desk, window: BrowserContext) -> Page:
    """The chat page, ready to be used."""
    page = window.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: desk.problems.append(str(error)))
    page.goto(desk.house.url)
    page.locator("body[data-ready=true]").wait_for()
    return page


def _beside(desk: Desk, page: Page, link: str) -> Page:
    """Another tab of the same window, opened by the link in the page's head."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=link).click(modifiers=["Control"])
    tab = opened.value
    tab.on("pageerror", lambda error: desk.problems.append(str(error)))
    tab.set_default_timeout(PATIENCE)
    tab.locator("body[data-ready=true]").wait_for()
    return tab


def _joins_without_mail(desk: Desk, ada: Seat) -> None:
    ada.meets()
    ada.sees("Welcome to LockBay, Ada")
    desk.album.keep("greeting", ada.root)
    ada.presses("Skip")
    ada.sees("The terms")
    desk.album.keep("terms", ada.root)
    ada.presses("Accept")
    ada.sees("Your wallet is empty")
    desk.album.keep("menu-of-a-newcomer", ada.root)


def _joins_with_mail(desk: Desk, sam: Seat) -> None:
    sam.meets()
    sam.sees("What is your e-mail?")
    sam.says("sam at example")
    sam.sees("⚠️")
    desk.album.keep("no-such-mail", sam.root)
    sam.says(EMAIL)
    sam.sees("Check your mail")
    desk.album.keep("code-asked", sam.root)
    mails = _beside(desk, sam.page, "Mail")
    letter = mails.locator("article", has_text=EMAIL)
    expect(letter).to_contain_text("is your LockBay code")
    desk.album.keep("mail", mails)
    code = re.search(r"\b\d{6}\b", letter.inner_text())
    assert code is not None
    mails.close()
    sam.says(f"{(int(code[0]) + 1) % 1_000_000:06}")
    sam.sees("Tries left: 4")
    desk.album.keep("wrong-code", sam.root)
    sam.says(code[0])
    sam.sees(f"{EMAIL} is yours")
    sam.presses("Accept")
    sam.sees("Hello, Sam")


def _deposits(desk: Desk, ada: Seat) -> None:
    ada.presses("Deposit")
    ada.sees("What do you want to pay in")
    ada.presses("USDT")
    ada.sees("Which network")
    ada.presses("TRC20")
    address = ada.sees("Arrives after").locator("code").inner_text()
    expect(ada.newest.locator("img")).to_be_visible()
    desk.album.keep("deposit-address", ada.root)
    ada.presses("Copy address")
    ada.is_told("Copied")
    payments = _beside(desk, ada.page, "Payments")
    card = payments.locator(f'[data-address="{address}"]')
    card.get_by_label("Amount").fill("250.5")
    card.get_by_role("button", name="Pay", exact=True).click()
    expect(card).to_contain_text("the service said *ok*")
    desk.album.keep("payments", payments)
    payments.close()
    ada.sees("Deposit credited: 250.5 USDT")
    desk.album.keep("credited", ada.root)


def _creates(desk: Desk, ada: Seat) -> None:
    ada.presses("Menu")
    ada.sees("Hello, Ada")
    desk.album.show("menu", ada.newest)
    ada.presses("New trade")
    ada.sees("who is the seller")
    desk.album.keep("ask-seller", ada.root)
    ada.says("@sam")
    ada.sees("which currency")
    desk.album.keep("ask-currency", ada.root)
    ada.presses("USDT")
    ada.sees("how much")
    ada.says("1,5")
    ada.sees("not sure which amount")
    desk.album.keep("unclear-amount", ada.root)
    ada.says("120")
    ada.sees("what do you buy")
    ada.says(THING)
    ada.sees("how long may the delivery take")
    desk.album.keep("ask-delivery", ada.root)
    ada.presses("48 hours")
    ada.sees("who pays the fee")
    desk.album.keep("ask-fee", ada.root)
    ada.presses("Half each")
    ada.sees("Your new trade")
    ada.presses("Amount")
    ada.sees("how much")
    ada.says("100")
    ada.sees("102.5 USDT")
    expect(ada.newest).to_contain_text(THING)
    desk.album.show("review", ada.newest)
    ada.presses("Confirm")
    ada.sees("Your trade is created")
    desk.album.keep("created", ada.root)


def _pays(desk: Desk, ada: Seat, sam: Seat) -> None:
    sam.sees("@ada invites you to a trade")
    desk.album.keep("invited", sam.root)
    ada.presses("Pay now")
    ada.sees("How do you want to pay")
    desk.album.keep("ways-to-pay", ada.root)
    ada.presses("From your wallet")
    ada.sees("Left then")
    desk.album.keep("ask-payment", ada.root)
    ada.presses("Confirm")
    ada.sees("Paid")
    desk.album.keep("paid", ada.root)


def _completes(desk: Desk, ada: Seat, sam: Seat) -> None:
    sam.sees("is paid: your turn")
    desk.album.keep("sellers-turn", sam.root)
    sam.presses("Accept")
    sam.sees("The money is held already")
    sam.presses("Confirm")
    sam.sees("Accepted")
    ada.sees("is accepted")
    desk.album.keep("accepted", sam.page)
    sam.presses("Mark delivered")
    sam.presses("Confirm")
    sam.sees("Marked as delivered")
    ada.sees("is delivered: your turn")
    desk.album.keep("delivered", sam.page)
    ada.presses("Release")
    ada.sees("This cannot be undone")
    desk.album.keep("ask-release", ada.root)
    ada.presses("Confirm")
    ada.sees("Released")
    sam.sees("97.5 USDT is in your wallet now")
    desk.album.show("completed", ada.root, sam.root)
    _owns(ada, "148 USDT")
    _owns(sam, "97.5 USDT")
    desk.album.keep("wallets", ada.page)


def _owns(person: Seat, amount: str) -> None:
    person.chooses("wallet")
    expect(person.sees("Total:").locator("pre")).to_contain_text(re.compile(rf"available\s+{re.escape(amount)}"))


def _sees_the_house(desk: Desk, olu: Seat) -> None:
    olu.meets()
    olu.presses("Skip")
    olu.presses("Accept")
    olu.sees("Hello, Olu")
    olu.says("/admin")
    olu.sees("onboarded: 3")
    olu.sees("Oldest update that waits: none")
    desk.album.keep("admin", olu.root)


def _passes_audit(desk: Desk) -> None:
    """While the service runs."""
    report = desk.house.audit()
    assert report.returncode == 0, report.stdout + report.stderr


def _goes_on_after_a_restart(desk: Desk, chats: Page) -> None:
    ada = Seat(chats, ADA)
    assert desk.house.stop() == 0
    expect(chats.get_by_text("The sandbox does not answer")).to_be_visible()
    desk.album.keep("stopped", chats)
    ada.begins_to_say("as I was saying")
    desk.house.start()
    expect(chats.get_by_text("The sandbox does not answer")).to_be_hidden()
    ada.is_saying("as I was saying")
    ada.sees("148 USDT")
    ada.chooses("trades")
    ada.sees("completed")
    desk.album.keep("my-trades", ada.root)
    chats.emulate_media(color_scheme="dark")
    desk.album.keep("dark", chats)


def _fits_a_phone(desk: Desk) -> None:
    phone = desk.browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)
    page = _opened(desk, phone)
    ada, sam = Seat(page, ADA), Seat(page, SAM)
    ada.is_offered("New trade").tap()
    ada.sees("who is the seller")
    desk.album.keep("phone-recent-sellers", page)
    expect(sam.root).to_be_hidden()
    page.get_by_role("tab", name="Sam").tap()
    sam.sees("97.5 USDT")
    sam.is_offered("History").tap()
    sam.sees("History")
    desk.album.keep("phone-history", page)
    sam.chooses("help")
    sam.sees("LockBay holds the money")
    desk.album.keep("phone-help", page)
    for path in ("/pay", "/mail"):
        page.goto(f"{desk.house.url}{path}")
        page.locator("body[data-ready=true]").wait_for()
        desk.album.keep(f"phone{path.replace('/', '-')}", page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing hangs out on the right"
