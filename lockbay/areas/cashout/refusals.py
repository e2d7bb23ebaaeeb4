"""Why there is no cash-out: for each reason a sentence that says what happened, that no money moved, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas import proof
from lockbay.areas.destinations_answers import OURS
from lockbay.areas.refusals import POSSIBLE, Sentence, amounts, said, until, usd
from lockbay.postgres.queries import Refused


def sentence(words: Words, refused: Refused, currency: str, now: datetime) -> Markup:
    """What to say. An unknown reason has a sentence, too. `currency` is that of the cash-out."""
    if refused.reason in proof.REASONS:
        return proof.sentence(words, refused, now)
    return said(words, refused, SENTENCES, GENERAL, currency=currency)


GENERAL: Final = "That was not possible, and no money moved. Please try again later."
SENTENCES: Final[Mapping[str, Sentence]] = {
    "terms_changed": amounts(
        "The numbers have changed: the fee is {fee} now and {net} would arrive. No money moved; "
        "please look at them and confirm again.",
        "fee",
        "net",
    ),
    "insufficient": amounts(
        "You have {available} now, and this needs {total}. No money moved; please change the amount.",
        "available",
        "total",
    ),
    "below_minimum": amounts(
        "The least that can be sent over this network is {least}. No money moved; please change the amount.", "least"
    ),
    "inexact_amount": (
        "{currency} cannot be sent that exactly, or not that much of it. No money moved; please change the amount."
    ),
    "unknown_currency": (
        "{currency} is not sent over this network at the moment. No money moved; please choose another network."
    ),
    "own_address": OURS,
    "daily_count": until(
        "You had as many cash-outs within 24 hours as there may be: {limit}. No money moved.", POSSIBLE
    ),
    "daily_usd": until(
        usd(
            "At most {limit} may be cashed out within 24 hours, and {left} are left of it. "
            "No money moved; please change the amount.",
            "limit",
            "left",
        ),
        POSSIBLE,
    ),
    "unverified_daily_usd": until(
        usd(
            "Without a verified e-mail address at most {limit} may be cashed out within 24 hours, and {left} are left "
            "of it. No money moved; verify your e-mail, or change the amount.",
            "limit",
            "left",
        ),
        POSSIBLE,
    ),
    "new_email_daily_usd": until(
        usd(
            "Your e-mail address was verified within the last 24 hours. Until a day has passed at most {limit} may be "
            "cashed out, so that nobody who got into your account can take more, and {left} are left of it. No money "
            "moved; please change the amount.",
            "limit",
            "left",
        ),
        POSSIBLE,
    ),
    "no_rate": (
        "There is no fresh price for {currency}, so the daily limit cannot be checked. No money moved; "
        "please try again in some minutes."
    ),
    "email_changed": until(
        "Your e-mail address was replaced by another one within the last 24 hours. "
        "Until a day has passed no money goes out, so that nobody who got into your account can take it. "
        "No money moved.",
        POSSIBLE,
    ),
    "not_onboarded": "You have not accepted the terms yet. No money moved; /start leads to them.",
    "blocked": "Your account is blocked, so nothing can be cashed out. No money moved and all of it is yours.",
    "closed": "Your account is closed, so nothing can be cashed out. No money moved; /start opens it again.",
    "wrong_state": (
        "It has gone on meanwhile, so nothing was cancelled and no money moved back. This is how it stands now."
    ),
    "unknown_cashout": "There is no such cash-out of yours. Nothing was done and no money moved.",
}
