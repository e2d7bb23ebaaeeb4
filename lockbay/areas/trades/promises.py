"""How long a price stands that LockBay has promised for another coin, not as long as a trade may wait. Pure."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.payin import Payin
from lockbay.areas.trades.views import Part


def place(words: Words, where: Payin, now: datetime) -> Markup | None:
    """That of a place to pay in."""
    if where.price_until is None:
        return None
    if now >= where.price_until:
        return words("The price is not locked any more: what comes counts at the price of then, if that is lower.")
    return words(
        "This price stands until {time}; what is first seen later, or is confirmed hours later, counts at the price "
        "of then, if that is lower.",
        time=words.time(where.price_until),
    )


def arrived(words: Words, parts: tuple[Part, ...], now: datetime) -> Markup | None:
    """The promise about what has arrived already; of several, the one that ends first."""
    until = min((part.price_until for part in parts if part.price_until is not None), default=None)
    if until is None:
        return None
    if now >= until:
        return words(
            "The price of what has arrived in another coin is not locked any more: "
            "it counts at the price of now, if that is lower."
        )
    return kept(words, until)


def kept(words: Words, until: datetime) -> Markup:
    """That of a part, told when it arrives."""
    return words(
        "What has arrived in another coin keeps its price until {time}; "
        "after that it counts at the price of then, if that is lower.",
        time=words.time(until),
    )
