"""Operations on the money of three people, two or three at the same moment on connections of their own: what becomes of
them, and every balance, must be what one order of them makes of them in a model.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from functools import partial
from itertools import permutations
from typing import Final

import pytest
import trio
from attrs import define, evolve, field

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.deposits.records import Applied, ApplyPayment
from lockbay.areas.onboarding.records import AcceptTerms, ComeByLink
from lockbay.areas.payout import Cashout
from lockbay.areas.referrals.records import ReferralPage
from lockbay.postgres.bridge import Connection, Limits
from lockbay.postgres.database import open_database
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.books import GIFT, Books, Purse
from tests.ledger.deal import PAID, UNPAID, Deal
from tests.ledger.deeds import Deed, Deeds
from tests.ledger.world import HOUR, UNLIMITED, World

TERMS: Final = evolve(
    UNLIMITED, cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(0), cashout_approval_usd=Decimal(0),
    exchange_position_usd=Decimal(10**9), correction_largest_usd=Decimal(0), correction_daily_usd=Decimal(0),
)  # fmt: skip
ROUNDS: Final = 150
MOST: Final = 3  # at once
STOPPED: Final = "SELECT DISTINCT pid FROM pg_locks WHERE NOT granted"
BALANCES: Final = "SELECT owner, kind, currency, balance FROM accounts WHERE owner = ANY ($1::bigint[]) AND balance > 0"


@define
class Play:
    worlds: Sequence[World]
    gate: Connection
    deeds: Deeds
    books: Books
    seen: Counter[str] = field(factory=Counter)

    async def at_once(self, deeds: Sequence[Deed]) -> None:
        """Any order of them may be what has happened; nothing else may."""
        answers = await self.let_go(deeds)
        told = [label(answer) for answer in answers]
        there = await self.balances()
        possible = [self.in_order(deeds, order, told) for order in permutations(range(len(deeds)))]
        right = [books for books in possible if books is not None and has(books.money) == there]
        assert right, ([deed.operation for deed in deeds], told, there, self.books)
        self.books = right[0]
        self.seen.update(f"{deed.name} {outcome}" for deed, outcome in zip(deeds, told, strict=True))
        for answer in answers:
            if isinstance(answer, Cashout):
                self.keep(answer)

    async def let_go(self, deeds: Sequence[Deed]) -> list[object]:
        """All wait for the same gate, and go through it together."""
        answers: list[object] = [None for _ in deeds]

        async def do(place: int) -> None:
            answers[place] = await self.worlds[place].do(deeds[place].operation, deeds[place].key)

        await self.gate.execute("BEGIN; LOCK TABLE requests IN SHARE MODE")
        try:
            async with trio.open_nursery() as nursery:
                for place in range(len(deeds)):
                    nursery.start_soon(do, place)
                with trio.fail_after(10):
                    while len(await self.gate.fetch(STOPPED)) < len(deeds):
                        await trio.lowlevel.checkpoint()
                await self.gate.execute("COMMIT")
        finally:
            with trio.CancelScope(shield=True):
                await self.gate.execute("ROLLBACK")
        return answers

    def in_order(self, deeds: Sequence[Deed], order: Sequence[int], told: list[str]) -> Books | None:
        """The books after all of them, if they would have been answered so."""
        books = self.books.copy()
        return books if all(deeds[place].effect(books) == told[place] for place in order) else None

    async def balances(self) -> Mapping[Purse, Decimal]:
        asked = [self.deeds.people]
        rows = await self.worlds[0].database.pool.fetch("test", BALANCES, asked, reads=True)
        return {(row["owner"], row["kind"], row["currency"]): row["balance"] for row in rows}

    def keep(self, cashout: Cashout) -> None:
        self.books.cashouts.setdefault(cashout.id, "requested")
        others = [each for each in self.deeds.cashouts if each.id != cashout.id]
        self.deeds.cashouts[:] = sorted([*others, cashout], key=lambda each: each.id)

    async def go_on(self) -> None:
        """Two or three that are about one trade, or the money of its buyer, of which one may be asked for twice."""
        deal = await self.deal()
        deeds = [await self.deed(deal) for _ in range(self.deeds.dice.randint(2, MOST))]
        if self.deeds.dice.random() < 0.25 and not isinstance(deeds[0].operation, ApplyPayment):
            deeds[-1] = deeds[0]
        await self.at_once(deeds)

    async def deal(self) -> Deal:
        """Rather one that goes on."""
        deals = [deal for deal in self.books.deals.values() if deal.state in (*UNPAID, *PAID)]
        if len(deals) < 3:
            deals.append(await self.deeds.deal())
            self.books.deals[deals[-1].id] = deals[-1]
        return self.deeds.dice.choice(deals * 3 + [*self.books.deals.values()][-3:])

    async def deed(self, deal: Deal) -> Deed:
        while True:
            about = self.deeds.dice.random() < 0.6
            found = await (self.deeds.about(deal) if about else self.deeds.beside(deal.buyer))
            if found is not None:
                return found

    async def end(self, clock: MovedClock) -> None:
        """The staff decides what is disputed, time ends the rest: all connections do all of it."""
        for deal in [deal for deal in self.books.deals.values() if deal.state == "disputed"]:
            decision = self.deeds.resolve(deal, 50)
            await self.at_once([decision] * MOST)
        clock.advance(400 * HOUR)
        for timer in await self.worlds[0].timers():
            elapsed = partial(Books.elapse, number=timer.trade_id, name=timer.key)
            deed = Deed(timer.operation, elapsed, timer.key)
            await self.at_once([deed] * MOST)
        assert not any(deal.state in (*UNPAID, *PAID) for deal in self.books.deals.values())


def label(answer: object) -> str:
    if isinstance(answer, Refused):
        return answer.reason
    return answer.outcome if isinstance(answer, Applied) else "done"


def has(money: Mapping[Purse, Decimal]) -> Mapping[Purse, Decimal]:
    return {purse: amount for purse, amount in money.items() if amount}


@pytest.fixture
async def worlds(database_url: str, clock: MovedClock) -> AsyncIterator[Sequence[World]]:
    one = Limits(connections=1)
    async with AsyncExitStack() as stack:
        yield [
            World(await stack.enter_async_context(open_database(database_url, clock=clock, limits=one)))
            for _ in range(MOST)
        ]


async def begin(worlds: Sequence[World], gate: Connection, seed: int) -> Play:
    """Two of the staff, and three people, of whom the first brought the last."""
    world = worlds[0]
    await world.prepare(TERMS)
    await world.without_levels()
    *staff, ann, ben = [await world.person() for _ in range(4)]
    await world.database.run(SaveStaff(staff))
    link = await world.database.read(ReferralPage, ann)
    assert link is not None
    cleo = await world.meet()
    await world.done(ComeByLink(cleo, link.code))
    await world.done(AcceptTerms(cleo))
    books = Books({cleo: ann})
    books.add(cleo, "USDT", GIFT, "credit")
    for person in (ann, ben, cleo):
        for coin, amount in (("USDT", Decimal(60)), ("BTC", Decimal("0.002"))):
            await world.fund(person, amount, coin)
            books.add(person, coin, amount)
    return Play(worlds, gate, Deeds(world, random.Random(seed), (ann, ben, cleo), staff), books)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
async def test_who_meets_does_what_one_after_the_other_would(
    worlds: Sequence[World], raw: Connection, clock: MovedClock, seed: int
) -> None:
    play = await begin(worlds, raw, seed)
    for _ in range(ROUNDS):
        await play.go_on()
    await play.end(clock)
    await worlds[0].audited()
    assert len(play.seen) > 25, "many operations, and many ways in which they end"
