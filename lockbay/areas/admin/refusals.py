"""Why nothing was done, in sentences: of all that the staff does to people, terms, the house and the books. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.refusals import POSSIBLE, Sentence, said, until
from lockbay.postgres.queries import Refused


def sentence(words: Words, refused: Refused) -> Markup:
    """Why nothing was done."""
    return said(words, refused, SENTENCES, GENERAL)


def problem(words: Words, outcome: object) -> Markup | None:
    """The same; None: it was done."""
    return sentence(words, outcome) if isinstance(outcome, Refused) else None


ROLE_NEW: Final = until(
    "Your role is new: you count as one of the two 24 hours after it was given. Nothing was done.",
    "You count from {time} on.",
)
GENERAL: Final = "That was not possible: nothing was done."
SENTENCES: Final[Mapping[str, Sentence]] = {
    "not_staff": "You may not do that. Nothing was done.",
    "bad_note": "The reason must have 1 to 500 characters. Nothing was done.",
    "wrong_state": "Somebody has done that already, or changed it meanwhile. Nothing was done.",
    "terms_changed": "What you were shown has changed meanwhile, so nothing was done. Please look at it again.",
    "unknown_person": "LockBay does not know that person. Nothing was done.",
    # people and roles
    "is_staff": "Who runs LockBay cannot be blocked: an owner has to take their role first.",
    "bad_role": "There is no such role. Nothing was done.",
    "by_settings": "The settings name this owner: only the settings can change that.",
    "same_role": "They have that role already. Nothing was done.",
    "not_here": "Only somebody who has an open account can get a role. Nothing was done.",
    "last_owner": "LockBay must have an owner: give somebody else that role first.",
    # the house and its terms
    "bad_message": "The message must have 1 to 500 characters. Nothing was done.",
    "unknown_term": "There is no such term. Nothing was done.",
    "bad_value": "That value is out of bounds. Nothing was done.",
    "crossed": "The least would be above the most. Nothing was done.",
    # corrections
    "own_wallet": "Nobody corrects their own wallet. Nothing was done.",
    "own_cashout": "This is your own cash-out: somebody else has to decide. Nothing was done.",
    "bad_amount": "The books cannot hold that amount. Nothing was done.",
    "no_rate": "There is no fresh price to compare it with the limits. Nothing was done: try again in some minutes.",
    "too_large": "That is more than may be booked by hand at once. Nothing was done.",
    "daily_limit": until(
        "With what was booked in the last 24 hours that is more than may be booked by hand.", POSSIBLE
    ),
    "insufficient": "There is not so much in that wallet. Nothing was done.",
    "unknown_payment": "There is no such payment. Nothing was done.",
    "already_ended": "Somebody has decided about that payment already. Nothing was done.",
    "not_bookable": "The books cannot hold this amount: it can only be sent back. Nothing was done.",
    "unknown_event": "No cash-out of ours was paid by that, or failed. Nothing was done.",
    "already_booked": "This payment is in the books already. Nothing was done.",
    "not_ended": "The cash-out is still under way. Nothing was done.",
    "not_strange": "The books agree with what was told: there is nothing to correct.",
    "same_waits": "The same correction waits for a second of you already, as #{id}. Nothing was done. "
    "If it is meant twice, propose it again after that one is decided.",
    "unknown_correction": "There is no such correction. Nothing was done.",
    "same_person": "You have proposed it: somebody else has to approve it.",
    "expired": "It was proposed more than 24 hours ago. Nothing was done: propose it again.",
    "role_new": ROLE_NEW,
    "proposer_gone": "Who proposed it may not do so any more. Nothing was done.",
    # announcements and exports
    "bad_text": "An announcement has 1 to 1000 characters, or a photo or a file. Nothing was sent.",
    "nobody": "There is nobody who would get it. Nothing was sent.",
    "too_many": "Three files are being made for you already: wait until one has arrived.",
    "nothing": "There is nothing of that time.",
    # what did not get through
    "busy": "They are in the middle of something, which this would disturb. Nothing was done: try again later.",
}
