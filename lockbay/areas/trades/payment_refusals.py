"""Why a trade was not paid: for every reason what happened, that no money moved, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas import payin_refusals as payins
from lockbay.areas.refusals import Sentence, amounts, said
from lockbay.areas.trades import refusals as trades
from lockbay.postgres.queries import Refused


def sentence(words: Words, refused: Refused) -> Markup:
    """What to say. Reasons of other moves have the sentence that they have there."""
    if refused.reason in payins.SENTENCES and refused.reason not in SENTENCES:
        return payins.sentence(words, refused)
    return said(words, refused, {**trades.SENTENCES, **SENTENCES}, trades.GENERAL)


SENTENCES: Final[Mapping[str, Sentence]] = {
    "no_rate": (
        "There is no fresh price for {currency} just now, so nothing was paid and no money moved. "
        "Try again in some minutes, or choose another way."
    ),
    "position": (
        "LockBay has not enough {currency} at the moment to take another coin for this trade, so nothing was paid and "
        "no money moved. Please pay it in {currency}, or try again later."
    ),
    "parts_position": (
        "LockBay has not enough {currency} at the moment to take what has arrived in another coin for this trade, as "
        "its price is not promised any more. Nothing was paid and no money moved. Please try again later, or end the "
        "trade: what has arrived is back in your wallet then."
    ),
    "insufficient": amounts(
        "Your wallet is {missing} short, so nothing was paid. Deposit it first, or choose another way.", "missing"
    ),
    "terms_changed": (
        "Money has arrived for this trade meanwhile, or what has arrived in another coin counts at another price, so "
        "the amount is another one now. Nothing was charged; please look at the new numbers."
    ),
}
