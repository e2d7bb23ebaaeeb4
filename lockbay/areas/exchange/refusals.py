"""Why nothing was exchanged: for each reason what happened, that no money moved, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.refusals import Details, Sentence, amounts, said, until, usd
from lockbay.postgres.queries import Refused


def sentence(words: Words, refused: Refused, currency: str) -> Markup:
    """What to say. An unknown reason has a sentence, too. `currency` is the one that amounts are in, unless said."""
    return said(words, refused, SENTENCES, GENERAL, currency=currency)


def _below_minimum(words: Words, details: Details) -> Markup:
    """Of the exchange in USD, of the network that it is sent on over in its coin."""
    return (_LEAST if "least" in details else _SMALLEST)(words, details)


def _position(words: Words, details: Details) -> Markup:
    if Decimal(details["left"]) <= 0:
        return words(
            "LockBay has no more {currency} to give at the moment. Nothing was exchanged and no money moved. "
            "Please choose another currency, or try again later.",
            currency=details["currency"],
        )
    return _ROOM(words, details)


GENERAL: Final = "That was not possible. Nothing was exchanged and no money moved. Please try again later."
_LEAST: Final = amounts(
    "The least that can be sent on over this network is {least}. Nothing was exchanged and no money moved; "
    "please change the amount.",
    "least",
)
_SMALLEST: Final = usd(
    "That is worth {worth}, and the smallest exchange is {limit}. No money moved; please change the amount.",
    "worth",
    "limit",
)
_ROOM: Final = amounts(
    "LockBay can give at most {left} at the moment. Nothing was exchanged and no money moved; "
    "please exchange less, or try again later.",
    "left",
)
SENT_ON: Final = "From {time} on it could be sent."
SENTENCES: Final[Mapping[str, Sentence]] = {
    "no_rate": (
        "There is no price for {currency} just now that enough sources agree on, and I do not guess. "
        "Nothing was exchanged and no money moved. Please try again in some minutes."
    ),
    "inexact_amount": (
        "{currency} cannot be exchanged that exactly, or not that much of it. No money moved; please change the amount."
    ),
    "below_minimum": _below_minimum,
    "above_maximum": usd(
        "That is worth {worth}, and the largest exchange is {limit}. No money moved; please change the amount.",
        "worth",
        "limit",
    ),
    "insufficient": amounts(
        "You have {available}, and this needs {total}. Nothing was exchanged and no money moved; "
        "please change the amount.",
        "available",
        "total",
    ),
    "position": _position,
    "quote_expired": (
        "The price had ended, so nothing was exchanged and no money moved. This is a new price; please look at it."
    ),
    "terms_changed": amounts(
        "The network’s fee is {fee} now. Nothing was exchanged and no money moved; please look at the new numbers.",
        "fee",
    ),
    "own_address": (
        "That is an address of LockBay’s own, where deposits arrive, so nothing can be sent there. No money moved. "
        "It would stay in your wallet now; or give the address of another wallet."
    ),
    "unknown_currency": (
        "{currency} is not sent over this network at the moment. No money moved. It would stay in your wallet now."
    ),
    "daily_count": until(
        "You had as many cash-outs within 24 hours as there may be: {limit}. No money moved. "
        "It would stay in your wallet now.",
        SENT_ON,
    ),
    "daily_usd": until(
        usd(
            "At most {limit} may be cashed out within 24 hours, and {left} are left of it. No money moved. "
            "It would stay in your wallet now; or exchange less.",
            "limit",
            "left",
        ),
        SENT_ON,
    ),
    "unverified_daily_usd": until(
        usd(
            "Without a verified e-mail address at most {limit} may be cashed out within 24 hours, and {left} are left "
            "of it. No money moved. It would stay in your wallet now; or exchange less, or verify your e-mail.",
            "limit",
            "left",
        ),
        SENT_ON,
    ),
    "new_email_daily_usd": until(
        usd(
            "Your e-mail address was verified within the last 24 hours, and until a day has passed at most {limit} may "
            "be cashed out; {left} are left of it. No money moved. It would stay in your wallet now; or exchange less.",
            "limit",
            "left",
        ),
        SENT_ON,
    ),
    "email_changed": until(
        "Your e-mail address was replaced by another one within the last 24 hours, and until a day has passed no "
        "money goes out. No money moved. It would stay in your wallet now.",
        SENT_ON,
    ),
    "not_onboarded": "You have not accepted the terms yet. No money moved; /start leads to them.",
    "blocked": "Your account is blocked, so nothing can be exchanged. No money moved and all of it is yours.",
    "closed": "Your account is closed, so nothing can be exchanged. No money moved; /start opens it again.",
}
