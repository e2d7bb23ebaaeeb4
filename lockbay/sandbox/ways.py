"""The ways in which people pay and providers tell of it, the same for all three."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from attrs import frozen

from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.control import text_of
from lockbay.sandbox.wire import Object

LATE: Final = 60.0  # seconds
CONFIRMED_AFTER: Final = 5.0  # seconds
PARTS: Final = {"short": Decimal("0.9"), "over": Decimal("1.1")}

# How it is asked for, and what it says on a button.
HOWS: Final = {
    "exact": "Pay",
    "short": "10 % short",
    "over": "10 % over",
    "twice": "Twice",
    "pending": "Pending, then confirmed",
    "late": "Late (60 s)",
    "again": "Once, told again",
    "out_of_order": "Told out of order",
    "never_told": "Never told",
    "wrong_coin": "Wrong coin",
    "bad_signature": "Forged",
}


@frozen
class Telling:
    """One event to be told. `event` is the provider's own name of it, empty where it has none."""

    event: str
    due: float
    pending: bool = False
    forged: bool = False


@frozen
class Way:
    """How somebody pays; `delay` in seconds.

    exact: the amount. short: nine tenths of it. over: eleven tenths. twice: two payments of it. late: nothing is told
    before `delay`. pending: told as pending now, as confirmed after `delay`. again: one payment, whose confirmation is
    told once more. out_of_order: confirmed is told before pending. never_told: only who asks learns of it. wrong_coin:
    another coin than the one that was wanted. bad_signature: nothing is paid, and somebody else says it was.
    """

    how: str = "exact"
    delay: float | None = None

    def sums(self, amount: Decimal, exact: Callable[[Decimal], Decimal]) -> list[Decimal]:
        """What is sent in how many payments. Raises Impossible for nothing."""
        value = exact(amount * PARTS.get(self.how, Decimal(1)))
        if value <= 0:
            raise Impossible("That is less than the smallest unit.")
        return [value, value] if self.how == "twice" else [value]

    def tellings(self, now: float, pending: Sequence[str], final: Sequence[str]) -> list[Telling]:
        """When what is told: names of events for a payment that is seen, and for one that is confirmed."""
        seen = now + (LATE if self.delay is None else self.delay) if self.how == "late" else now
        wait = CONFIRMED_AFTER if self.delay is None else self.delay
        confirmed = seen + wait if self.how == "pending" else seen
        first = [Telling(event, seen, pending=True) for event in pending]
        then = [Telling(event, confirmed) for event in final]
        match self.how:
            case "never_told":
                return []
            case "bad_signature":
                return [Telling(final[0], now, forged=True)]
            case "out_of_order":
                return [*then, *first]
            case "again":
                return [*first, *then, then[0]]
        return [*first, *then]


@frozen
class Wish:
    """What somebody wants to pay, and to where: an address, a reference or a link."""

    to: str
    amount: Decimal
    way: Way

    @classmethod
    def of(cls, fields: Object) -> Wish:
        """{"address" | "reference" | "to", "amount", "how", "delay"}. Raises Impossible."""
        to = next((text_of(fields, name) for name in ("address", "reference", "to") if fields.get(name)), None)
        how, delay = text_of(fields, "how", "exact"), fields.get("delay")
        if how not in HOWS or to is None:
            raise Impossible(f"Say where to, and one of: {', '.join(HOWS)}.")
        seconds = float(delay) if isinstance(delay, int | float) else None
        return cls(to, amount_of(text_of(fields, "amount")), Way(how, seconds))


def plain(value: Decimal) -> str:
    """Digits without exponent and without zeros behind."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_of(text: str) -> Decimal:
    """Raises Impossible for what is not more than nothing."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0 or amount > 10**12:
        raise Impossible(f"“{text}” is not an amount.")
    return amount
