"""What people do while chaos is made: trades, cash-outs, exchanges and payments, from the first press to the last.

Each deed is counted by whoever confirms it: there must be exactly one row of it in the end. Every screen is waited for,
so an update that was lost is somebody who waits in vain.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, Literal, TypeAlias

import httpx
import trio
from attrs import define, field, frozen

from lockbay.sandbox.person import Person, Seen, Town

WITHIN: Final = 30.0  # s for a screen, a restart of all that there is included
ASKED_AFTER: Final = 300.0  # s; of a payin that no webhook told of, the provider is asked (sql/deposits/request.sql)
ASKED_WITHIN: Final = 75.0  # s for that: it is looked twice a minute, and a question may take 15 s
TOLD_WITHIN: Final = ASKED_AFTER + ASKED_WITHIN + WITHIN  # for what a provider tells: one gives up after three tries
CONFIRM: Final = "Confirm"
ADDRESS: Final = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
ACCOUNT: Final = "0123456789"
STORY: Final = "It is not what we had agreed on, and nobody answers me."
_SLUG: Final = re.compile(r"T-[0-9A-Z]+")
Course: TypeAlias = Literal["released", "early", "cancelled", "declined", "disputed", "by_coin"]
COURSES: Final[dict[Course, int]] = {
    "released": 42, "early": 8, "cancelled": 12, "declined": 12, "disputed": 12, "by_coin": 14,
}  # fmt: skip
WAYS: Final = ("exact", "exact", "again", "twice", "pending")  # how payments are told


@define
class Tally:
    """What was confirmed. `trades`: the state that each was left in; `payments`: by the provider's name of each."""

    trades: dict[str, str] = field(factory=dict)
    bought: Counter[int] = field(factory=Counter)
    cashed: Counter[int] = field(factory=Counter)
    exchanged: Counter[int] = field(factory=Counter)
    payments: list[str] = field(factory=list)

    @property
    def deeds(self) -> int:
        return self.bought.total() + self.cashed.total() + self.exchanged.total() + len(self.payments)


async def press(person: Person, on: Seen, label: str, within: float) -> None:
    """The button of that very message; where it is gone, as on a screen that came twice, the newest like it."""
    path = f"/api/people/{person.id}/press"
    response = await person.client.post(path, json={"label": label, "message_id": on.id})
    if response.status_code == httpx.codes.NOT_FOUND:
        return await person.press(label, within=within)
    person._acted(response)


async def menu(person: Person, within: float = WITHIN) -> None:
    await person.say("/menu")
    await person.sees("Hello", within=within)


