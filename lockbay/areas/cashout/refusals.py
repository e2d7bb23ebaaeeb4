"""Why there is no cash-out: for each reason a sentence that says what happened, that no money moved, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas import proof
from lockbay.postgres.queries import Refused

Details: TypeAlias = Mapping[str, str]
Say: TypeAlias = Callable[[Words, Details], Markup]


def sentence(words: Words, refused: Refused, currency: str, now: datetime) -> Markup:
    """What to say. An unknown reason has a sentence, too. `currency` is that of the cash-out."""
    if refused.reason in proof.REASONS:
        return proof.sentence(words, refused, now)
    say = SENTENCES.get(refused.reason, _general)
    try:
        return say(words, {"currency": currency, **refused.details})
    except (KeyError, ValueError, ArithmeticError):  # details of another version: the sentence is all that suffers
        return _general(words, refused.details)


def _general(words: Words, _: Details) -> Markup:
    return words("That was not possible, and no money moved. Please try again later.")


def _plain(message: str) -> Say:
    return lambda words, details: words(message, **details)


def _amounts(message: str, *names: str) -> Say:
    """Those details are amounts of the cash-out's currency."""

    def say(words: Words, details: Details) -> Markup:
        told = {name: words.amount(Decimal(details[name]), details["currency"]) for name in names}
        return words(message, **told)

    return say


def _usd(message: str) -> Say:
    return lambda words, details: words(
        message, limit=words.usd(Decimal(details["limit"])), left=words.usd(Decimal(details["left"]))
    )


SENTENCES: Final[Mapping[str, Say]] = {
    "terms_changed": _amounts(
        "The numbers have changed: the fee is {fee} now and {net} would arrive. No money moved; "
        "please look at them and confirm again.",
        "fee",
        "net",
    ),
    "insufficient": _amounts(
        "You have {available} now, and this needs {total}. No money moved; please change the amount.",
        "available",
        "total",
    ),
    "below_minimum": _amounts(
        "The least that can be sent over this network is {least}. No money moved; please change the amount.", "least"
    ),
    "inexact_amount": _plain(
        "{currency} cannot be sent that exactly, or not that much of it. No money moved; please change the amount."
    ),
    "unknown_currency": _plain(
        "{currency} is not sent over this network at the moment. No money moved; please choose another network."
    ),
    "own_address": _plain(
        "That is an address of LockBay’s own, where deposits arrive, so nothing can be sent there. "
        "No money moved; please give the address of another wallet."
    ),
    "daily_count": _plain(
        "There may be {limit} cash-outs within 24 hours, and you had that many. No money moved; please try tomorrow."
    ),
    "daily_usd": _usd(
        "At most {limit} may be cashed out within 24 hours, and {left} are left of it. "
        "No money moved; please change the amount."
    ),
    "unverified_daily_usd": _usd(
        "Without a verified e-mail address at most {limit} may be cashed out within 24 hours, and {left} are left of "
        "it. No money moved; verify your e-mail, or change the amount."
    ),
    "no_rate": _plain(
        "There is no fresh price for {currency}, so the daily limit cannot be checked. No money moved; "
        "please try again in some minutes."
    ),
    "email_changed": _plain(
        "Your e-mail address was replaced by another one within the last 24 hours. Until a day has passed no money "
        "goes out, so that nobody who got into your account can take it. No money moved; please try again tomorrow."
    ),
    "not_onboarded": _plain("You have not accepted the terms yet. No money moved; /start leads to them."),
    "blocked": _plain("Your account is blocked, so nothing can be cashed out. No money moved and all of it is yours."),
    "wrong_state": _plain(
        "It has gone on meanwhile, so nothing was cancelled and no money moved back. This is how it stands now."
    ),
    "unknown_cashout": _plain("There is no such cash-out of yours. Nothing was done and no money moved."),
}
