"""A trade as the model has it, and what coins are worth in it."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

from attrs import define

from lockbay.areas.disputes.split import Split, split
from lockbay.areas.trades.fees import Fees
from lockbay.money import USDT

SMALLEST: Final = Decimal(2)  # trade, USD
PRICE: Final = Decimal(88200)  # of a bitcoin in USDT, the spread taken off
CENT, UNIT, SATOSHI = Decimal("0.01"), Decimal("0.000001"), Decimal("0.00000001")
UNPAID, PAID = ("awaiting_payment", "underpaid"), ("paid", "accepted", "delivered", "disputed")
MOVES: Final = {"accept": "paid", "deliver": "accepted"}
GOES_BACK: Final = {
    "cancel": (UNPAID, "cancelled"),
    "decline": ((*UNPAID, "paid"), "declined"),
    "give_back": (PAID[1:], "refunded"),
    "agree": (PAID, "refunded"),
}
ELAPSED: Final = dict.fromkeys(UNPAID, "expired") | dict.fromkeys(PAID[:2], "refunded")


def rounded(amount: Decimal, unit: Decimal = UNIT) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)


def worth(coin: str, amount: Decimal) -> Decimal:
    return amount if coin == "USDT" else rounded(amount * PRICE)


def price_in(coin: str, missing: Decimal) -> Decimal:
    """The least of a coin that is worth so much."""
    if coin == "USDT":
        return missing
    cost = max((missing - UNIT) / PRICE, Decimal(0)).quantize(SATOSHI, ROUND_DOWN)
    while worth(coin, cost) < missing:
        cost += SATOSHI
    return cost


@define
class Deal:
    id: int
    buyer: int
    seller: int
    amount: Decimal
    price: Fees
    state: str = "awaiting_payment"
    parts: tuple[tuple[str, Decimal], ...] = ()
    payout: Decimal = Decimal(0)
    proposed_by: int | None = None

    @property
    def held(self) -> Decimal:
        return sum((worth(*part) for part in self.parts), Decimal(0))

    @property
    def missing(self) -> Decimal:
        return max(self.price.buyer_pays - self.held, Decimal(0))

    @property
    def forgiven(self) -> Decimal:
        percent = 5 if self.amount < 50 else 3 if self.amount < 500 else 1
        return min(self.price.fee, rounded(self.price.buyer_pays * percent / 100))

    @property
    def takes(self) -> bool:
        return self.state in UNPAID or (
            self.state in PAID and self.missing > 0 and self.payout == self.price.seller_gets
        )

    @property
    def reduced(self) -> Decimal:
        return self.held - rounded(self.price.fee * self.held / self.price.buyer_pays)

    @property
    def is_too_small(self) -> bool:
        """To go on with what is there."""
        return self.reduced <= 0 or rounded(self.amount * self.held / self.price.buyer_pays, CENT) < SMALLEST

    def split(self, percent: int) -> Split:
        return split(rounded(self.held), self.payout, percent, USDT)

    def go(self, state: str) -> None:
        self.state, self.proposed_by = state, None
