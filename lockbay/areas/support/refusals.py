"""Why something about a ticket was not done, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas import messages
from lockbay.areas.refusals import said
from lockbay.postgres.queries import Refused


def refusal(words: Words, refused: Refused) -> Markup:
    """The sentence."""
    return said(words, refused, REFUSALS, GENERAL)


GENERAL: Final = "That could not be done. Look at the ticket before you try again."
REFUSALS: Final[Mapping[str, str]] = {
    **messages.REFUSALS,
    "not_staff": "That was not done: you are not of those who answer people.",
    "unknown_ticket": "There is no such ticket, so nothing was done.",
    "wrong_state": "Nothing was changed: the ticket is not as it was when you looked.",
    "other_open": "That was not done: the person has another open ticket, {slug}. Answer there.",
    "not_theirs": "Nothing was changed: they do not answer people any more.",
    "own_ticket": "Nothing was changed: nobody looks after a ticket of their own. Somebody else has to.",
    "taken": "Nothing was changed: {name} looks after this ticket by now.",
}
