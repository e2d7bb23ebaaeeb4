"""Webhooks, questions and decisions in any order and repetition: the books depend on what was really paid alone."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Final, Literal, TypeAlias

from attrs import define, evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockbay.areas.admin.records import CreditUnapplied, Ended, RefundUnapplied, SaveStaff, UnappliedList
from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.areas.trades.records import CancelTrade
from lockbay.clock.reconciler import Reconciler
from lockbay.postgres.queries import Refused
from tests.ledger import sessions
from tests.ledger.sessions import Session
from tests.ledger.world import HOUR
from tests.timers.outside import Outside

session = sessions.session  # a database for code that does not run on trio

Where: TypeAlias = Literal["wallet", "late", "wrong coin", "unknown coin"]
COINS: Final = {"wrong coin": ("BTC", "BTC"), "unknown coin": ("SHIB", "SHIB")}
NUMBERS = count(1)
WEEK: Final = 8 * 24 * HOUR  # longer than between two questions

payments = st.lists(
    st.tuples(st.sampled_from(["wallet", "late", "wrong coin", "unknown coin"]), st.integers(1, 500)),
    min_size=1,
    max_size=6,
)
steps = st.lists(
    st.tuples(st.sampled_from(["tell", "tell a part", "tell as pending", "ask", "decide"]), st.integers(0, 7)),
    max_size=14,
)


@define
class House:
    """Lives through all examples: the provider knows what was paid in the earlier ones, too."""

    session: Session
    outside: Outside
    staff: int
    refunded: dict[str, Decimal]

    async def paid_in(self, real: list[tuple[Where, int]]) -> tuple[int, list[ApplyPayment]]:
        """Somebody who has paid all of that, of which nobody has told yet."""
        world = self.session.world
        await world.prepare(at=self.session.clock.now())
        person, seller = await world.person(), await world.person()
        wallet = await world.payin(person)
        trade = await world.trade(person, seller)
        late = await world.payin(person, trade=trade.id)
        await world.done(CancelTrade(person, trade.id))
        return person, [self.pay(late if where == "late" else wallet, where, cents) for where, cents in real]

    def pay(self, payin: Payin, where: Where, cents: int) -> ApplyPayment:
        made = self.outside.pay(payin, str(Decimal(cents) / 100), f"payment {next(NUMBERS)}")
        coin, network = COINS.get(where, (made.currency, made.network))
        told = evolve(made, currency=coin, network=network)
        self.outside.told[payin.id][-1] = told
        return told

    async def step(self, what: str, which: int, real: list[ApplyPayment]) -> None:
        event = real[which % len(real)]
        match what:
            case "tell":
                await self.tell(event)
            case "tell a part":
                await self.tell(evolve(event, value=event.value / 2))
            case "tell as pending":
                await self.tell(evolve(event, confirmed=False))
            case "ask":
                await self.ask()
            case _:
                await self.decide(which)

    async def tell(self, event: ApplyPayment) -> None:
        assert not isinstance(await self.session.world.do(event, event.request_key), Refused)

    async def ask(self) -> None:
        self.session.clock.advance(WEEK)
        await Reconciler(self.session.world.database, self.session.clock, self.outside).tick()

    async def decide(self, which: int) -> bool:
        """The staff ends one that waits, if any does, and tries to do so again."""
        world = self.session.world
        page = await world.database.read(UnappliedList, self.staff, 0)
        assert page is not None
        if not page.payments:
            return False
        chosen, key = page.payments[which % len(page.payments)], f"decided {next(NUMBERS)}"
        [row] = await world.database.pool.fetch(
            "payer", "SELECT e.user_id FROM unapplied x JOIN provider_events e ON e.id = x.event_id WHERE x.id = $1",
            (chosen.id,), reads=True,
        )  # fmt: skip
        fits = chosen.reason == "trade_cancelled"
        how = (
            CreditUnapplied(self.staff, chosen.id, chosen.amount, row["user_id"], "late")
            if fits
            else RefundUnapplied(self.staff, chosen.id, chosen.amount, "sent back")
        )
        ended = await world.do(how, key)
        assert isinstance(ended, Ended)
        assert await world.do(how, key) == ended
        assert await world.do(how) == Refused("already_ended")
        if not fits:
            self.refunded[chosen.currency] = self.refunded.get(chosen.currency, Decimal(0)) + chosen.amount
        return True

    async def settled(self) -> None:
        await self.ask()
        while await self.decide(0):
            pass


async def opened(session: Session) -> House:
    await session.world.prepare()
    staff = await session.world.person()
    await session.world.database.run(SaveStaff([staff]))
    return House(session, Outside(), staff, {})


def test_the_outcome_depends_on_what_was_paid_alone(session: Session) -> None:
    house = session.run(opened, session)
    paid: dict[str, Decimal] = {}

    @settings(max_examples=60, database=None, suppress_health_check=list(HealthCheck))
    @given(payments, steps)
    def play(real: list[tuple[Where, int]], story: list[tuple[str, int]]) -> None:
        person, events = session.run(house.paid_in, real)
        for what, which in story:
            session.run(house.step, what, which, events)
        session.run(house.settled)
        theirs = sum((event.value for event in events if event.currency == "USDT"), Decimal(0))
        assert session.run(session.world.money, person) == (theirs, 0)
        for event in events:
            paid[event.currency] = paid.get(event.currency, Decimal(0)) + event.value
        report = session.run(session.world.audited)
        totals = {total.currency: total for total in report.totals}
        assert report.unapplied == 0
        assert [totals[code].came_in for code in ("USDT", "BTC")] == [paid.get(code, 0) for code in ("USDT", "BTC")]
        assert totals["BTC"].went_out == paid.get("BTC", 0)
        assert house.refunded.get("SHIB", 0) == paid.get("SHIB", 0)

    play()
