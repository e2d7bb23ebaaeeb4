"""Random trades, deposits, cash-outs and exchanges against a model of a few lines: every answer and every balance must
be the model's.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import TypeVar, cast

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

from lockbay.areas.admin.cashout_records import DecideCashout, Decision
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.exchange.records import ConfirmExchange, Exchanged, ExchangeQuote, QuoteExchange
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout, State, Told
from lockbay.areas.trades.agreement import AgreeCancel, ProposeCancel
from lockbay.areas.trades.records import (
    FeePayer,
    JoinTrade,
    TradeState,
)
from lockbay.postgres.queries import Operation, Refused
from tests.ledger.model import CLOSED, DECIDED, FEE, MOVES, TERMS, TIMED, TOLD, UNTRUE, Model, ModelCashout, ModelTrade
from tests.ledger.sessions import Session
from tests.ledger.sessions import session as session
from tests.ledger.world import HOUR, cost, creation, payment

T = TypeVar("T")
NUMBERS = count(1)
AMOUNTS = st.integers(2_000_000, 400_000_000).map(lambda units: Decimal(units) / 1_000_000)
PEOPLE, TRADES = st.integers(0, 2), st.integers(0, 30)


def machine(session: Session) -> type[RuleBasedStateMachine]:
    world, clock = session.world, session.clock
    session.run(world.prepare, TERMS)
    earned = [Decimal(0)]  # by the examples before

    class Ledger(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            session.run(world.prepare, TERMS, clock.now())
            self.people = [session.run(world.person, 300) for _ in range(3)]
            session.run(world.database.run, SaveStaff([self.people[0]]))
            self.model = Model([Decimal(300)] * 3)
            self.last: tuple[Operation[object], str, object] | None = None

        def do(self, operation: Operation[T]) -> T | Refused:
            key = f"model.{next(NUMBERS)}"
            answer = session.run(world.do, operation, key)
            self.last = (operation, key, answer)
            return answer

        @rule(person=PEOPLE, amount=AMOUNTS)
        def deposit(self, person: int, amount: Decimal) -> None:
            self.do(payment(session.run(world.payin, self.people[person]), amount))
            self.model.available[person] += amount

        @rule(buyer=PEOPLE, seller=PEOPLE, amount=AMOUNTS, payer=st.sampled_from(["buyer", "seller", "split"]))
        def create(self, buyer: int, seller: int, amount: Decimal, payer: FeePayer) -> None:
            answer = self.do(creation(self.people[buyer], f"@person{self.people[seller]}", str(amount), payer))
            if buyer == seller:
                assert answer == Refused("own_trade")
                return
            self.created(answer, buyer, seller, amount, payer)

        @rule(buyer=PEOPLE, amount=AMOUNTS, payer=st.sampled_from(["buyer", "seller", "split"]))
        def create_by_link(self, buyer: int, amount: Decimal, payer: FeePayer) -> None:
            answer = self.do(creation(self.people[buyer], "", str(amount), payer, "link"))
            self.created(answer, buyer, None, amount, payer)

        def created(
            self, answer: TradeState | Refused, buyer: int, seller: int | None, amount: Decimal, payer: FeePayer
        ) -> None:
            assert isinstance(answer, TradeState)
            assert answer.token
            made = ModelTrade(answer.id, buyer, seller, amount, payer, clock.now() + HOUR, answer.token)
            self.model.trades.append(made)

        @precondition(lambda self: self.model.trades)
        @rule(which=TRADES, person=PEOPLE)
        def join(self, which: int, person: int) -> None:
            trade = self.model.trades[which % len(self.model.trades)]
            answer = self.do(JoinTrade(self.people[person], trade.token))
            expected = self.model.standing(trade, person)
            if expected is not None:
                assert answer == Refused(expected)
                return
            assert isinstance(answer, TradeState)
            trade.seller = person

        @precondition(lambda self: self.model.trades)
        @rule(which=TRADES, person=PEOPLE, move=st.sampled_from(list(MOVES)))
        def move(self, which: int, person: int, move: str) -> None:
            self.make(self.model.trades[which % len(self.model.trades)], person, move)

        @precondition(lambda self: self.model.trades)
        @rule(which=TRADES, choice=st.integers(0, 2))
        def legal_move(self, which: int, choice: int) -> None:
            trade = self.model.trades[which % len(self.model.trades)]
            legal = [
                name
                for name, (_, role, states, _, _) in MOVES.items()
                if trade.state in states and getattr(trade, role) is not None
            ]
            if legal:
                move = legal[choice % len(legal)]
                self.make(trade, getattr(trade, MOVES[move][1]), move)

        @precondition(lambda self: self.model.between_two())
        @rule(which=TRADES, by_buyer=st.booleans())
        def cancel_together(self, which: int, by_buyer: bool) -> None:
            held = self.model.between_two()
            trade, seller = held[which % len(held)]
            one, other = (trade.buyer, seller) if by_buyer else (seller, trade.buyer)
            assert isinstance(self.do(ProposeCancel(self.people[one], trade.id)), TradeState)
            assert isinstance(self.do(AgreeCancel(self.people[other], trade.id)), TradeState)
            self.model.go(trade, "refunded", clock.now())

        @rule(person=PEOPLE, amount=AMOUNTS)
        def cash_out(self, person: int, amount: Decimal) -> None:
            wanted = RequestCashout(
                self.people[person], "USDT", "TRC20", amount, amount - FEE, "T-somewhere", "", "", "", "", None
            )
            answer = self.do(wanted)
            if amount < 5 or amount > self.model.available[person]:
                assert isinstance(answer, Refused)
                assert answer.reason == ("below_minimum" if amount < 5 else "insufficient")
                return
            assert isinstance(answer, Cashout)
            large = amount.quantize(Decimal("0.01"), ROUND_HALF_UP) >= 200
            assert answer.state == ("awaiting_approval" if large else "requested")
            self.model.available[person] -= amount
            self.model.cashouts.append(ModelCashout(answer.id, answer.reference, person, amount, answer.state))

        @rule(person=PEOPLE, amount=st.integers(5, 60).map(Decimal))
        def cash_out_and_send(self, person: int, amount: Decimal) -> None:
            before = len(self.model.cashouts)
            self.cash_out(person, amount)
            for cashout in self.model.cashouts[before:]:
                self.step(cashout, SendCashout(cashout.id, "blockbee"), {"requested": "sending"})

        @precondition(lambda self: self.model.cashouts)
        @rule(which=TRADES)
        def send(self, which: int) -> None:
            cashout = self.model.cashout(which)
            self.step(cashout, SendCashout(cashout.id, "blockbee"), {"requested": "sending", "waiting": "sending"})

        @precondition(lambda self: self.model.cashouts)
        @rule(which=TRADES, told=st.sampled_from(["sent", "done", "failed", "unknown", "waiting"]))
        def settle(self, which: int, told: Told) -> None:
            cashout = self.model.cashout(which)
            if told not in UNTRUE.get(cashout.state, ()):
                self.tell(cashout, told)

        def tell(self, cashout: ModelCashout, told: Told) -> None:
            txid = f"tx-{cashout.id}"
            answer = self.do(SettleCashout(cashout.reference, "blockbee", told, None, txid, None, b"", ""))
            assert isinstance(answer, Cashout)
            to = TOLD.get(cashout.state, {}).get(told)
            if to:
                self.model.leave(cashout, to)
            assert answer.state == cashout.state

        @precondition(lambda self: self.model.cashouts)
        @rule(which=TRADES, decision=st.sampled_from(list(DECIDED)))
        def decide(self, which: int, decision: Decision) -> None:
            cashout = self.model.cashout(which)
            txid = f"tx-{cashout.id}" if decision == "paid" else ""
            shown = cast(State, cashout.state)
            wanted = DecideCashout(self.people[0], cashout.id, shown, decision, txid, "why")
            if cashout.person == 0:
                assert self.do(wanted) == Refused("own_cashout")
                return
            self.step(cashout, wanted, DECIDED[decision])

        @precondition(lambda self: self.model.cashouts)
        @rule(which=TRADES, person=PEOPLE)
        def take_back(self, which: int, person: int) -> None:
            cashout = self.model.cashout(which)
            wanted = CancelCashout(self.people[person], cashout.id)
            if person != cashout.person:
                assert self.do(wanted) == Refused("unknown_cashout")
                return
            self.step(cashout, wanted, {"awaiting_approval": "cancelled", "requested": "cancelled"})

        def step(self, cashout: ModelCashout, wanted: Operation[Cashout], moves: dict[str, str]) -> None:
            answer = self.do(wanted)
            if cashout.state not in moves:
                assert answer == Refused("wrong_state", {"state": cashout.state})
                return
            assert isinstance(answer, Cashout)
            self.model.leave(cashout, moves[cashout.state])
            assert answer.state == cashout.state

        @rule(person=PEOPLE, amount=AMOUNTS)
        def exchange(self, person: int, amount: Decimal) -> None:
            user = self.people[person]
            quote = self.do(QuoteExchange(user, "USDT", "NGN", amount))
            if amount > self.model.available[person]:
                assert isinstance(quote, Refused)
                assert quote.reason == "insufficient"
                return
            assert isinstance(quote, ExchangeQuote)
            answer = self.do(ConfirmExchange(user, quote.id))
            assert isinstance(answer, Exchanged)
            self.model.available[person] -= amount
            self.model.naira[person] += quote.to_amount
            assert self.do(ConfirmExchange(user, quote.id)) == Refused("quote_expired")
            assert session.run(world.money, user, "NGN") == (self.model.naira[person], 0)

        def make(self, trade: ModelTrade, person: int, move: str) -> None:
            kind, _, _, to, _ = MOVES[move]
            total = [cost(trade.amount, trade.payer).buyer_pays] if move == "pay" else []
            expected = self.model.refusal(trade, move, person, clock.now())
            answer = self.do(kind(self.people[person], trade.id, *total))
            if expected:
                assert isinstance(answer, Refused)
                assert answer.reason == expected
                return
            assert isinstance(answer, TradeState)
            self.model.go(trade, to, clock.now())
            assert answer.state == trade.state

        @rule(hours=st.sampled_from([1, 20, 24, 49]))
        def time_passes(self, hours: int) -> None:
            clock.advance(hours * HOUR)
            session.run(world.prepare, TERMS, clock.now())

        @rule()
        def clock_ticks(self) -> None:
            self.tick()

        def tick(self) -> None:
            for timer in session.run(world.timers):
                session.run(world.do, timer.operation, timer.key)
            for reminder in session.run(world.reminders):
                assert session.run(world.do, reminder.operation, reminder.key) in (0, 1)
            for trade in self.model.trades:
                if trade.state in TIMED and clock.now() >= trade.deadline:
                    self.model.go(trade, TIMED[trade.state], clock.now())

        @precondition(lambda self: self.last)
        @rule()
        def the_last_request_comes_again(self) -> None:
            assert self.last
            operation, key, answer = self.last
            assert session.run(world.do, operation, key) == answer

        @invariant()
        def balances_are_the_models(self) -> None:
            for person, user_id in enumerate(self.people):
                money = session.run(world.money, user_id)
                assert money == (self.model.available[person], self.model.held(person))

        def teardown(self) -> None:
            """Time ends what is still going on, so that nothing of this example reaches into the next."""
            if not hasattr(self, "model"):
                return
            clock.advance(100 * HOUR)
            self.tick()
            for cashout in self.model.cashouts:
                if cashout.state in ("awaiting_approval", "requested"):
                    wanted = CancelCashout(self.people[cashout.person], cashout.id)
                    self.step(cashout, wanted, {cashout.state: "cancelled"})
                elif cashout.state not in CLOSED:
                    self.tell(cashout, "done")
            usdt = session.run(world.audited).totals[0]
            assert (usdt.fees - earned[0], usdt.held) == (self.model.fees, Decimal(0))
            earned[0] = usdt.fees

    return Ledger


def test_the_ledger_is_its_model(session: Session) -> None:
    run_state_machine_as_test(
        machine(session),
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
