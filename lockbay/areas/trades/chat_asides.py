"""A reply to a message that told of something said in a trade is said in that trade, wherever the person is."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Reply
from lockbay.actors.update import Original
from lockbay.areas.messages import message
from lockbay.areas.trades import chat_screens, screens
from lockbay.areas.trades.chat_records import ChatPage, RepliedChat, SayMessage
from lockbay.postgres.queries import Refused


async def aside(chat: Chat, original: Original, reply: Reply) -> bool:
    """Whether it was a reply to something said in a trade. Raises Invalid for what cannot be passed on."""
    told = await chat.find(RepliedChat, original.message_id)
    if told is None:
        return False
    written = message(chat.words)(reply)
    said = await chat.do("say", SayMessage(chat.user_id, told.trade_id, written.kind, written.text, written.file_id))
    page = await chat.find(ChatPage, told.trade_id, 0)
    if page is None:
        await chat.show(screens.unknown(chat.words))
    elif isinstance(said, Refused):
        await chat.show(chat_screens.not_sent(chat.words, page, said))
    else:
        await chat.show(chat_screens.aside(chat.words, page, said))
    return True
