"""Who brings screens, as those who write them know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lockbay.actors.screen import Screen


class Courier(Protocol):
    """Brings one person what is theirs: a notice, a file."""

    async def deliver(self, chat_id: int, screen: Screen, *, edits: int | None = None) -> int:
        """Shows it in the chat's order, in place of message `edits` if that is there; returns the message's id. Raises
        Unreachable or another Refusal when it never can be shown; after any other error it may.
        """


class BulkCourier(Protocol):
    """Brings many the same: an announcement. It keeps out of the way of all else."""

    async def deliver_bulk(self, chat_id: int, screen: Screen, *, last_word: Callable[[], float] = ...) -> int:
        """Shows it as a new message, whose id it returns. Raises as Courier does, and AnswerLost after the first try
        that may have arrived. Cancelled, it says what becomes of what is on its way already, within so many seconds:
        AnswerLost, where nothing is known by then.
        """


class NoticeCourier(Courier, BulkCourier, Protocol):
    """Both: a notice may be one of many that say the same."""
