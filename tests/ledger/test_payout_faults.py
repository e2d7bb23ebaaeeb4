"""1 000 payouts by a provider that times out, fails, repeats, answers late and tells out of order, while processes die
and the staff pays by hand: every hold ends once, nothing is paid twice, and the audit passes.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

import pytest
import trio
from attrs import define, evolve, field

from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.payout import Cashout, Heard, HearPayout, SendCashout, SettleCashout, Told
from lockbay.clock.payouts import Payouts
from lockbay.payments.payout import is_settled, told
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.world import UNLIMITED, World

SEEDS = (1, 22, 333, 20261122)
PAYOUTS = 250  # a seed
ROUNDS = 200  # far more than are needed
STAFF = 77
MINUTE = timedelta(minutes=1)
Fate: TypeAlias = Literal["done", "sent", "failed", "short", "lost", "never", "crash", "crash_paid"]
FATES: tuple[Fate, ...] = ("done", "sent", "failed", "short", "lost", "never", "crash", "crash_paid")


@define
class Rough:
    """A PayoutProvider that pays each time that it is asked to: it does not know what it has paid already. What it
    tells is true, whenever and however often.
    """

    dice: random.Random
    clock: MovedClock
    name: str = "rough"
    paid: Counter[str] = field(factory=Counter)
    failed: set[str] = field(factory=set)
    news: list[HearPayout] = field(factory=list)

    def pays(self, currency: str, network: str) -> bool:
        return True

    async def pay(self, cashout: Cashout) -> SettleCashout:
        await trio.lowlevel.checkpoint()
        fate = self.dice.choice(FATES)
        if fate in ("done", "sent", "lost", "crash_paid"):
            self.paid[cashout.reference] += 1
            self._will_tell(cashout, "done")
        elif fate == "failed":
            self.failed.add(cashout.reference)
            self._will_tell(cashout, "failed")
        if fate.startswith("crash"):
            raise OSError("the connection broke")
        outcomes: dict[Fate, Told] = {"short": "waiting", "lost": "unknown", "never": "unknown"}
        return self._tells(cashout, outcomes.get(fate) or self._truth(fate))

    async def ask(self, cashout: Cashout) -> SettleCashout | None:
        await trio.lowlevel.checkpoint()
        if self.dice.random() < 0.3:
            return None
        if self.paid[cashout.reference]:
            return self._tells(cashout, self.dice.choice(("sent", "done")))
        if cashout.reference in self.failed:
            return self._tells(cashout, "failed")
        return (
            self._tells(cashout, "waiting")
            if cashout.state == "unknown" or is_settled(cashout, self.clock.now())
            else None
        )

    def _truth(self, fate: Fate) -> Told:
        return "failed" if fate == "failed" else "done" if fate == "done" else "sent"

    def _tells(self, cashout: Cashout, outcome: Told) -> SettleCashout:
        txid = f"tx-{cashout.reference}" if outcome == "done" else None
        return told(cashout, self.name, outcome, external_id=f"id-{cashout.id}", txid=txid)

    def _will_tell(self, cashout: Cashout, outcome: Heard) -> None:
        """Webhooks: all of it or nothing, mixed with what is told of others."""
        if self.dice.random() < 0.7:
            said = self._tells(cashout, outcome)
            self.news += [
                HearPayout(said.reference, self.name, outcome, said.external_id, said.txid, b"%d" % turn, "{}")
                for turn in range(2)
            ]


@define
class House:
    """The runner, the webhooks and the staff, all at once."""

    world: World
    raw: Connection
    dice: random.Random
    provider: Rough
    runner: Payouts

    async def turn(self) -> None:
        """One moment in which everything happens."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.runner.tick)
            nursery.start_soon(self._webhooks)
            nursery.start_soon(self._staff)

    async def _webhooks(self) -> None:
        self.dice.shuffle(self.provider.news)
        for _ in range(self.dice.randrange(len(self.provider.news) + 1)):
            event = self.provider.news.pop()
            for _ in range(self.dice.choice((1, 1, 2))):
                await self.world.done(event)

    async def _staff(self) -> None:
        """Pays, gives back or retries some of what waits; an owner takes back what nobody has begun to send."""
        found = await self.raw.fetch(
            "SELECT id, user_id, state, reference FROM cashouts WHERE state IN ('waiting', 'requested')"
        )
        for row in found:
            move: Literal["pay", "refund", "retry", "nothing"] = self.dice.choice(
                ("pay", "refund", "retry", "nothing", "nothing", "nothing")
            )
            if row["state"] == "requested":
                if move == "refund":
                    await self.world.do(CancelCashout(row["user_id"], row["id"]))
            elif move == "pay":
                await self._pay_by_hand(row["id"], row["reference"])
            elif move != "nothing":
                await self.world.do(DecideCashout(STAFF, row["id"], "waiting", move, "", "why"))

    async def _pay_by_hand(self, cashout_id: int, reference: str) -> None:
        claimed = await self.world.do(DecideCashout(STAFF, cashout_id, "waiting", "claim", "", ""))
        if isinstance(claimed, Refused):
            return
        self.provider.paid[reference] += 1
        await self.runner.tick()
        await self.world.done(DecideCashout(STAFF, cashout_id, "waiting", "paid", f"by-hand-{reference}", ""))


