"""What each operation does to three people's money, in plain Python: the model that the ledger is held against."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Final, TypeAlias

from attrs import define, evolve, field

from lockbay.areas.disputes.split import Split
from tests.ledger.deal import CENT, ELAPSED, GOES_BACK, MOVES, PAID, UNIT, UNPAID, Deal, price_in, rounded, worth

Purse: TypeAlias = tuple[int, str, str]  # whose, of which kind, in which currency
GIFT: Final = Decimal(5)


@define
class Books:
    """`referred` is who brought whom. What is over, by name: quotes, payments that fitted nothing, corrections."""

    referred: dict[int, int]
    money: dict[Purse, Decimal] = field(factory=dict)
    deals: dict[int, Deal] = field(factory=dict)
    cashouts: dict[int, str] = field(factory=dict)
    traded: dict[int, Decimal] = field(factory=dict)
    rewarded: set[int] = field(factory=set)
    over: set[str] = field(factory=set)

    def copy(self) -> Books:
        deals = {number: evolve(deal) for number, deal in self.deals.items()}
        return Books(
            self.referred, dict(self.money), deals, dict(self.cashouts), dict(self.traded), set(self.rewarded),
            set(self.over),
        )  # fmt: skip

    def add(self, person: int, coin: str, amount: Decimal, kind: str = "available") -> str:
        after = self.has(person, coin, kind) + amount
        if after < 0:
            return "insufficient"
        self.money[person, kind, coin] = after
        return "done"

    def has(self, person: int, coin: str = "USDT", kind: str = "available") -> Decimal:
        return self.money.get((person, kind, coin), Decimal(0))

    def deposit(self, person: int, coin: str, amount: Decimal) -> str:
        self.add(person, coin, amount)
        return "credited"

    def pay(self, number: int, amount: Decimal) -> str:
        deal = self.deals[number]
        if deal.state not in UNPAID:
            return "wrong_state"
        if amount != deal.missing:
            return "terms_changed"
        if self.add(deal.buyer, "USDT", -amount) != "done":
            return "insufficient"
        return self.cover(deal, deal.held + amount, deal.price.seller_gets)

    def pay_quoted(self, number: int, quote: str, coin: str, cost: Decimal, amount: Decimal) -> str:
        deal = self.deals[number]
        if deal.state not in UNPAID:
            return "wrong_state"
        if quote in self.over:
            return "quote_expired"
        if amount != deal.missing:
            return "terms_changed"
        if self.add(deal.buyer, coin, -cost) != "done":
            return "insufficient"
        self.over.add(quote)
        return self.cover(deal, deal.held + amount, deal.price.seller_gets)

    def reduce(self, number: int, held: Decimal) -> str:
        deal = self.deals[number]
        if deal.state != "underpaid":
            return "wrong_state"
        if held != deal.held:
            return "terms_changed"
        return "too_little" if deal.is_too_small else self.cover(deal, held, deal.reduced)

    def cover(self, deal: Deal, held: Decimal, payout: Decimal) -> str:
        deal.parts = (("USDT", held),)
        if deal.state in UNPAID:
            deal.payout = payout
            deal.go("paid")
        return "done"

    def part(self, number: int, coin: str, amount: Decimal) -> str:
        deal = self.deals[number]
        if deal.state not in UNPAID + PAID:
            return "unapplied"
        if not deal.takes:
            return self.deposit(deal.buyer, coin, amount)
        return self.take(deal, coin, amount)

    def take(self, deal: Deal, coin: str, amount: Decimal) -> str:
        missing, counts, used = deal.missing, worth(coin, amount), amount
        if counts >= missing:
            counts, used = missing, min(amount, price_in(coin, missing))
        self.add(deal.buyer, coin, amount - used)
        if deal.state in UNPAID and counts < missing - deal.forgiven:
            deal.parts += ((coin, used),)
            deal.go("underpaid")
            return "part"
        was = deal.state
        self.cover(deal, deal.held + counts, deal.price.seller_gets)
        return "paid" if was in UNPAID else "credited"

    def move(self, number: int, move: str, to: str) -> str:
        deal = self.deals[number]
        if deal.state != MOVES[move]:
            return "wrong_state"
        deal.go(to)
        return "done"

    def dispute(self, number: int) -> str:
        deal = self.deals[number]
        if deal.state not in ("accepted", "delivered"):
            return "wrong_state"
        deal.go("disputed")
        return "done"

    def back(self, number: int, move: str) -> str:
        deal, (states, to) = self.deals[number], GOES_BACK[move]
        if deal.state not in states:
            return "seller_there" if (move, deal.state) == ("cancel", "paid") else "wrong_state"
        if move == "agree" and deal.proposed_by is None:
            return "no_proposal"
        self.refund(deal, to)
        return "done"

    def refund(self, deal: Deal, to: str) -> None:
        for coin, amount in deal.parts:
            self.add(deal.buyer, coin, amount)
        deal.go(to)

    def release(self, number: int) -> str:
        deal = self.deals[number]
        if deal.state not in PAID[1:]:
            return "wrong_state"
        self.finish(deal, deal.split(100), "released")
        return "done"

    def resolve(self, number: int, percent: int, shown: Split) -> str:
        deal = self.deals[number]
        if deal.state != "disputed":
            return "already_ended"
        if shown != deal.split(percent):
            return "terms_changed"
        self.finish(deal, shown, "resolved")
        return "done"

    def elapse(self, number: int, name: str) -> str:
        deal = self.deals[number]
        if name not in self.over:
            self.over.add(name)
            if deal.state == "delivered":
                self.release(number)
            else:
                self.refund(deal, ELAPSED[deal.state])
        return "done"

    def finish(self, deal: Deal, parts: Split, to: str) -> None:
        freed = parts.seller_gets + parts.fee
        if freed:
            usd = rounded(deal.amount * deal.held / deal.price.buyer_pays, CENT)
            self.settle(deal, parts.fee, rounded(usd * freed / deal.held, CENT))
        self.add(deal.buyer, "USDT", parts.buyer_gets)
        self.add(deal.seller, "USDT", parts.seller_gets)
        deal.go(to)

    def settle(self, deal: Deal, fee: Decimal, usd: Decimal) -> None:
        sellers = (fee * deal.price.seller_fee / deal.price.fee).quantize(UNIT, ROUND_DOWN)
        for person, share in ((deal.buyer, fee - sellers), (deal.seller, sellers)):
            used = min(self.has(person, kind="credit"), share)
            self.add(person, "USDT", -used, "credit")
            self.add(person, "USDT", used)
        for person in (deal.buyer, deal.seller):
            self.traded[person] = self.traded.get(person, Decimal(0)) + usd
            if person in self.referred and person not in self.rewarded and self.traded[person] >= 100:
                self.rewarded.add(person)
                self.add(self.referred[person], "USDT", GIFT, "credit")

    def exchange(self, person: int, quote: str, given: tuple[str, Decimal], got: tuple[str, Decimal]) -> str:
        if quote in self.over:
            return "quote_expired"
        if self.add(person, given[0], -given[1]) != "done":
            return "insufficient"
        self.over.add(quote)
        return self.add(person, *got)

    def correct(self, person: int, name: str, amount: Decimal) -> str:
        if name in self.over:
            return "wrong_state"
        if self.add(person, "USDT", amount) != "done":
            return "insufficient"
        self.over.add(name)
        return "done"

    def end_unapplied(self, name: str, person: int | None, coin: str, amount: Decimal) -> str:
        """Credited, or (nobody) sent back."""
        if name in self.over:
            return "already_ended"
        self.over.add(name)
        return "done" if person is None else self.add(person, coin, amount)

    def attach(self, name: str, number: int, coin: str, amount: Decimal) -> str:
        deal = self.deals[number]
        if name in self.over:
            return "already_ended"
        if deal.state not in UNPAID:
            return "wrong_state"
        self.over.add(name)
        self.take(deal, coin, amount)
        return "done"

    def send(self, number: int) -> str:
        if self.cashouts[number] != "requested":
            return "wrong_state"
        self.cashouts[number] = "sending"
        return "done"

    def end_cashout(self, number: int, person: int, amount: Decimal, begins: str, paid: bool) -> str:
        """Cancelled, or settled: what is told again changes nothing."""
        if self.cashouts[number] != begins:
            return "done" if begins == "sending" else "wrong_state"
        self.cashouts[number] = "done" if paid else "refunded"
        return "done" if paid else self.add(person, "USDT", amount)
