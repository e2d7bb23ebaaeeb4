"""The chat between buyer and seller: what is written goes to the other side at once, until a button leads elsewhere.

A replay sees a chat that has gone on: nothing here but the first screen depends on what is in it, and the question is
asked whether or not one may write. Whoever may not is refused by the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.chat_page import file_of
from lockbay.areas.messages import talk
from lockbay.areas.trades import chat_screens, screens
from lockbay.areas.trades.chat_records import ChatPage, SayMessage, SeeMessages
from lockbay.postgres.queries import Refused


async def trade_chat(chat: Chat, trade_id: str, last: str = "0", newest: str = "0") -> None:
    """The messages up to `last`, 0 for the newest, and whatever the person writes then. `newest` is the newest message
    that the button knew of, when there was something unread: up to there it is read now.
    """
    trade, upto, unread = identifier(trade_id), identifier(last), identifier(newest)
    marked = await chat.do("see", SeeMessages(chat.user_id, trade, unread)) if unread else None
    page = await chat.find(ChatPage, trade, upto)
    if page is None:
        return await chat.show(screens.unknown(chat.words))
    seen = page.seen if marked is None or isinstance(marked, Refused) else marked.before
    words = chat.words
    await talk(
        chat,
        chat_screens.opened(words, page, seen),
        lambda written: SayMessage(chat.user_id, trade, written.kind, written.text, written.file_id),
        lambda told: chat_screens.told(words, page, told),
        lambda refused: chat_screens.refusal(words, refused),
        chat_screens.enough(words, page),
    )


async def trade_chat_file(chat: Chat, trade_id: str, n: str) -> None:
    """A photo or a document of the chat, once more."""
    number = identifier(n)
    page = await chat.find(ChatPage, identifier(trade_id), number)
    if page is None:
        return await chat.show(screens.unknown(chat.words))
    await chat.show(chat_screens.file(chat.words, page, file_of(page.messages, number)))


FLOWS: Final[Mapping[str, Flow]] = {"trade_chat": trade_chat, "trade_chat_file": trade_chat_file}
