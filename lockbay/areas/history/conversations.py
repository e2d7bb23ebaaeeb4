"""The history, page by page."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import identifier
from lockbay.areas.history import screens
from lockbay.areas.history.records import History

NEWEST = "0"


async def history(chat: Chat, before: str = NEWEST) -> None:
    """The movements before one, from its page's button; the newest without."""
    page = await chat.read(History, identifier(before))
    assert page is not None, "a person has a history"
    await chat.show(screens.history(chat.words, page, is_first=before == NEWEST))
