"""Why there is no place to pay in, for every reason: what happened, that no money moved, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.refusals import Sentence, amounts, said
from lockbay.money import NGN
from lockbay.postgres.queries import Refused


def sentence(words: Words, refused: Refused) -> Markup:
    """What to say. An unknown reason has a sentence, too."""
    return said(words, refused, SENTENCES, GENERAL, currency=NGN.code)


GENERAL: Final = "There is no place to pay in just now, and no money has moved. Please try again later."
SENTENCES: Final[Mapping[str, Sentence]] = {
    "provider_away": (
        "The payment provider does not answer just now, so there is no place to pay to yet. No money has moved. "
        "Please try again in a minute, or choose another way."
    ),
    "unknown_currency": (
        "LockBay cannot take this currency over this network at the moment, and no money has moved. "
        "Please choose another one."
    ),
    "taken": (
        "The payment provider gave an address that cannot be used, so you are not shown it. No money has moved. "
        "Please try again, or choose another way."
    ),
    "unknown_payin": "This place to pay in is not there any more, and no money has moved. Please begin again.",
    "bad_amount": amounts(
        "A bank transfer may be {least} to {most}. Nothing was made and no money has moved; type another amount.",
        "least",
        "most",
    ),
    "blocked": "Your account is blocked, so there is no place to pay in, and no money has moved.",
    "closed": "Your account is closed, so there is no place to pay in, and no money has moved. /start opens it again.",
}