@frozen
class Deeds:
    """What can be done, each from its beginning to its end. Raises NotSeen when a screen does not come `within` so many
    seconds. `confirming` is awaited before each press that confirms something.
    """

    town: Town
    tally: Tally
    within: float = WITHIN
    confirming: Callable[[], Awaitable[object]] = trio.lowlevel.checkpoint

    async def trade(self, buyer: Person, seller: Person, chance: random.Random, course: Course | None = None) -> None:
        """One trade, to the end of its course."""
        course = course or chance.choices(list(COURSES), weights=list(COURSES.values()))[0]
        page, slug = await self._created(buyer, seller, chance)
        self.tally.trades[slug] = "awaiting_payment"
        if course == "cancelled":
            question = await self._go(buyer, page, "Cancel trade", f"Cancel trade {slug}?")
            await self._go(buyer, question, CONFIRM, "Cancelled.")
            self.tally.trades[slug] = "cancelled"
            return
        await (self._pay_by_coin(buyer, page) if course == "by_coin" else self._pay(buyer, page))
        told = await seller.sees(f"Trade {slug} is paid", within=TOLD_WITHIN if course == "by_coin" else self.within)
        if course == "declined":
            question = await self._go(seller, told, "Decline", f"Decline trade {slug}?")
            await self._go(seller, question, CONFIRM, "Declined.")
            self.tally.trades[slug] = "declined"
            return
        question = await self._go(seller, told, "Accept", f"Accept trade {slug}?")
        page = await self._go(seller, question, CONFIRM, "Accepted.")
        told = await buyer.sees(f"Trade {slug} is accepted", within=self.within)
        if course == "early":
            page = await self._go(buyer, told, "Open the trade", f"Trade {slug}: in delivery")
            return await self._release(buyer, seller, page, slug, " already?")
        question = await self._go(seller, page, "Mark delivered", f"Is trade {slug} delivered?")
        await self._go(seller, question, CONFIRM, "Marked as delivered.")
        told = await buyer.sees(f"Trade {slug} is delivered", within=self.within)
        if course == "disputed":
            await self._dispute(buyer, told, slug)
            self.tally.trades[slug] = "disputed"
            return
        await self._release(buyer, seller, told, slug)

    async def _created(self, buyer: Person, seller: Person, chance: random.Random) -> tuple[Seen, str]:
        await self._say(buyer, "/trade", "who is the seller")
        question = await self._say(buyer, f"@user{seller.id}", "which currency")
        await self._go(buyer, question, "USDT", "how much USDT")
        await self._say(buyer, str(chance.randrange(5, 60)), "what do you buy")
        question = await self._say(buyer, f"Bicycle number {chance.randrange(10**6)}", "how long may the delivery take")
        question = await self._go(buyer, question, "24", "who pays the fee")
        review = await self._go(buyer, question, "I pay it", "Your new trade")
        self.tally.bought[buyer.id] += 1
        page = await self._go(buyer, review, CONFIRM, "Your trade is created")
        found = _SLUG.search(page.text)
        assert found, page
        return page, found[0]

    async def _pay(self, buyer: Person, page: Seen) -> None:
        ways = await self._go(buyer, page, "Pay now", "How do you want to pay")
        question = await self._go(buyer, ways, "From your wallet", "Left then")
        await self._go(buyer, question, CONFIRM, "LockBay holds the money now")

    async def _pay_by_coin(self, buyer: Person, page: Seen) -> None:
        ways = await self._go(buyer, page, "Pay now", "How do you want to pay")
        coins = await self._go(buyer, ways, "With a coin", "Which coin do you want to send")
        networks = await self._go(buyer, coins, "USDT", "TRC20")
        where = await self._go(buyer, networks, "TRC20", "Send exactly")
        await self._paid(where.copied("Copy address"), where.copied("Copy amount"), "exact")

    async def _release(self, buyer: Person, seller: Person, on: Seen, slug: str, asked: str = "?") -> None:
        question = await self._go(buyer, on, "Release the money", f"Release the money of trade {slug}{asked}")
        await self._go(buyer, question, CONFIRM, "Released.")
        await seller.sees(f"Trade {slug} is completed", within=self.within)
        self.tally.trades[slug] = "released"

    async def _dispute(self, buyer: Person, told: Seen, slug: str) -> None:
        page = await self._go(buyer, told, "Open the trade", f"Trade {slug}: delivered")
        question = await self._go(buyer, page, "Dispute", "What is wrong?")
        await self._go(buyer, question, "Damaged", "What happened?")
        question = await self._say(buyer, STORY, "What shows it?")
        review = await self._go(buyer, question, "I have none", "cannot be taken back")
        await self._go(buyer, review, CONFIRM, f"Trade {slug} is disputed")

    async def cash_out(self, person: Person, chance: random.Random, code: str | None = None) -> None:
        """One cash-out, to its request: how it goes on is told later."""
        code = code or chance.choice(("USDT", "USDT", "NGN"))
        coins = await self._say(person, "/cashout", "What do you want to cash out?")
        await self._go(person, coins, code, "how much?")
        review = await (self._to_bank(person, chance) if code == "NGN" else self._to_address(person, chance))
        self.tally.cashed[person.id] += 1
        await self._go(person, review, CONFIRM, "You are told here how it goes")

    async def _to_address(self, person: Person, chance: random.Random) -> Seen:
        networks = await self._say(person, str(chance.randrange(6, 40)), "over which network?")
        await self._go(person, networks, "TRC20", "Where to?")
        return await self._say(person, ADDRESS, "Your cash-out")

    async def _to_bank(self, person: Person, chance: random.Random) -> Seen:
        await self._say(person, str(chance.randrange(600, 5000)), "Which bank?")
        banks = await self._say(person, "kuda", "Found for")
        await self._go(person, banks, "Kuda", "Type the account number")
        account = await self._say(person, ACCOUNT, "Is this the account?")
        return await self._go(person, account, "Yes", "Your cash-out")

    async def exchange(self, person: Person, chance: random.Random) -> None:
        """USDT into DOGE, or back."""
        given, got = chance.choice((("USDT", "DOGE"), ("DOGE", "USDT")))
        coins = await self._say(person, "/exchange", "What do you want to give?")
        coins = await self._go(person, coins, given, "What do you want to get for it?")
        await self._go(person, coins, got, "how much?")
        review = await self._say(person, str(chance.randrange(20, 60)), "Your exchange")
        self.tally.exchanged[person.id] += 1
        await self._go(person, review, CONFIRM, "Exchanged")

    async def address(self, person: Person) -> str:
        """Where the person is paid in USDT."""
        wallet = await self._say(person, "/wallet", "Wallet")
        coins = await self._go(person, wallet, "Deposit", "What do you want to pay in?")
        networks = await self._go(person, coins, "USDT", "TRC20")
        return (await self._go(person, networks, "TRC20", "Copy address")).copied("Copy address")

    async def bank_page(self, person: Person) -> str:
        """A page to transfer 5,000 NGN."""
        wallet = await self._say(person, "/wallet", "Wallet")
        coins = await self._go(person, wallet, "Deposit", "What do you want to pay in?")
        amounts = await self._go(person, coins, "by bank transfer", "Press an amount")
        page = await self._go(person, amounts, "5,000", "transfer exactly that amount")
        return next(str(button["url"]) for button in page._buttons() if "url" in button)

    async def deposit(self, person: Person, chance: random.Random, address: str) -> None:
        """A payment to the person's address, or to a new page of a bank transfer."""
        if chance.random() < 0.2:
            await self._paid(await self.bank_page(person), "5000", "exact")
        else:
            await self._paid(address, str(chance.randrange(5, 50)), chance.choice(WAYS))

    async def _paid(self, to: str, amount: str, how: str) -> None:
        delay = 1.0 if how == "pending" else None
        self.tally.payments += await self.town.pay(to, amount, how, delay)

    async def _say(self, person: Person, text: str, then: str) -> Seen:
        """Types it, and waits for what comes."""
        await person.say(text)
        return await person.sees(then, within=self.within)

    async def _go(self, person: Person, on: Seen, label: str, then: str) -> Seen:
        """Presses it, and waits for what comes."""
        if label == CONFIRM:
            await self.confirming()
        await press(person, on, label, self.within)
        return await person.sees(then, within=self.within)
