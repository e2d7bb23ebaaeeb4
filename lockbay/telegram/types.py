"""The part of the Bot API's types that LockBay uses. json/ makes them.

What comes in is lockbay.actors.update.Update: the actors' own view of it, so that nothing is translated twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from attrs import field, frozen

from lockbay.actors.update import Update

CommandScope: TypeAlias = Literal["all_private_chats", "all_chat_administrators"]  # whom a list of commands is for
Keyboard: TypeAlias = dict[str, object]  # a reply_markup: inline, in the keyboard's place, or its removal


@frozen
class SkippedUpdate:
    """An update that could not be read. Its id, where it has one, is acknowledged like any other."""

    update_id: int | None
    problem: str


@frozen
class Batch:
    """One answer to getUpdates: what is for us, what could not be read, and what acknowledges all of it.

    Updates of kinds and chats that LockBay has no use for are in neither list. `next_offset` is None when nothing in
    the answer had an id.
    """

    updates: list[Update] = field(factory=list)
    skipped: list[SkippedUpdate] = field(factory=list)
    next_offset: int | None = None


@frozen
class Pressed:
    """A press that is answered in one go with the screen that it led to; `alone`, where that answer did not come."""

    callback_id: str
    alone: Callable[[str], None]


@frozen
class BotInfo:
    """The bot itself (getMe)."""

    id: int
    username: str
    first_name: str


@frozen
class SentMessage:
    """What Telegram made of a send. `photo` is the file id with which the same photo can be sent again."""

    message_id: int
    photo: str | None = None
