"""Why there is no place to pay in, for every reason that there is: what happened, that no money moved, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.money import NGN
from lockbay.postgres.queries import Refused

Say: TypeAlias = Callable[[Words, Mapping[str, str]], Markup]


def sentence(words: Words, refused: Refused) -> Markup:
    """What to say. An unknown reason has a sentence, too."""
    return SENTENCES.get(refused.reason, _general)(words, refused.details)


def _general(words: Words, _: Mapping[str, str]) -> Markup:
    return words("There is no place to pay in just now, and no money has moved. Please try again later.")


def _bad_amount(words: Words, details: Mapping[str, str]) -> Markup:
    least, most = Decimal(details.get("least", 0)), Decimal(details.get("most", 0))
    return words(
        "A bank transfer may be {least} to {most}. Nothing was made and no money has moved; type another amount.",
        least=words.amount(least, NGN),
        most=words.amount(most, NGN),
    )


SENTENCES: Final[Mapping[str, Say]] = {
    "provider_away": lambda words, _: words(
        "The payment provider does not answer just now, so there is no place to pay to yet. No money has moved. "
        "Please try again in a minute, or choose another way."
    ),
    "unknown_currency": lambda words, _: words(
        "LockBay cannot take this currency over this network at the moment, and no money has moved. "
        "Please choose another one."
    ),
    "taken": lambda words, _: words(
        "The payment provider gave an address that cannot be used, so you are not shown it. No money has moved. "
        "Please try again, or choose another way."
    ),
    "unknown_payin": lambda words, _: words(
        "This place to pay in is not there any more, and no money has moved. Please begin again."
    ),
    "bad_amount": _bad_amount,
    "blocked": lambda words, _: words(
        "Your account is blocked, so there is no place to pay in, and no money has moved."
    ),
    "closed": lambda words, _: words(
        "Your account is closed, so there is no place to pay in, and no money has moved. /start opens it again."
    ),
}
