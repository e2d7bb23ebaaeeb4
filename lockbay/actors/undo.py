"""Back, within a form: the last answer is taken back, and offered again where it was given.

A question has the button if its screen does (`UNDO`, in the last row); where nothing can be taken back, it is left out.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve

from lockbay.actors.journal import Journal, to_reply
from lockbay.actors.parse import Pressed, Reply, Said
from lockbay.actors.requests import Ask
from lockbay.actors.screen import Answer, Row, Screen
from lockbay.actors.words import Words
from lockbay.errors import Invalid

UNDO: Final = "<"  # the value of the button that takes the last answer back
KEEP: Final = ">"  # of the one that gives it again
LONGEST: Final = 40  # characters of an answer on a button


def offered(words: Words, ask: Ask, journal: Journal, occurrence: int) -> Ask:
    """With the buttons that its screen can have: to go back, and to keep the earlier answer where it still is one."""
    if not ask.screen.rows or not _is_among(UNDO, ask.screen.rows[-1:]):
        return ask
    *rows, last = ask.screen.rows
    kept = journal.kept_for(ask.step, occurrence)
    if kept is not None and (known := _known(ask, to_reply(kept.value))):
        rows.append((Answer(words.label("➡️ Keep “{answer}”", answer=known), KEEP, "primary"),))
    if not journal.can_take_back(ask.step):
        last = tuple(button for button in last if not (isinstance(button, Answer) and button.value == UNDO))
    elif kept is None:
        return ask
    return evolve(ask, screen=evolve(ask.screen, rows=(*rows, last)))


def is_asked_for(value: str, screen: Screen, reply: Reply) -> bool:
    """Whether that button was pressed, and is there."""
    return isinstance(reply, Pressed) and reply.value == value and _is_among(value, screen.rows)


def _is_among(value: str, rows: tuple[Row, ...]) -> bool:
    return any(isinstance(button, Answer) and button.value == value for row in rows for button in row)


def _known(ask: Ask, reply: Reply) -> str | None:
    """What they typed, as far as a button has room for it. None: it is no answer now, or was a press: that button is
    there.
    """
    if not isinstance(reply, Said):
        return None
    try:
        ask.given(reply)
    except Invalid:
        return None
    text = " ".join(reply.text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
