"""What the states of a trade are called, and the sign of each."""

from __future__ import annotations

from typing import Final

from lockbay.actors.words import Words
from lockbay.areas.trades.records import State

SIGNS: Final[dict[State, str]] = {
    "awaiting_payment": "⏳",
    "underpaid": "🧩",
    "paid": "🔒",
    "accepted": "📦",
    "delivered": "📬",
    "released": "✅",
    "cancelled": "✖️",
    "expired": "⌛",
    "declined": "🚫",
    "refunded": "↩️",
    "disputed": "⚖️",
    "resolved": "⚖️",
}


def status(words: Words, state: State) -> str:
    """A state in one or two words."""
    return {
        "awaiting_payment": words.label("not paid yet"),
        "underpaid": words.label("paid in part"),
        "paid": words.label("paid and held"),
        "accepted": words.label("in delivery"),
        "delivered": words.label("delivered"),
        "released": words.label("completed"),
        "cancelled": words.label("cancelled"),
        "expired": words.label("expired"),
        "declined": words.label("declined"),
        "refunded": words.label("refunded"),
        "disputed": words.label("disputed"),
        "resolved": words.label("dispute resolved"),
    }[state]
