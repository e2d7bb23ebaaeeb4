"""Disputes in any order against a model of a few lines: opened, decided, conceded, paid late, with time passing.

After every step each balance and each trade is the model's; the audit passes whenever it is asked.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import TypeVar

from attrs import define, field
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.deposits.records import Applied, Payin
from lockbay.areas.disputes.records import Decided, Opened, ResolveDispute
from lockbay.areas.disputes.split import split
from lockbay.areas.trades.agreement import AgreeCancel, GiveBack, ProposeCancel
from lockbay.areas.trades.records import AcceptTrade, DeliverTrade, ReleaseTrade, TradeState
from lockbay.areas.trades.views import TradePage
from lockbay.money import USDT
from lockbay.postgres.queries import Operation, Refused
from tests.areas.disputing import opening
from tests.ledger.sessions import Session, session
from tests.ledger.world import HOUR, UNLIMITED, creation, payment

__all__ = ["session"]

T = TypeVar("T")
NUMBERS = count(1)
WHICH = st.integers(0, 30)
PAID = st.integers(96_000_000, 130_000_000).map(lambda units: Decimal(units) / 1_000_000)  # of 105
PRICE, FEE = Decimal(105), Decimal(5)
FORGIVEN = Decimal("3.15")  # 3 % of a trade of that worth
LIVE = ("accepted", "delivered", "disputed")


@define
class ModelTrade:
    id: int
    place: Payin
    held: Decimal
    state: str
    deadline: datetime
    is_proposed: bool = False


@define
class Model:
    buyer: Decimal = Decimal(0)
    seller: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    trades: list[ModelTrade] = field(factory=list)

    def end(self, trade: ModelTrade, state: str, percent: int) -> None:
        parts = split(trade.held, Decimal(100), percent, USDT)
        self.buyer += parts.buyer_gets
        self.seller += parts.seller_gets
        self.fees += parts.fee
        trade.state = state


def machine(session: Session) -> type[RuleBasedStateMachine]:
    world, clock = session.world, session.clock
    session.run(world.prepare, UNLIMITED)
    session.run(world.without_levels)
    earned = [Decimal(0)]  # by the examples before

    class Disputes(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            session.run(world.prepare, UNLIMITED, clock.now())
            self.buyer, self.seller, self.staff = (session.run(world.person) for _ in range(3))
            session.run(world.database.run, SaveStaff([self.staff]))
            self.model = Model()
            for amount, delivered in ((PRICE, False), (PRICE, True), (Decimal(103), True)):
                self.buy(amount, delivered)
            assert isinstance(self.do(opening(self.buyer, self.model.trades[2].id)), Opened)
            self.model.trades[2].state = "disputed"

        def do(self, operation: Operation[T]) -> T | Refused:
            return session.run(world.do, operation, f"disputes.{next(NUMBERS)}")

        def one(self, which: int, *states: str) -> ModelTrade | None:
            among = [trade for trade in self.model.trades if trade.state in (states or LIVE)]
            return among[which % len(among)] if among else None

        def any(self, which: int, *states: str) -> ModelTrade:
            """Rather one in those states."""
            among = [trade for trade in self.model.trades if trade.state in states] * 4 + self.model.trades
            return among[which % len(among)]

        @rule(amount=PAID, delivered=st.booleans())
        def trade(self, amount: Decimal, delivered: bool) -> None:
            self.buy(amount, delivered)

        def buy(self, amount: Decimal, delivered: bool) -> None:
            """Bought with one payment, which may be a little short or too much."""
            made = self.do(creation(self.buyer, f"@person{self.seller}"))
            assert isinstance(made, TradeState)
            place = session.run(lambda: world.payin(self.buyer, trade=made.id))
            amount = max(amount, PRICE - FORGIVEN)
            self.do(payment(place, amount))
            self.model.buyer += max(amount - PRICE, Decimal(0))
            self.do(AcceptTrade(self.seller, made.id))
            kept = ModelTrade(made.id, place, min(amount, PRICE), "accepted", clock.now() + 48 * HOUR)
            self.model.trades.append(kept)
            if delivered:
                self.hand_over(kept)

        @precondition(lambda self: self.one(0, "accepted"))
        @rule(which=WHICH)
        def deliver(self, which: int) -> None:
            trade = self.one(which, "accepted")
            assert trade is not None
            self.hand_over(trade)

        def hand_over(self, trade: ModelTrade) -> None:
            answer = self.do(DeliverTrade(self.seller, trade.id))
            if clock.now() >= trade.deadline:
                assert isinstance(answer, Refused)
                return
            trade.state, trade.deadline, trade.is_proposed = "delivered", clock.now() + 48 * HOUR, False

        @rule(which=WHICH, by_seller=st.booleans())
        def dispute(self, which: int, by_seller: bool) -> None:
            trade = self.any(which, "accepted", "delivered")
            answer = self.do(opening(self.seller if by_seller else self.buyer, trade.id, by_seller=by_seller))
            if trade.state not in ("accepted", "delivered"):
                assert isinstance(answer, Refused)
                assert answer.reason == "wrong_state"
            elif clock.now() >= trade.deadline:
                assert isinstance(answer, Refused)
                assert answer.reason == "too_late"
            else:
                assert isinstance(answer, Opened)
                trade.state, trade.is_proposed = "disputed", False

        @rule(which=WHICH, percent=st.integers(0, 100))
        def resolve(self, which: int, percent: int) -> None:
            trade = self.any(which, "disputed")
            parts = split(trade.held, Decimal(100), percent, USDT)
            sums = (trade.held, parts.buyer_gets, parts.seller_gets, parts.fee)
            answer = self.do(ResolveDispute(self.staff, trade.id, percent, *sums, "why"))
            if trade.state == "disputed":
                assert isinstance(answer, Decided)
                self.model.end(trade, "resolved", percent)
            else:
                assert isinstance(answer, Refused)
                assert answer.reason in ("already_ended", "unknown_dispute")

        @rule()
        def audit(self) -> None:
            assert session.run(world.audited).totals[0].fees - earned[0] == self.model.fees

        @precondition(lambda self: self.one(0, "disputed"))
        @rule(which=WHICH)
        def resolve_with_other_numbers(self, which: int) -> None:
            trade = self.one(which, "disputed")
            assert trade is not None
            sums = (trade.held, trade.held - 1, Decimal(1), Decimal(0))
            assert self.do(ResolveDispute(self.staff, trade.id, 50, *sums, "why")) == Refused("terms_changed")

        @precondition(lambda self: self.one(0))
        @rule(which=WHICH)
        def release(self, which: int) -> None:
            trade = self.one(which)
            assert trade is not None
            assert isinstance(self.do(ReleaseTrade(self.buyer, trade.id)), TradeState)
            self.model.end(trade, "released", 100)

        @precondition(lambda self: self.one(0))
        @rule(which=WHICH)
        def give_back(self, which: int) -> None:
            trade = self.one(which)
            assert trade is not None
            assert isinstance(self.do(GiveBack(self.seller, trade.id)), TradeState)
            self.model.end(trade, "refunded", 0)

        @precondition(lambda self: self.one(0))
        @rule(which=WHICH)
        def agree(self, which: int) -> None:
            trade = self.one(which)
            assert trade is not None
            if not trade.is_proposed:
                assert isinstance(self.do(ProposeCancel(self.buyer, trade.id)), TradeState)
                trade.is_proposed = True
                return
            assert isinstance(self.do(AgreeCancel(self.seller, trade.id)), TradeState)
            self.model.end(trade, "refunded", 0)

        @rule(which=WHICH, amount=st.integers(1, 9).map(Decimal))
        def pay_late(self, which: int, amount: Decimal) -> None:
            """Into the price while some of that is missing, what is over into the wallet; after the end it waits."""
            trade = self.any(which)
            answer = self.do(payment(trade.place, amount))
            assert isinstance(answer, Applied)
            if trade.state not in LIVE:
                assert (answer.outcome, answer.reason) == ("unapplied", f"trade_{trade.state}")
                return
            used = min(amount, PRICE - trade.held)
            trade.held += used
            self.model.buyer += amount - used

        @rule(hours=st.sampled_from([1, 20, 47, 49]))
        def time_passes(self, hours: int) -> None:
            clock.advance(hours * HOUR)
            session.run(world.prepare, UNLIMITED, clock.now())

        @rule()
        def clock_ticks(self) -> None:
            for timer in session.run(world.timers):
                self.do(timer.operation)
            for reminder in session.run(world.reminders):
                self.do(reminder.operation)
            for trade in self.model.trades:
                if trade.state in ("accepted", "delivered") and clock.now() >= trade.deadline:
                    done = trade.state == "delivered"
                    self.model.end(trade, "released" if done else "refunded", 100 if done else 0)

        @invariant()
        def everything_is_the_models(self) -> None:
            held = sum((trade.held for trade in self.model.trades if trade.state in LIVE), Decimal(0))
            assert session.run(world.money, self.buyer) == (self.model.buyer, held)
            assert session.run(world.money, self.seller) == (self.model.seller, Decimal(0))
            for trade in self.model.trades:
                page = session.run(world.database.read, TradePage, self.buyer, trade.id)
                assert page is not None
                assert page.state == trade.state
                assert (page.dispute is not None and page.dispute.buyer_gets is None) == (trade.state == "disputed")

        def teardown(self) -> None:
            """What still goes on ends, so that nothing of this example reaches into the next."""
            if not hasattr(self, "model"):
                return
            for trade in self.model.trades:
                if trade.state in LIVE:
                    self.do(GiveBack(self.seller, trade.id))
            self.audit()
            earned[0] += self.model.fees

    return Disputes


def test_disputes_are_their_model(session: Session) -> None:
    run_state_machine_as_test(
        machine(session),
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
