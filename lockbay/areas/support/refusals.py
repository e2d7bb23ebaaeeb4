"""Why something about a ticket was not done, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.postgres.queries import Refused


def refusal(words: Words, refused: Refused) -> Markup:
    """The sentence."""
    say = REFUSALS.get(refused.reason)
    if say is None:
        return words("That could not be done. Look at the ticket before you try again.")
    return say(words, refused.details)


REFUSALS: Final[Mapping[str, Callable[[Words, Mapping[str, str]], Markup]]] = {
    "not_staff": lambda words, _: words("That was not done: you are not of those who answer people."),
    "unknown_ticket": lambda words, _: words("There is no such ticket, so nothing was done."),
    "wrong_state": lambda words, _: words("Nothing was changed: the ticket is not as it was when you looked."),
    "other_open": lambda words, details: words(
        "That was not done: the person has another open ticket, {slug}. Answer there.", slug=details.get("slug", "?")
    ),
    "not_theirs": lambda words, _: words("Nothing was changed: they do not answer people any more."),
    "taken": lambda words, details: words(
        "Nothing was changed: {name} looks after this ticket by now.", name=details.get("name", "?")
    ),
    "too_fast": lambda words, details: words(
        "That was not sent: {most} messages a minute are the most. Wait a moment, then send it again.",
        most=details.get("most", "20"),
    ),
    "bad_message": lambda words, details: words(
        "That was not sent: a message may have 1 to {longest} characters.", longest=details.get("longest", "1000")
    ),
}
