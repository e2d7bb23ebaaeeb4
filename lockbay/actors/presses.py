"""Which press has counted: whoever presses the same button again is told so, and nothing is done twice or denied."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from lockbay.actors.screen import Link, Origin, PressedAnswer, PressedLink, stays
from lockbay.actors.turn import Turn
from lockbay.actors.update import Press

TWICE: Final = timedelta(seconds=10)  # from a press to another that was not meant as one
NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Presses:
    """Remembers the last one. If it is lost, only a sentence is: what was done is kept under its key."""

    def __init__(self) -> None:
        self._answered: Origin | None = None  # the question
        self._followed: tuple[int, str] | None = None  # the message, and the link
        self._until = NEVER

    def has_counted(self, press: Press, what: PressedAnswer | PressedLink, now: datetime) -> bool:
        """Whether it is a second press on a button whose first did it. A link that is pressed later is meant to be."""
        if isinstance(what, PressedAnswer):
            return what.origin == self._answered
        return now < self._until and (press.message_id, press.data) == self._followed

    def answered(self, question: Origin, asked_now: Origin) -> None:
        """A press was the answer to this question, unless it is still being asked."""
        self._answered, self._followed = None if question == asked_now else question, None

    def followed(self, press: Press, link: PressedLink, turn: Turn, *, is_over: bool) -> None:
        """A link was followed. Where the new screen has it as well, it is meant to be pressed again, to look anew."""
        counts = turn.has_acted and is_over and not stays(press.data) and not _offers(turn, link)
        self._followed, self._until = (press.message_id, press.data) if counts else None, turn.now + TWICE


def _offers(turn: Turn, link: PressedLink) -> bool:
    return any(
        isinstance(button, Link) and (button.flow, button.args) == (link.flow, link.args)
        for screen, _ in turn.shown
        for row in screen.rows
        for button in row
    )
