"""The chat page in a real browser: what people see and press. Skipped, with a line that says so, without Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import trio
from playwright.sync_api import Page, expect, sync_playwright

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Person, Town
from tests.sandbox.conftest import Bot, Hand, keyboard
from tests.sandbox.service import Service

CHROMIUM = Path("/usr/bin/chromium")
T = TypeVar("T")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no /usr/bin/chromium: the chat page was not tried in a browser"),
]


@pytest.fixture(autouse=True)
def _own_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where trio_asyncio is loaded (by other tests), asyncio's new loops are its own; Playwright needs a plain one."""
    monkeypatch.setattr(asyncio, "new_event_loop", asyncio.SelectorEventLoop)


@contextmanager
def opened(url: str, width: int) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 800})
        context.set_default_timeout(8000)
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(url)
        page.wait_for_selector("body[data-ready]")
        try:
            yield page
        finally:
            browser.close()
        assert problems == []


async def in_browser(url: str, work: Callable[[Page], T], width: int = 1300) -> T:
    """Playwright's own loop lives in a thread; the sandbox goes on here."""

    def run() -> T:
        with opened(url, width) as page:
            return work(page)

    return await trio.to_thread.run_sync(run)


async def test_a_newcomer_starts_reads_presses_and_gets_the_answer(
    sandbox: Sandbox, bot: Bot, town: Town, nursery: trio.Nursery
) -> None:
    async def serve() -> None:
        """A bot that greets, and answers a press with an alert and an edit."""
        offset = 0
        while True:
            for update in await bot.updates(offset=offset, timeout=20):
                offset = int(str(update["update_id"])) + 1
                if "message" in update:
                    rows = keyboard([{"text": "Wallet", "callback_data": "w", "style": "primary"}])
                    await bot.send(1001, "<b>Hi</b> &lt;img src=x&gt;", parse_mode="HTML", reply_markup=rows)
                else:
                    query = update["callback_query"]
                    assert isinstance(query, dict)
                    answer = {"callback_query_id": query["id"], "text": "Empty yet", "show_alert": True}
                    await bot.call("answerCallbackQuery", **answer)
                    place = {"chat_id": 1001, "message_id": query["message"]["message_id"]}
                    await bot.call("editMessageText", **place, text="Your wallet")

    nursery.start_soon(serve)

    def play(page: Page) -> None:
        column = page.locator("[data-person='1001']")
        column.get_by_role("button", name="START").click()
        greeting = column.locator("[data-message-id]").nth(1)
        expect(greeting.locator("b")).to_have_text("Hi")
        expect(greeting).to_contain_text("<img src=x>")
        column.get_by_role("button", name="Wallet").click()
        expect(column.locator("[data-role=alert]")).to_contain_text("Empty yet")
        column.get_by_role("button", name="OK").click()
        expect(greeting).to_contain_text("Your wallet")
        expect(greeting.locator(".keyboard button")).to_have_count(0)

    await in_browser(sandbox.url, play)
    nursery.cancel_scope.cancel()


async def test_people_type_edit_and_follow_links_in_each_others_place(sandbox: Sandbox, bot: Bot, ada: Person) -> None:
    await bot.call("setMyCommands", commands=[{"command": "menu", "description": "Everything"}])
    link = f"https://t.me/{sandbox.bot_username}?start=t_abc"
    await bot.send(1001, f"Invite: {link}")

    def play(page: Page) -> None:
        column = page.locator("[data-person='1001']")
        column.locator("[data-role=composer]").fill("one")
        column.locator("[data-role=send]").click()
        own = column.locator(".message.own").last
        expect(own).to_contain_text("one")
        own.hover()
        own.get_by_role("button", name="Edit").click()
        column.locator("[data-role=composer]").fill("two")
        column.locator("[data-role=composer]").press("Enter")
        expect(own).to_contain_text("two")
        own.hover()
        own.get_by_role("button", name="Quote").click()
        expect(column.locator(".editing")).to_contain_text("Reply to: two")
        column.locator("[data-role=composer]").fill("three")
        column.locator("[data-role=composer]").press("Enter")
        expect(column.locator(".message.own").last.locator(".replied")).to_contain_text("two")
        column.get_by_role("button", name="Menu").click()
        column.get_by_role("button", name="/menu").click()
        expect(column.locator(".message.own").last).to_contain_text("/menu")
        column.get_by_role("link", name=link).click()
        column.get_by_role("button", name="Sam").click()
        expect(page.locator("[data-person='1002'] .message.own")).to_contain_text("/start t_abc")

    await in_browser(sandbox.url, play)
    assert [message.text for message in await ada.messages()][2:] == ["two", "three", "/menu"]


