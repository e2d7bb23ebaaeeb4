"""What could be asked of the ledger as its books stand, each with what a model makes of it."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Final

from attrs import define, field, frozen

from lockbay.areas.admin.correction_records import DecideCorrection, ProposeCorrection
from lockbay.areas.admin.records import AttachUnapplied, CreditUnapplied, RefundUnapplied
from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.deposits.records import Payin
from lockbay.areas.disputes.records import ResolveDispute
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout
from lockbay.areas.trades.agreement import AgreeCancel, GiveBack, ProposeCancel
from lockbay.areas.trades.fees import fees
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    FeePayer,
    PayQuoted,
    PayTrade,
    QuotePayment,
    ReduceTrade,
    ReleaseTrade,
)
from lockbay.money import USDT
from lockbay.postgres.queries import Operation, Refused
from tests.areas.disputing import opening
from tests.ledger.books import Books
from tests.ledger.deal import PRICE, SATOSHI, Deal, worth
from tests.ledger.world import World, creation, payment

PAYERS: Final[tuple[FeePayer, ...]] = ("buyer", "seller", "split")
FEE: Final = Decimal(1)  # of a cash-out
WAITS: Final = """
SELECT x.id, x.amount, e.currency, e.user_id FROM unapplied x JOIN provider_events e ON e.id = x.event_id
WHERE ended_as IS NULL ORDER BY x.id DESC LIMIT 1
"""
# What can be done with a deal, by its state. Money may come at any time.
WAYS: Final = {
    "awaiting_payment": ("pay", "pay_quoted", "part", "part", "attach", "cancel"),
    "underpaid": ("pay", "pay_quoted", "part", "part", "attach", "reduce", "cancel", "decline"),
    "paid": ("accept", "accept", "accept", "decline", "cancel", "agree", "part"),
    "accepted": ("deliver", "deliver", "release", "give_back", "agree", "dispute"),
    "delivered": ("release", "release", "give_back", "agree", "dispute", "dispute"),
    "disputed": ("release", "give_back", "resolve", "resolve", "agree"),
}
BESIDE: Final = ("deposit", "cash_out", "cash_out", "exchange", "correct", "cashout", "cashout", "end_unapplied")


@frozen
class Deed:
    """An operation, and what the model answers and does when it is asked the same."""

    operation: Operation[object]
    effect: Callable[[Books], str]
    key: str | None = None

    @property
    def name(self) -> str:
        return type(self.operation).__name__


@define
class Deeds:
    world: World
    dice: random.Random
    people: Sequence[int]
    staff: Sequence[int]
    places: dict[int, dict[str, Payin]] = field(factory=dict)
    cashouts: list[Cashout] = field(factory=list)

    async def deal(self) -> Deal:
        buyer, seller = self.dice.sample(self.people, 2)
        amount, payer = Decimal(self.dice.randint(20, 120)), self.dice.choice(PAYERS)
        made = await self.world.done(creation(buyer, f"@person{seller}", str(amount), payer))
        self.places[made.id] = {coin: await self.world.payin(buyer, coin, trade=made.id) for coin in ("USDT", "BTC")}
        return Deal(made.id, buyer, seller, amount, fees(amount, USDT, Decimal(5), payer))

    async def about(self, deal: Deal) -> Deed | None:
        ways: dict[str, Callable[[Deal], Awaitable[Deed | None]]] = {
            "pay_quoted": self.pay_quoted, "attach": self.attach, "agree": self.agree
        }  # fmt: skip
        way = self.dice.choice(WAYS.get(deal.state, ("part",)))
        return await ways[way](deal) if way in ways else self.simply(way, deal)

    def simply(self, way: str, deal: Deal) -> Deed:
        number, buyer, seller = deal.id, deal.buyer, deal.seller
        missing, held, percent = deal.missing, deal.held, self.dice.choice((0, 33, 50, 100))
        match way:
            case "pay":
                return Deed(PayTrade(buyer, number, missing), lambda books: books.pay(number, missing))
            case "reduce":
                return Deed(ReduceTrade(buyer, number, held), lambda books: books.reduce(number, held))
            case "cancel":
                return Deed(CancelTrade(buyer, number), lambda books: books.back(number, "cancel"))
            case "accept":
                return Deed(AcceptTrade(seller, number), lambda books: books.move(number, "accept", "accepted"))
            case "deliver":
                return Deed(DeliverTrade(seller, number), lambda books: books.move(number, "deliver", "delivered"))
            case "decline":
                return Deed(DeclineTrade(seller, number), lambda books: books.back(number, "decline"))
            case "give_back":
                return Deed(GiveBack(seller, number), lambda books: books.back(number, "give_back"))
            case "release":
                return Deed(ReleaseTrade(buyer, number), lambda books: books.release(number))
            case "dispute":
                return Deed(opening(buyer, number), lambda books: books.dispute(number))
            case "resolve":
                return self.resolve(deal, percent)
        return self.part(deal)

    def resolve(self, deal: Deal, percent: int) -> Deed:
        number, parts = deal.id, deal.split(percent)
        asked = ResolveDispute(
            self.staff[0], number, percent, deal.held, parts.buyer_gets, parts.seller_gets, parts.fee, "So it is"
        )
        return Deed(asked, lambda books: books.resolve(number, percent, parts))

    def part(self, deal: Deal) -> Deed:
        """Some of what is missing, nearly all of it, all of it, or more."""
        number, coin = deal.id, self.dice.choice(("USDT", "BTC"))
        missing = deal.missing or Decimal(3)
        wanted = missing * self.dice.choice((20, 50, 98, 100, 110)) / 100
        amount = round(wanted, 6) if coin == "USDT" else max(round(wanted / PRICE, 8), SATOSHI)
        return Deed(payment(self.places[number][coin], amount), lambda books: books.part(number, coin, amount))

    async def pay_quoted(self, deal: Deal) -> Deed | None:
        quote = await self.world.do(QuotePayment(deal.buyer, deal.id, "BTC"))
        if isinstance(quote, Refused):
            return None
        number, name, cost, missing = deal.id, f"quote {quote.id}", quote.from_amount, quote.to_amount
        return Deed(PayQuoted(deal.buyer, quote.id), lambda books: books.pay_quoted(number, name, "BTC", cost, missing))

    async def agree(self, deal: Deal) -> Deed:
        if deal.proposed_by is None:
            await self.world.done(ProposeCancel(deal.buyer, deal.id))
            deal.proposed_by = deal.buyer
        return Deed(AgreeCancel(deal.seller, deal.id), lambda books: books.back(deal.id, "agree"))

    async def attach(self, deal: Deal) -> Deed | None:
        found = await self.world.database.pool.fetch("test", WAITS, (), reads=True)
        if not found or found[0]["user_id"] != deal.buyer:
            return None
        waits, amount, coin = found[0]["id"], found[0]["amount"], found[0]["currency"]
        asked = AttachUnapplied(self.staff[0], waits, amount, deal.id, worth(coin, amount), "for that one")
        return Deed(asked, lambda books: books.attach(f"unapplied {waits}", deal.id, coin, amount))

    async def beside(self, person: int) -> Deed | None:
        """About no trade."""
        match self.dice.choice(BESIDE):
            case "deposit":
                return await self.deposit(person)
            case "cash_out":
                amount = Decimal(self.dice.randint(5, 60))
                asked = RequestCashout(
                    person, "USDT", "TRC20", amount, amount - FEE, "T-somewhere", "", "", "", "", None
                )
                return Deed(asked, lambda books: books.add(person, "USDT", -amount))
            case "exchange":
                return await self.exchange(person)
            case "correct":
                return await self.correct(person)
            case "cashout" if self.cashouts:
                return self.cashout(self.dice.choice(self.cashouts[-3:]))
        return await self.end_unapplied()

    async def deposit(self, person: int) -> Deed:
        coin, amount = self.dice.choice((("USDT", Decimal(40)), ("BTC", Decimal("0.0007"))))
        place = await self.world.payin(person, coin)
        return Deed(payment(place, amount), lambda books: books.deposit(person, coin, amount))

    async def exchange(self, person: int) -> Deed | None:
        given, got, amount = self.dice.choice((("USDT", "BTC", Decimal(30)), ("BTC", "USDT", Decimal("0.0003"))))
        quote = await self.world.do(QuoteExchange(person, given, got, amount))
        if isinstance(quote, Refused):
            return None
        name, gained = f"quote {quote.id}", quote.to_amount
        return Deed(
            ConfirmExchange(person, quote.id),
            lambda books: books.exchange(person, name, (given, amount), (got, gained)),
        )

    async def correct(self, person: int) -> Deed | None:
        amount = Decimal(self.dice.choice((-30, 7)))
        made = await self.world.do(ProposeCorrection(self.staff[0], person, None, "USDT", amount, "as agreed"))
        if isinstance(made, Refused):
            return None
        asked = DecideCorrection(self.staff[1], made, amount, True, "")
        return Deed(asked, lambda books: books.correct(person, f"correction {made}", amount))

    async def end_unapplied(self) -> Deed | None:
        found = await self.world.database.pool.fetch("test", WAITS, (), reads=True)
        if not found:
            return None
        waits, amount, coin, payer = (found[0][name] for name in ("id", "amount", "currency", "user_id"))
        name = f"unapplied {waits}"
        if self.dice.random() < 0.5:
            back = RefundUnapplied(self.staff[0], waits, amount, "sent back")
            return Deed(back, lambda books: books.end_unapplied(name, None, coin, amount))
        credit = CreditUnapplied(self.staff[0], waits, amount, payer, "theirs")
        return Deed(credit, lambda books: books.end_unapplied(name, payer, coin, amount))

    def cashout(self, cashout: Cashout) -> Deed:
        number, person, amount = cashout.id, cashout.user_id, cashout.amount
        if cashout.state == "sending":
            paid = number % 2 == 0
            told = SettleCashout(
                cashout.reference, "blockbee", "done" if paid else "failed", None, f"tx-{number}", None, b"", ""
            )
            return Deed(told, lambda books: books.end_cashout(number, person, amount, "sending", paid))
        if self.dice.random() < 0.5:
            return Deed(SendCashout(number, "blockbee"), lambda books: books.send(number))
        return Deed(
            CancelCashout(person, number), lambda books: books.end_cashout(number, person, amount, "requested", False)
        )
