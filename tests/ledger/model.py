"""Trades and cash-outs in a few lines of Python: what may be done and told in each state, and whose the money is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import define, evolve, field

from lockbay.areas.admin.cashout_records import Decision
from lockbay.areas.payout import Told
from lockbay.areas.trades.agreement import GiveBack
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    FeePayer,
    PayTrade,
    ReleaseTrade,
)
from tests.ledger.world import HOUR, UNLIMITED, cost

# Whose move it is, from which states, into which, and whether it has a deadline.
MOVES = {
    "pay": (PayTrade, "buyer", ("awaiting_payment",), "paid", True),
    "cancel": (CancelTrade, "buyer", ("awaiting_payment", "paid"), "cancelled", False),
    "accept": (AcceptTrade, "seller", ("paid",), "accepted", True),
    "decline": (DeclineTrade, "seller", ("awaiting_payment", "paid"), "declined", False),
    "deliver": (DeliverTrade, "seller", ("accepted",), "delivered", True),
    "release": (ReleaseTrade, "buyer", ("accepted", "delivered"), "released", False),
    "give_back": (GiveBack, "seller", ("accepted", "delivered"), "refunded", False),
}
HELD = ("paid", "accepted", "delivered")
TERMS = evolve(
    UNLIMITED, cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(0), cashout_approval_usd=Decimal(200),
    exchange_sources=1, exchange_position_usd=Decimal(10**9),
)  # fmt: skip
FEE = Decimal(1)  # of a cash-out
# What a provider may tell in a state, and the state that follows; anything else leaves it as it is.
TOLD: dict[str, dict[Told, str]] = {
    "requested": {"waiting": "waiting"},
    "sending": {"sent": "sent", "unknown": "unknown", "waiting": "waiting", "done": "done", "failed": "refunded"},
    "unknown": {"sent": "sent", "waiting": "waiting", "done": "done", "failed": "refunded"},
    "waiting": {"sent": "sent", "done": "done", "failed": "refunded"},
    "sent": {"unknown": "unknown", "done": "done", "failed": "refunded"},
}
# What a provider that is true never tells in a state.
UNTRUE: dict[str, tuple[Told, ...]] = {"done": ("failed",)}
UNTRUE |= dict.fromkeys(
    ("awaiting_approval", "requested", "refunded", "declined", "cancelled"), ("sent", "done", "failed")
)
DECIDED: dict[Decision, dict[str, str]] = {
    "approve": {"awaiting_approval": "requested"},
    "decline": {"awaiting_approval": "declined", "waiting": "declined"},
    "refund": {"waiting": "refunded", "unknown": "refunded"},
    "paid": {"waiting": "done", "unknown": "done"},
    "retry": {"waiting": "waiting"},
}
CLOSED = ("done", "refunded", "declined", "cancelled")
TIMED = {"awaiting_payment": "expired", "paid": "refunded", "accepted": "refunded", "delivered": "released"}


@define
class ModelTrade:
    id: int
    buyer: int
    seller: int | None
    amount: Decimal
    payer: FeePayer
    deadline: datetime
    token: str
    state: str = "awaiting_payment"


@define
class ModelCashout:
    id: int
    reference: str
    person: int
    amount: Decimal
    state: str


@define
class Model:
    available: list[Decimal]
    trades: list[ModelTrade] = field(factory=list)
    cashouts: list[ModelCashout] = field(factory=list)
    naira: list[Decimal] = field(factory=lambda: [Decimal(0)] * 3)
    fees: Decimal = Decimal(0)

    def held(self, person: int) -> Decimal:
        mine = [t for t in self.trades if t.buyer == person and t.state in HELD]
        leaving = sum(c.amount for c in self.cashouts if c.person == person and c.state not in CLOSED)
        return sum((cost(trade.amount, trade.payer).buyer_pays for trade in mine), Decimal(leaving))

    def between_two(self) -> list[tuple[ModelTrade, int]]:
        """Trades that hold money, with their sellers."""
        return [(t, t.seller) for t in self.trades if t.state in HELD and t.seller is not None]

    def standing(self, trade: ModelTrade, person: int) -> str | None:
        """Why somebody cannot join, or None."""
        if person == trade.buyer:
            return "own_trade"
        if trade.seller is not None:
            return None if person == trade.seller else "taken"
        return None if trade.state in TIMED else "ended"

    def cashout(self, which: int) -> ModelCashout:
        """Rather one that is under way."""
        among = [each for each in self.cashouts if each.state not in CLOSED] * 3 + self.cashouts
        return among[which % len(among)]

    def leave(self, cashout: ModelCashout, to: str) -> None:
        cashout.state = to
        if to == "done":
            self.fees += FEE
        elif to in CLOSED:
            self.available[cashout.person] += cashout.amount

    def refusal(self, trade: ModelTrade, move: str, person: int, now: datetime) -> str | None:
        _, role, states, _, timed = MOVES[move]
        if person != getattr(trade, role):
            return "not_yours"
        if trade.state not in states:
            return "wrong_state"
        if move == "cancel" and trade.state == "paid" and trade.seller is not None:
            return "seller_there"
        if timed and now >= trade.deadline:
            return "too_late"
        poor = self.available[trade.buyer] < cost(trade.amount, trade.payer).buyer_pays
        return "insufficient" if move == "pay" and poor else None

    def go(self, trade: ModelTrade, to: str, now: datetime) -> None:
        price = cost(trade.amount, trade.payer)
        if to == "paid":
            self.available[trade.buyer] -= price.buyer_pays
        elif to == "released":
            assert trade.seller is not None
            self.available[trade.seller] += price.seller_gets
            self.fees += price.fee
        elif to in ("cancelled", "declined", "refunded") and trade.state in HELD:
            self.available[trade.buyer] += price.buyer_pays
        windows = {"paid": 24, "accepted": 48, "delivered": 48}
        trade.state, trade.deadline = to, now + windows.get(to, 0) * HOUR