async def test_on_a_phone_one_person_is_shown_and_tabs_change_who(sandbox: Sandbox) -> None:
    def play(page: Page) -> None:
        expect(page.locator("[data-person='1001']")).to_be_visible()
        expect(page.locator("[data-person='1002']")).to_be_hidden()
        page.get_by_role("tab", name="Sam").click()
        expect(page.locator("[data-person='1002']")).to_be_visible()
        expect(page.locator("[data-person='1001']")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await in_browser(sandbox.url, play, width=390)


async def test_a_deposit_is_paid_on_the_page_of_payments(sandbox: Sandbox, bot: Bot) -> None:
    params = {"callback": "http://127.0.0.1:9/hook?user=1001", "apikey": sandbox.blockbee_api_key}
    made = (await bot.client.get(f"{sandbox.blockbee_url}/trc20/usdt/create/", params=params)).json()

    def play(page: Page) -> None:
        card = page.locator(f"[data-to='{made['address_in']}']")
        expect(card).to_contain_text("USDT on TRC20 · Ada")
        card.get_by_label("Amount").fill("12.5")
        card.get_by_role("button", name="Pay", exact=True).click()
        expect(card.locator(".paid")).to_contain_text("12.5 USDT")

    await in_browser(f"{sandbox.url}/pay", play)


async def test_a_checkout_is_paid_on_its_own_page_and_told_again_on_the_page_of_payments(
    sandbox: Sandbox, town: Town, service: Service
) -> None:
    await town.merchant("fincra", f"{service.url}/hook")
    keys = {"api-key": sandbox.fincra_secret_key, "x-pub-key": sandbox.fincra_public_key}
    customer = {"name": "<b>Adé</b>", "email": "ade@example.com"}
    body = {"amount": 15000.5, "currency": "NGN", "reference": "r-1", "customer": customer}
    made = await town.client.post(f"{sandbox.fincra_url}/checkout/payments", json=body, headers=keys)
    link = str(made.json()["data"]["link"])

    def pay(page: Page) -> None:
        expect(page.locator("main")).to_contain_text("₦15,000.50")
        expect(page.locator("main")).to_contain_text("<b>Adé</b>")
        page.get_by_role("button", name="10 % short").click()
        expect(page.locator(".banner")).to_contain_text("₦13,500.45 of it has arrived")
        page.get_by_label("Amount").fill("1500.05")
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.locator(".banner")).to_contain_text("Paid")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await in_browser(link, pay, width=390)

    def look(page: Page) -> None:
        card = page.locator("[data-to='r-1']")
        expect(card.locator(".told.good")).to_have_count(2)
        card.get_by_role("button", name="Tell again").first.click()
        expect(card.locator(".told.good")).to_have_count(3)
        card.get_by_text("Other ways to pay").click()
        card.get_by_role("button", name="Never told").click()
        expect(card).to_contain_text("nobody was told")
        expect(card.get_by_role("button", name="Tell now")).to_be_visible()

    await in_browser(f"{sandbox.url}/pay", look)
    assert len(await service.all(3)) == 3


async def test_providers_are_broken_and_mended_on_the_page_of_payments(sandbox: Sandbox, town: Town) -> None:
    def play(page: Page) -> None:
        page.get_by_label("Next call to DynoPay").select_option("answers 500")
        expect(page.locator("[data-name=dynopay]")).to_contain_text("its next call answers 500")
        page.get_by_label("Next call to Fincra").select_option("never answers")
        page.locator("[data-name=fincra]").get_by_role("button", name="Mend").click()
        expect(page.get_by_label("Next call to Fincra")).to_be_visible()

    await in_browser(f"{sandbox.url}/pay", play)
    (fault,) = (await town.client.get("/api/faults")).json()
    assert (fault["provider"], fault["kind"], fault["times"]) == ("dynopay", "server_error", "1")


async def test_payouts_are_ended_and_the_next_ones_are_chosen_on_their_page(
    sandbox: Sandbox, town: Town, service: Service, hand: Hand
) -> None:
    await town.merchant("fincra", f"{service.url}/hook")
    to = {"firstName": "Ade", "accountHolderName": "ADE OLA", "accountNumber": "0123456789", "bankCode": "058"}
    body = {
        "business": sandbox.fincra_business_id,
        "sourceCurrency": "NGN",
        "destinationCurrency": "NGN",
        "amount": "1500.50",
        "description": "Cash-out",
        "paymentDestination": "bank_account",
        "customerReference": "co-1",
        "beneficiary": {**to, "country": "NG", "type": "individual"},
    }
    headers, url = {"api-key": sandbox.fincra_secret_key}, f"{sandbox.fincra_url}/disbursements/payouts"
    await town.payouts.next("hold")
    await town.client.post(url, json=body, headers=headers)

    def play(page: Page) -> None:
        payout = page.locator("[data-reference='co-1']")
        expect(payout).to_contain_text("1,500.50 NGN · ADE OLA · Guaranty Trust Bank")
        expect(payout).to_contain_text("on its way, until you say")
        payout.get_by_role("button", name="Done").click()
        expect(payout).to_contain_text("✓ arrived")
        expect(payout.locator(".told.good").last).to_contain_text("told")
        payout.get_by_role("button", name="Send back").click()
        expect(payout).to_contain_text("Sent back by the bank")
        payout.get_by_role("button", name="Tell again").click()
        expect(payout.locator(".told.good")).to_have_count(3)
        fincra = page.locator("[data-name=fincra]")
        fincra.get_by_role("combobox").select_option("no_funds")
        expect(fincra).to_contain_text("its next payout: has no funds")
        page.get_by_role("combobox", name="Prices of Kraken").select_option("away")
        page.locator("summary").click()
        page.get_by_role("combobox", name="Method").select_option("Bitcoin")
        page.get_by_placeholder("Address").fill("nowhere")
        page.get_by_role("button", name="Register").click()
        expect(page.locator(".problem")).to_contain_text("is no address for Bitcoin")
        page.get_by_placeholder("Address").fill("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
        page.get_by_placeholder("Name").press("Enter")
        expect(page.locator("#keys")).to_contain_text("may send to: 1")

    await in_browser(f"{sandbox.url}/payouts", play)
    short = await town.client.post(url, json={**body, "customerReference": "co-2"}, headers=headers)
    assert short.json()["errorType"] == "NO_ENOUGH_MONEY_IN_WALLET"
    assert (await town.client.get("/api/rates/sources")).json()["kraken"]["off"] is True
