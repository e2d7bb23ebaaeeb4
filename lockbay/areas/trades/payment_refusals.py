"""Why a trade was not paid: for every reason what happened, that no money moved, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas import payin_refusals as payins
from lockbay.areas.trades import refusals as trades
from lockbay.postgres.queries import Refused

Say: TypeAlias = Callable[[Words, Mapping[str, str]], Markup]


def sentence(words: Words, refused: Refused) -> Markup:
    """What to say. Reasons of other moves have the sentence that they have there."""
    say = SENTENCES.get(refused.reason)
    if say is not None and refused.details.keys() >= NEEDED.get(refused.reason, frozenset()):
        return say(words, refused.details)
    if refused.reason in payins.SENTENCES:
        return payins.sentence(words, refused)
    return trades.sentence(words, refused)


SENTENCES: Final[Mapping[str, Say]] = {
    "no_rate": lambda words, details: words(
        "There is no fresh price for {currency} just now, so nothing was paid and no money moved. "
        "Try again in some minutes, or choose another way.",
        currency=details["currency"],
    ),
    "insufficient": lambda words, details: words(
        "Your wallet is {missing} short, so nothing was paid. Deposit it first, or choose another way.",
        missing=words.amount(Decimal(details["missing"]), details["currency"]),
    ),
    "terms_changed": lambda words, _: words(
        "Money has arrived for this trade meanwhile, so the amount is another one now. "
        "Nothing was charged; please look at the new numbers."
    ),
}
NEEDED: Final = {
    "no_rate": frozenset({"currency"}),
    "insufficient": frozenset({"missing", "currency"}),
}
