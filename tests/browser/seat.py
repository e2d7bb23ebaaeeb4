"""A person at the chat page: sees, presses and types as somebody with a mouse and a keyboard does."""

from __future__ import annotations

import re

from attrs import frozen
from playwright.sync_api import Locator, Page, expect


@frozen
class Seat:
    """One column of the chat page. Every wait is bounded by Playwright's timeout."""

    page: Page
    number: int

    @property
    def root(self) -> Locator:
        return self.page.locator(f'[data-person="{self.number}"]')

    @property
    def newest(self) -> Locator:
        """The newest message of the bot, with its buttons."""
        return self.root.locator(".message:not(.own)").last

    def meets(self) -> None:
        self.root.get_by_role("button", name="START").click()

    def sees(self, text: str) -> Locator:
        """Waits until the newest message says it."""
        expect(self.newest).to_contain_text(text)
        return self.newest

    def is_offered(self, label: str) -> Locator:
        """Waits until the newest message has the button."""
        button = self._button(label)
        expect(button).to_be_visible()
        return button

    def presses(self, label: str) -> None:
        self._button(label).click()

    def says(self, text: str) -> None:
        self.begins_to_say(text)
        self._composer.press("Enter")

    def begins_to_say(self, text: str) -> None:
        self._composer.fill(text)

    def is_saying(self, text: str) -> None:
        expect(self._composer).to_have_value(text)

    def replies(self, text: str, said: str) -> None:
        """To the newest message of the bot with that text in it."""
        message = self.root.locator(".message:not(.own)").filter(has_text=text).last
        message.hover()
        message.locator("[data-role=reply]").click()
        self.says(said)

    def chooses(self, command: str) -> None:
        """From the list behind the button Menu beside the composer."""
        self.root.locator("[data-role=commands]").click()
        self.root.locator(".pop").get_by_text(f"/{command}", exact=True).click()

    def is_told(self, text: str) -> None:
        expect(self.root.locator("[data-role=toast]")).to_contain_text(text)

    @property
    def _composer(self) -> Locator:
        return self.root.locator("[data-role=composer]")

    def _button(self, label: str) -> Locator:
        """Labels begin with a sign, and some go on: 🗂 My trades (2)."""
        return self.newest.get_by_role("button", name=re.compile(rf"\b{re.escape(label)}\b")).first
