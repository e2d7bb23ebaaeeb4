"""What disputes are called, wherever one is shown: why they were opened, and how they ended. Pure."""

from __future__ import annotations

from typing import Literal, TypeAlias

from lockbay.actors.words import Words

Side: TypeAlias = Literal["buyer", "seller"]
Reason: TypeAlias = Literal[
    "not_delivered", "not_as_described", "damaged", "no_answer", "not_released", "payment", "other"
]
How: TypeAlias = Literal["refund", "release", "split", "conceded"]


def reason(words: Words, which: Reason) -> str:
    """Why one side disputes a trade."""
    return {
        "not_delivered": words.label("nothing was delivered"),
        "not_as_described": words.label("it is not as described"),
        "damaged": words.label("it is damaged or does not work"),
        "no_answer": words.label("the other side does not answer"),
        "not_released": words.label("it is delivered, and the money is not released"),
        "payment": words.label("something is wrong with the payment"),
        "other": words.label("something else"),
    }[which]


def side(words: Words, role: Side) -> str:
    """Who opened it."""
    return words.label("the buyer") if role == "buyer" else words.label("the seller")
