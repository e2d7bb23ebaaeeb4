"""Who brings screens, as notices, files and announcements know it."""

from __future__ import annotations

from typing import Literal, Protocol

from lockbay.actors.screen import Screen


class Courier(Protocol):
    """`bulk` keeps out of the way of all else."""

    async def deliver(
        self, chat_id: int, screen: Screen, *, lane: Literal["notice", "bulk"] = "notice", edits: int | None = None
    ) -> int:
        """Shows it in the chat's order, in place of message `edits` if that is there; returns the message's id. Raises
        Unreachable or another Refusal when it never can be shown; after any other error it may.
        """
