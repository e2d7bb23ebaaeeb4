"""Whoever tries anything with anything: all operations in any order, with amounts and terms at their ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import asyncpg
from attrs import define, field

from lockbay.areas.admin.cashout_records import DecideCashout, Move
from lockbay.areas.admin.correction_records import DecideCorrection, ProposeCorrection
from lockbay.areas.admin.people_records import BlockPerson
from lockbay.areas.admin.records import AttachUnapplied, CreditUnapplied, RefundUnapplied
from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.disputes.records import ResolveDispute
from lockbay.areas.disputes.split import split
from lockbay.areas.exchange.records import ConfirmExchange, ExchangeQuote, QuoteExchange
from lockbay.areas.payout import HearPayout, SendCashout, SettleCashout, State, Told
from lockbay.areas.preferences.records import CloseAccount, ReopenAccount
from lockbay.areas.terms import Terms
from lockbay.areas.trades.agreement import AgreeCancel, GiveBack, ProposeCancel
from lockbay.areas.trades.fees import fees
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    CreateTrade,
    DeclineTrade,
    DeliverTrade,
    FeePayer,
    PaymentQuote,
    PayQuoted,
    PayTrade,
    QuotePayment,
    ReduceTrade,
    ReleaseTrade,
)
from lockbay.money import CURRENCIES
from tests.altered import altered
from tests.areas.disputing import opening
from tests.ledger.ends import CASHOUTS, COINS, DISPUTED, ENDS, OPEN, TRADES, WAITS, WAYS, WORTH
from tests.ledger.hand import Hand
from tests.ledger.world import HOUR, payment


@define
class Player(Hand):
    terms: Terms = OPEN
    quotes: list[tuple[int, ExchangeQuote]] = field(factory=list)
    offers: list[tuple[int, PaymentQuote]] = field(factory=list)

    async def play(self) -> str:
        """One of all; its name."""
        plays: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (30, self.deposit), (30, self.begin), (200, self.trade), (40, self.exchange), (30, self.cash_out),
            (60, self.cashout), (20, self.waits), (10, self.correct), (15, self.change), (5, self.person),
            (15, self.time),
        ]  # fmt: skip
        [play] = self.dice.choices([play for _, play in plays], [weight for weight, _ in plays])
        await play()
        return play.__name__

    async def deposit(self) -> None:
        """To a wallet, to a place of a trade that may be over, in a wrong coin, once more under the same name."""
        person, coin = self.dice.choice(self.people), self.dice.choice(COINS)
        old = self.dice.random() < 0.3 and self.places
        found = self.dice.choice(self.places) if old else await self.place(person, coin, None)
        if found is None:
            return
        wrong = self.dice.random() < 0.1
        event = f"event {self.dice.randint(1, 400)}" if wrong else None
        told = payment(
            found, self.amount(found.currency, found.amount), event=event,
            coin=self.dice.choice(COINS) if wrong else None, confirmed=self.dice.random() < 0.9,
        )  # fmt: skip
        await self.ask(told)

    async def begin(self) -> None:
        buyer, coin, balance = await self.filled()
        seller = self.dice.choice([person for person in self.people if person != buyer])
        payer: FeePayer = self.dice.choice(("buyer", "seller", "split"))
        amount = self.amount(coin, balance / 2)
        [level] = await self.rows("SELECT fee_percent FROM trades_level($1)", buyer)
        cost = fees(amount, CURRENCIES[coin], level["fee_percent"], payer)
        await self.ask(CreateTrade(
            buyer, coin, amount, "A bicycle", 24, payer, "username", f"@person{seller}", cost.fee, cost.buyer_pays,
        ))  # fmt: skip

    async def trade(self) -> None:
        found = await self.rows(TRADES, self.clock.now(), self.dice.random() < 0.1)
        if not found:
            return
        deal = self.dice.choice(found)
        number, buyer, seller = deal["id"], deal["buyer_id"], deal["seller_id"]
        missing, total = deal["missing"], deal["total"]
        match self.dice.choice(WAYS.get(str(deal["state"]), ("pay", "part", "release"))):
            case "pay":
                await self.ask(PayTrade(buyer, number, missing))
            case "quote":
                coin = self.dice.choice(COINS)
                if isinstance(offer := await self.ask(QuotePayment(buyer, number, coin)), PaymentQuote):
                    self.offers.append((buyer, offer))
            case "pay_quoted" if self.offers:
                person, offer = self.dice.choice(self.offers[-3:])
                await self.ask(PayQuoted(person, offer.id))
            case "part":
                place = await self.place(buyer, self.dice.choice(COINS), number)
                if place is not None:
                    await self.ask(payment(place, self.amount(place.currency, place.amount)))
            case "reduce":
                await self.ask(ReduceTrade(buyer, number, total - missing))
            case "cancel":
                await self.ask(CancelTrade(buyer, number))
            case "accept":
                await self.ask(AcceptTrade(seller, number))
            case "decline":
                await self.ask(DeclineTrade(seller, number))
            case "deliver":
                await self.ask(DeliverTrade(seller, number))
            case "give_back":
                await self.ask(GiveBack(seller, number))
            case "release":
                await self.ask(ReleaseTrade(buyer, number))
            case "dispute":
                await self.ask(opening(buyer, number))
            case "agree":
                await self.ask(ProposeCancel(buyer, number))
                await self.ask(AgreeCancel(seller, number))
            case "resolve":
                await self.resolve(deal)

    async def resolve(self, deal: asyncpg.Record) -> None:
        held, percent = deal["held"], self.dice.choice((0, 1, 33, 50, 99, 100))
        parts = split(held, deal["payout"], percent, CURRENCIES[str(deal["currency"])])
        await self.ask(ResolveDispute(
            self.staff[0], deal["id"], percent, held, parts.buyer_gets, parts.seller_gets, parts.fee, "So it is"
        ))  # fmt: skip

    async def exchange(self) -> None:
        person, given, balance = await self.filled()
        got = self.dice.choice([coin for coin in COINS if coin != given])
        amount = self.amount(given, balance)
        if isinstance(quote := await self.ask(QuoteExchange(person, given, got, amount)), ExchangeQuote):
            self.quotes.append((person, quote))
        if self.quotes:
            owner, quote = self.dice.choice(self.quotes[-3:])
            await self.ask(ConfirmExchange(owner, quote.id))

    async def cash_out(self) -> None:
        person, coin, balance = await self.filled()
        network = self.dice.choice(CURRENCIES[coin].networks)
        [cost] = await self.rows(
            "SELECT fee, least FROM payout_fees WHERE (currency, network) = ($1, $2)", coin, network
        )
        amount = self.amount(coin, self.dice.choice((cost["least"], balance)))
        bank = ("058", "GTBank", "ANN SAMPLE") if network == "BANK" else ("", "", "")
        await self.ask(RequestCashout(
            person, coin, network, amount, amount - cost["fee"], "0123456789", *bank, "", None
        ))  # fmt: skip

    async def cashout(self) -> None:
        """Who pays, tells and decides in any order; a provider tells one truth in the end."""
        found = await self.rows(CASHOUTS)
        if not found:
            return
        row = self.dice.choice(found)
        number, txid = row["id"], f"tx-{row['id']}"
        state: State = row["state"]
        paid, was_sent = number % 3 > 0, row["sending_at"] is not None
        match self.dice.choice(("send", "settle", "settle", "hear", "decide", "decide", "cancel")):
            case "send":
                await self.ask(SendCashout(number, "blockbee"))
            case "settle" if was_sent:
                told: Told = self.dice.choice(("sent", "unknown", "waiting", "done" if paid else "failed"))
                await self.ask(SettleCashout(row["reference"], "blockbee", told, None, txid, None, b"", ""))
            case "hear" if was_sent:
                await self.ask(HearPayout(
                    row["reference"], "blockbee", "done" if paid else "failed", None, txid, b"", ""
                ))  # fmt: skip
            case "decide":
                ways: tuple[Move, ...] = ("approve", "decline", "refund", "claim", "retry") + (
                    ("paid",) if paid else ()
                )
                decision = self.dice.choice(ways)
                if not (paid and was_sent and decision in ("decline", "refund")):
                    proof = txid if decision == "paid" else ""
                    await self.ask(DecideCashout(self.staff[0], number, state, decision, proof, "why"))
            case "cancel":
                await self.ask(CancelCashout(row["user_id"], number))

    async def waits(self) -> None:
        found = await self.rows(WAITS)
        if not found:
            return
        row = self.dice.choice(found)
        number, amount = row["id"], row["amount"]
        match self.dice.choice(("credit", "refund", "attach")):
            case "credit":
                receiver = row["user_id"] or self.dice.choice(self.people)
                await self.ask(CreditUnapplied(self.staff[0], number, amount, receiver, "theirs"))
            case "refund":
                await self.ask(RefundUnapplied(self.staff[0], number, amount, "sent back"))
            case "attach":
                for deal in (await self.rows(TRADES, self.clock.now(), False))[:1]:
                    [told] = await self.rows(WORTH, deal["id"], number, self.clock.now())
                    if told["worth"] is not None:
                        await self.ask(AttachUnapplied(
                            self.staff[0], number, amount, deal["id"], told["worth"], "for that one"
                        ))  # fmt: skip

    async def correct(self) -> None:
        person, coin, balance = await self.filled()
        amount = self.amount(coin, balance) * self.dice.choice((1, -1))
        made = await self.ask(ProposeCorrection(self.staff[0], person, None, coin, amount, "as agreed"))
        if made is not None:
            await self.ask(DecideCorrection(self.staff[1], made, amount, True, ""))

    async def change(self) -> None:
        name = self.dice.choice(list(ENDS))
        self.terms = altered(self.terms, **{name: Decimal(self.dice.choice(ENDS[name]))})
        await self.world.database.run(self.terms)

    async def person(self) -> None:
        person = self.dice.choice(self.people)
        for operation in (
            (
                BlockPerson(self.staff[0], person, True, "strange"),
                CloseAccount(person),
            )
            if self.dice.random() < 0.3
            else (BlockPerson(self.staff[0], person, False, "sorry"), ReopenAccount(person))
        ):
            await self.ask(operation)

    async def end(self) -> None:
        """The staff decides what is disputed, time ends the rest."""
        for deal in await self.rows(DISPUTED):
            await self.resolve(deal)
        for _ in range(3):
            await self.time(timedelta(days=40))

    async def time(self, step: timedelta | None = None) -> None:
        self.clock.advance(step or self.dice.choice((timedelta(minutes=1), timedelta(minutes=9), HOUR, 25 * HOUR)))
        await self.priced()
        for timer in await self.world.timers():
            await self.world.do(timer.operation, timer.key)
