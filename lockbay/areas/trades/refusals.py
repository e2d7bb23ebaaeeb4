"""Why something was not done: for every reason of the database a sentence that says what happened, that no money moved,
and what to do next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.postgres.queries import Refused

Details: TypeAlias = Mapping[str, str]


def sentence(words: Words, refused: Refused) -> Markup:
    """What to say. An unknown reason has a sentence, too."""
    say = SENTENCES.get(refused.reason, _general)
    try:
        return say(words, refused.details)
    except (KeyError, ValueError, ArithmeticError):  # details of another version: the sentence is all that suffers
        return _general(words, refused.details)


def _general(words: Words, _: Details) -> Markup:
    return words("That was not possible, and no money moved. Look at the trade before you try again.")


def _wrong_state(words: Words, _: Details) -> Markup:
    return words("The trade has moved on meanwhile, so nothing was done and no money moved. This is how it stands now.")


def _insufficient(words: Words, details: Details) -> Markup:
    return words(
        "Your wallet is {missing} short, so nothing was paid. Deposit it and then pay.",
        missing=words.amount(Decimal(details["missing"]), details["currency"]),
    )


def _limit(message: str) -> Callable[[Words, Details], Markup]:
    return lambda words, details: words(
        message, worth=words.usd(Decimal(details["worth"])), limit=words.usd(Decimal(details["limit"]))
    )


def _plain(message: str) -> Callable[[Words, Details], Markup]:
    return lambda words, details: words(message, **details)


SENTENCES: Final[Mapping[str, Callable[[Words, Details], Markup]]] = {
    "wrong_state": _wrong_state,
    "insufficient": _insufficient,
    "unknown_trade": _plain("There is no such trade of yours. Nothing was done and no money moved."),
    "not_yours": _plain("That is not your move in this trade. Nothing was done and no money moved."),
    "blocked": _plain(
        "Your account is blocked, so you can begin nothing new. Nothing was done and no money moved; "
        "trades that go on can be ended as always."
    ),
    "seller_blocked": _plain("This seller cannot trade here for now. Nothing was done and no money moved."),
    "closed": _plain(
        "Your account is closed, so you can begin nothing new. Nothing was done and no money moved; "
        "/start opens it again."
    ),
    "proposed": _plain("It is proposed already to cancel this trade together. Nothing was done and no money moved."),
    "no_proposal": _plain(
        "That proposal is not there any more: it was withdrawn or answered, or the trade moved on. "
        "Nothing was done and no money moved."
    ),
    "nobody_there": _plain(
        "Nobody has joined this trade as its seller, so nobody can agree. Nothing was done and no money moved."
    ),
    "too_late": _plain("The time for that is over, so nothing was done and no money moved."),
    "terms_changed": _plain("The price has changed, so nothing was done yet. Please look at the new numbers."),
    "quote_expired": _plain("That price was locked for some minutes only, so nothing was paid. This is the price now."),
    "too_little": _plain(
        "What has arrived is too little to go on with: nothing would be left for the seller. Nothing was done; "
        "top up what is missing, or take it back."
    ),
    "unknown_currency": _plain("LockBay does not hold that currency. Nothing was created; choose another one."),
    "inexact_amount": _plain("That currency has at most {decimals} decimals. Nothing was created; change the amount."),
    "no_rate": _plain(
        "There is no fresh price for {currency}, so nothing was created. "
        "Confirm again in some minutes, or change the currency."
    ),
    "below_minimum": _limit(
        "The trade is worth {worth} now; the smallest is {limit}. Nothing was created; change the amount."
    ),
    "above_maximum": _limit(
        "The trade is worth {worth} now; the largest is {limit}. Nothing was created; change the amount."
    ),
    "hourly_limit": _plain(
        "You have begun {limit} trades within an hour, which is the most. Nothing was created; confirm again later."
    ),
    "unpaid_limit": _plain(
        "{limit} of your trades are not paid yet, which is the most at once. Nothing was created; "
        "pay or cancel one of them, then confirm again."
    ),
    "daily_limit": _plain(
        "You have begun {limit} trades within 24 hours, which is the most. Nothing was created; confirm again later."
    ),
    "own_trade": _plain("You cannot be both sides of a trade. Nothing was done; it needs another seller."),
    "bad_delivery": _plain(
        "The delivery may take {shortest} to {longest} hours. Nothing was created; change the delivery."
    ),
    "bad_description": _plain(
        "The description may have 1 to {longest} characters. Nothing was created; change the description."
    ),
    "bad_seller": _plain("The seller could not be read. Nothing was created; change the seller."),
    "not_onboarded": _plain("Accept LockBay’s terms first: send /start. Nothing was done and no money moved."),
    "unknown_invitation": _plain(
        "There is no such invitation. Ask the buyer for the link again, and open it as it is."
    ),
    "taken": _plain("Somebody else has already joined this trade as its seller. If that is wrong, ask the buyer."),
    "not_for_you": _plain(
        "This invitation names another person: a <code>@username</code>, an e-mail address or a phone number that is "
        "not yours now. Ask the buyer for a trade with your <code>@username</code>."
    ),
    "ended": _plain("This trade has ended, so nobody can join it. The buyer can make a new one."),
}