async def die(house: House, cashout: Cashout) -> None:
    """A process that committed `sending` was killed: before it called, or with the provider’s answer in its hand."""
    sending = await house.world.do(SendCashout(cashout.id, house.provider.name))
    if not isinstance(sending, Refused) and house.dice.random() < 0.5:
        with suppress(OSError):
            await house.provider.pay(sending)


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_happens_every_payout_ends_once(
    world: World, raw: Connection, clock: MovedClock, seed: int
) -> None:
    dice = random.Random(seed)
    free = evolve(
        UNLIMITED, cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(0), cashout_approval_usd=Decimal(0)
    )
    await world.database.run(free)
    await raw.execute(f"INSERT INTO staff (user_id, role, by_settings) VALUES ({STAFF}, 'owner', true)")
    provider = Rough(dice, clock)
    house = House(world, raw, dice, provider, Payouts(world.database, clock, [provider]))
    people = [await world.person(10_000) for _ in range(5)]
    for number in range(PAYOUTS):
        whole = Decimal(dice.randrange(5, 100))
        wanted = RequestCashout(
            dice.choice(people), "USDT", "TRC20", whole, whole - 1, f"T-{number}", "", "", "", "", None
        )
        cashout = await world.done(wanted)
        if dice.random() < 0.2:
            await die(house, cashout)
        if dice.random() < 0.1:
            await house.turn()
    for _ in range(ROUNDS):
        await house.turn()
        clock.advance(dice.choice((1, 5, 20, 90)) * MINUTE)
        if not await raw.fetch("SELECT FROM cashouts WHERE ended_at IS NULL LIMIT 1"):
            break
    await check(house, people)


async def check(house: House, people: list[int]) -> None:
    """Nothing is under way, and the books say what the provider did."""
    while house.provider.news:
        await house.turn()
    ended = await house.raw.fetch("SELECT c.*, h.ended_as FROM cashouts c LEFT JOIN holds h ON h.cashout_id = c.id")
    assert len(ended) == PAYOUTS
    spent: Counter[int] = Counter()
    for row in ended:
        is_paid = row["state"] == "done"
        assert row["ended_as"] == ("paid_out" if is_paid else "refunded"), row
        assert house.provider.paid[row["reference"]] == is_paid, row
        spent[row["user_id"]] += row["amount"] if is_paid else 0
    for person in people:
        assert await house.world.money(person) == (10_000 - spent[person], 0)
    assert {row["state"] for row in ended} >= {"done", "refunded", "cancelled"}
    assert not await house.raw.fetch("SELECT FROM outbox WHERE kind = 'cashout_strange'")
    await house.world.audited()
