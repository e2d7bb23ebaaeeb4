"""Why something was not done: for every reason of the database a sentence that says what happened, that no money moved,
and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas import stages
from lockbay.areas.refusals import Sentence, amounts, said, time_from, usd
from lockbay.postgres.queries import Refused


def sentence(words: Words, refused: Refused) -> Markup:
    """What to say. An unknown reason has a sentence, too."""
    return said(words, refused, SENTENCES, GENERAL)


GENERAL: Final = "That was not possible, and no money moved. Look at the trade before you try again."
SENTENCES: Final[Mapping[str, Sentence]] = {
    "wrong_state": stages.sentence,
    "insufficient": amounts("Your wallet is {missing} short, so nothing was paid. Deposit it and then pay.", "missing"),
    "unknown_trade": "There is no such trade of yours. Nothing was done and no money moved.",
    "not_yours": "That is not your move in this trade. Nothing was done and no money moved.",
    "blocked": (
        "Your account is blocked, so you can begin nothing new. Nothing was done and no money moved; "
        "trades that go on can be ended as always."
    ),
    "seller_blocked": "This seller cannot trade here for now. Nothing was done and no money moved.",
    "closed": (
        "Your account is closed, so you can begin nothing new. Nothing was done and no money moved; "
        "/start opens it again."
    ),
    "proposed": "It is proposed already to cancel this trade together. Nothing was done and no money moved.",
    "no_proposal": (
        "That proposal is not there any more: it was withdrawn or answered, or the trade moved on. "
        "Nothing was done and no money moved."
    ),
    "seller_there": (
        "Somebody has joined this trade as its seller, so it takes both sides to cancel it: propose that. "
        "Nothing was done and no money moved."
    ),
    "nobody_there": (
        "Nobody has joined this trade as its seller, so nobody can agree. Nothing was done and no money moved."
    ),
    "too_late": "The time for that is over, so nothing was done and no money moved.",
    "terms_changed": "The price has changed, so nothing was done yet. Please look at the new numbers.",
    "quote_expired": "That price was locked for some minutes only, so nothing was paid. This is the price now.",
    "too_little": (
        "What has arrived is too little to go on with: no trade may be as small as that. Nothing was done; "
        "top up what is missing, or take it back."
    ),
    "unknown_currency": "LockBay does not hold that currency. Nothing was created; choose another one.",
    "inexact_amount": "That currency has at most {decimals} decimals. Nothing was created; change the amount.",
    "no_rate": (
        "There is no fresh price for {currency}, so nothing was created. "
        "Confirm again in some minutes, or change the currency."
    ),
    "below_minimum": usd(
        "The trade is worth {worth} now; the smallest is {limit}. Nothing was created; change the amount.",
        "worth",
        "limit",
    ),
    "above_maximum": usd(
        "The trade is worth {worth} now; the largest is {limit}. Nothing was created; change the amount.",
        "worth",
        "limit",
    ),
    "nothing_left": "After the fee nothing of that is left for the seller. Nothing was created; change the amount.",
    "hourly_limit": lambda words, details: words.count(
        "You have begun {n} trade within an hour, which is the most. Nothing was created; the next one is possible "
        "from {time} on.",
        "You have begun {n} trades within an hour, which is the most. Nothing was created; the next one is possible "
        "from {time} on.",
        int(details["limit"]),
        time=time_from(words, details, "until"),
    ),
    "unpaid_limit": lambda words, details: words.count(
        "{n} of your trades is not paid yet, which is the most at once. Nothing was created; "
        "pay or cancel it, then confirm again.",
        "{n} of your trades are not paid yet, which is the most at once. Nothing was created; "
        "pay or cancel one of them, then confirm again.",
        int(details["limit"]),
    ),
    "daily_limit": lambda words, details: words.count(
        "You have begun {n} trade within 24 hours, which is the most. Nothing was created; the next one is possible "
        "from {time} on.",
        "You have begun {n} trades within 24 hours, which is the most. Nothing was created; the next one is possible "
        "from {time} on.",
        int(details["limit"]),
        time=time_from(words, details, "until"),
    ),
    "own_trade": "You cannot be both sides of a trade. Nothing was done; it needs another seller.",
    "bad_delivery": "The delivery may take {shortest} to {longest} hours. Nothing was created; change the delivery.",
    "bad_description": (
        "The description may have 1 to {longest} characters. Nothing was created; change the description."
    ),
    "bad_seller": "The seller could not be read. Nothing was created; change the seller.",
    "not_onboarded": "Accept LockBay’s terms first: send /start. Nothing was done and no money moved.",
    "unknown_invitation": "There is no such invitation. Ask the buyer for the link again, and open it as it is.",
    "taken": "Somebody else has already joined this trade as its seller. If that is wrong, ask the buyer.",
    "not_for_you": (
        "This invitation names another person: a <code>@username</code>, an e-mail address or a phone number that is "
        "not yours now. Nothing was done and no money moved. Ask the buyer for a trade with your "
        "<code>@username</code>."
    ),
    "ended": "This trade has ended, so nobody can join it. The buyer can make a new one.",
}
