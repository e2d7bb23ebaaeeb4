"""A turn that waits for the database, or for a row that somebody does not let go: its person is told, once."""

from __future__ import annotations

from typing import Final

import structlog
import trio
from attrs import define, field

from lockbay.actors import interjections
from lockbay.actors.services import Replies, tell
from lockbay.actors.update import DeadlinePassed, GroupEvent, Membership, Update

LONG: Final = 30.0  # s: a restart of PostgreSQL is over by then
log = structlog.get_logger()


@define(eq=False)
class Delay:
    """Of one message, from its first try that was in vain."""

    message: Update | DeadlinePassed
    replies: Replies
    _since: float | None = field(default=None, init=False)
    _is_told: bool = field(default=False, init=False)

    def lasts(self) -> None:
        """Another try was in vain, and there will be a next."""
        now = trio.current_time()
        self._since = now if self._since is None else self._since
        if now - self._since >= LONG and not self._is_told:
            self._is_told = True
            self._tell(round(now - self._since))

    def _tell(self, seconds: int) -> None:
        """Whoever asked for something in the chat with us: nobody else waits for an answer."""
        match self.message:
            case Update(event=GroupEvent() | Membership()) | DeadlinePassed():
                log.warning("turn_delayed", seconds=seconds)
            case Update() as update:
                log.warning("turn_delayed", user_id=update.sender.id, update_id=update.update_id, seconds=seconds)
                tell(self.replies, update.chat_id, interjections.delayed(update.sender))
