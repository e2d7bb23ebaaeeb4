"""What the staff's screens have in common. What a provider says may be anything, and is shown as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.text import cut
from lockbay.money import CURRENCIES, plain

Say: TypeAlias = Callable[[Words], str]
Noun: TypeAlias = Literal["trade", "cash-out", "payment", "exchange", "movement"]


def copied(words: Words, label: str, value: str) -> Markup:
    """A text to be copied by a tap."""
    return words("{label}: <code>{value}</code>", label=label, value=cut(value, 120))


def money(words: Words, amount: Decimal, code: str) -> str:
    """An amount of a currency that need not be one of ours; all of its digits then."""
    digits = plain(amount)
    fits = code in CURRENCIES and len(digits.partition(".")[2]) <= CURRENCIES[code].scale
    return words.amount(amount, code) if fits else f"{digits[:40]} {cut(code, 12)}"


def reason(words: Words, word: str) -> str:
    """Why a payment fitted nothing."""
    say = REASONS.get(word)
    return say(words) if say else word.replace("_", " ")


def state(words: Words, of: Noun, word: str) -> str:
    """What a trade or a cash-out is, or what a movement was."""
    say = STATES[of].get(word)
    return say(words) if say else word.replace("_", " ")


REASONS: Final[Mapping[str, Say]] = {
    "unknown_reference": lambda words: words.label("it names no place to pay in that we know"),
    "wrong_coin": lambda words: words.label("another coin or network came than was asked for"),
    "wrong_address": lambda words: words.label("it came to another address than we gave"),
    "told_differently": lambda words: words.label("the provider told it differently before"),
    "bad_amount": lambda words: words.label("its amount is none that the books can hold"),
    "below_minimum": lambda words: words.label("it is less than the provider forwards"),
    "unverified": lambda words: words.label("its provider never verified it"),
    "trade_cancelled": lambda words: words.label("it came after the trade was cancelled"),
    "trade_expired": lambda words: words.label("it came after the trade had expired"),
    "trade_declined": lambda words: words.label("it came after the seller declined"),
    "trade_refunded": lambda words: words.label("it came after the trade was refunded"),
    "trade_released": lambda words: words.label("it came after the trade was completed"),
    "trade_disputed": lambda words: words.label("it came while the trade is disputed"),
    "trade_resolved": lambda words: words.label("it came after the dispute was resolved"),
}
STATES: Final[Mapping[Noun, Mapping[str, Say]]] = {
    "trade": {
        "awaiting_payment": lambda words: words.label("awaiting payment"),
        "underpaid": lambda words: words.label("underpaid"),
        "paid": lambda words: words.label("paid"),
        "accepted": lambda words: words.label("accepted"),
        "delivered": lambda words: words.label("delivered"),
        "released": lambda words: words.label("released"),
        "cancelled": lambda words: words.label("cancelled"),
        "expired": lambda words: words.label("expired"),
        "declined": lambda words: words.label("declined"),
        "refunded": lambda words: words.label("refunded"),
        "disputed": lambda words: words.label("disputed"),
        "resolved": lambda words: words.label("resolved"),
    },
    "cash-out": {
        "awaiting_approval": lambda words: words.state("cash-out", "awaiting approval"),
        "requested": lambda words: words.state("cash-out", "requested"),
        "sending": lambda words: words.state("cash-out", "sending"),
        "unknown": lambda words: words.state("cash-out", "unknown"),
        "waiting": lambda words: words.state("cash-out", "waiting"),
        "sent": lambda words: words.state("cash-out", "sent"),
        "done": lambda words: words.state("cash-out", "done"),
        "failed": lambda words: words.state("cash-out", "failed"),
        "refunded": lambda words: words.state("cash-out", "refunded"),
        "declined": lambda words: words.state("cash-out", "declined"),
        "cancelled": lambda words: words.state("cash-out", "cancelled"),
    },
    "payment": {
        "seen": lambda words: words.label("seen"),
        "booked": lambda words: words.label("booked"),
        "noted": lambda words: words.label("noted"),
        "unapplied": lambda words: words.label("unapplied"),
        "credited": lambda words: words.label("credited"),
        "refunded": lambda words: words.state("payment", "refunded"),
        "attached": lambda words: words.label("attached"),
    },
    "exchange": {
        "done": lambda words: words.state("exchange", "done"),
    },
    "movement": {
        "deposit": lambda words: words.label("deposit"),
        "pay": lambda words: words.label("pay"),
        "part": lambda words: words.label("part"),
        "release": lambda words: words.label("release"),
        "refund": lambda words: words.label("refund"),
        "split": lambda words: words.label("split"),
        "credit": lambda words: words.label("credit"),
        "cashout": lambda words: words.label("cashout"),
        "cashout_refund": lambda words: words.label("cashout refund"),
        "exchange": lambda words: words.label("exchange"),
        "opening": lambda words: words.label("opening"),
        "referral": lambda words: words.label("referral"),
        "forfeit": lambda words: words.label("forfeit"),
        "correction": lambda words: words.label("correction"),
    },
}
