"""Where a trade stands, in a sentence for the side that wanted a move which is not possible there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.refusals import Details
from lockbay.areas.text import lines

NOTHING_DONE: Final = "Nothing was done now, and no money moved."
# To the buyer, to the seller; by the state, and how it came to that where there are several ways.
STAGES: Final[Mapping[str, tuple[str, str]]] = {
    "awaiting_payment": ("This trade is not paid yet.", "This trade is not paid yet."),
    "underpaid": (
        "Only a part of the price of this trade has arrived yet.",
        "Only a part of the price of this trade has arrived yet.",
    ),
    "paid": (
        "This trade is paid, and the seller has not accepted it yet.",
        "This trade is paid, and you have not accepted it yet.",
    ),
    "accepted": (
        "The seller has accepted this trade, and has not marked it as delivered yet.",
        "You have accepted this trade, and have not marked it as delivered yet.",
    ),
    "delivered": (
        "The seller has marked this trade as delivered, and you have not released the money yet.",
        "You have marked this trade as delivered, and the buyer has not released the money yet.",
    ),
    "released": (
        "This trade is completed: the seller has the money.",
        "This trade is completed: you have the money.",
    ),
    "released.released": (
        "You have released the money of this trade: the seller has it.",
        "The buyer has released the money of this trade: you have it.",
    ),
    "cancelled": (
        "You have cancelled this trade: if anything was paid, it is back in your wallet.",
        "The buyer has cancelled this trade: if anything was paid, it is back with them.",
    ),
    "expired": (
        "The time to pay this trade is over: if anything had arrived, it is back in your wallet.",
        "The time to pay this trade is over: if anything had arrived, it is back with the buyer.",
    ),
    "declined": (
        "The seller has declined this trade: if anything was paid, it is back in your wallet.",
        "You have declined this trade: if anything was paid, it is back with the buyer.",
    ),
    "refunded": (
        "The time of this trade has run out: you have everything back.",
        "The time of this trade has run out: the buyer has everything back.",
    ),
    "refunded.agreed": (
        "Both sides have ended this trade together: you have everything back.",
        "Both sides have ended this trade together: the buyer has everything back.",
    ),
    "refunded.returned": (
        "The seller has ended this trade: you have everything back.",
        "You have ended this trade: the buyer has everything back.",
    ),
    "disputed": (
        "This trade is disputed: LockBay looks into it, and the money stays held.",
        "This trade is disputed: LockBay looks into it, and the money stays held.",
    ),
    "resolved": (
        "LockBay has decided the dispute about this trade, and the money went as it was decided.",
        "LockBay has decided the dispute about this trade, and the money went as it was decided.",
    ),
}


def known(state: str, role: str, how: str | None) -> Details:
    """What a refusal has to know of the trade, for its sentence."""
    return {"stage": state if how is None else f"{state}.{how}", "role": role}


def sentence(words: Words, details: Details) -> Markup:
    """What has become of it. A refusal's sentence: raises KeyError without those details."""
    to_buyer, to_seller = STAGES[details["stage"]]
    return lines(words(to_buyer if details["role"] == "buyer" else to_seller), words(NOTHING_DONE))
