"""The chat between buyer and seller: what is written goes to the other side at once, until a button leads elsewhere.

A replay sees a chat that has gone on: nothing here but the first screen depends on what is in it, and the question is
asked whether or not one may write. Who may not is refused by the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.actors.screen import Screen
from lockbay.areas.trades import chat_answers, chat_screens, screens
from lockbay.areas.trades.chat_records import ChatPage, SeeMessages
from lockbay.errors import Invalid
from lockbay.postgres.queries import Refused

IN_A_ROW: Final = 40  # messages: two entries each, and of up to 1000 characters; a journal is to stay small


async def trade_chat(chat: Chat, trade_id: str, last: str = "0", newest: str = "0") -> None:
    """The messages up to `last`, 0 for the newest, and whatever the person writes then. `newest` is the newest message
    that the button knew of, when there was something unread: up to there it is read now.
    """
    trade, upto, unread = identifier(trade_id), identifier(last), identifier(newest)
    marked = await chat.do("see", SeeMessages(chat.user_id, trade, unread)) if unread else None
    page = await chat.read(ChatPage, trade, upto)
    if page is None:
        return await chat.show(screens.unknown(chat.words))
    seen = page.seen if marked is None or isinstance(marked, Refused) else marked.before
    await _talk(chat, page, chat_screens.opened(chat.words, page, seen))


async def _talk(chat: Chat, page: ChatPage, first: Screen) -> None:
    """Every answer is a message. What was refused is said above the screen that stood before it."""
    screen, problem = first, None
    for _ in range(IN_A_ROW):
        message = await chat.ask("message", _with(screen, problem), parse=chat_answers.message(chat.words))
        told = await chat.do("say", message.operation(chat.user_id, page.trade_id))
        if isinstance(told, Refused):
            problem = chat_screens.refusal(chat.words, told)
        else:
            screen, problem = chat_screens.told(chat.words, page, told), None
    enough = _with(chat_screens.enough(chat.words, page), problem)
    await chat.ask("enough", enough, parse=chat_answers.enough(chat.words))


def _with(screen: Screen, problem: Markup | None) -> Screen:
    return screen if problem is None else screen.with_problem(problem)


async def trade_chat_file(chat: Chat, trade_id: str, n: str) -> None:
    """A photo or a document of the chat, once more."""
    number = identifier(n)
    page = await chat.read(ChatPage, identifier(trade_id), number)
    if page is None:
        return await chat.show(screens.unknown(chat.words))
    found = [message for message in page.messages if message.n == number and message.kind != "text"]
    if not found:
        raise Invalid("This button is no longer active.")
    await chat.show(chat_screens.file(chat.words, page, found[0]))


FLOWS: Final[Mapping[str, Flow]] = {"trade_chat": trade_chat, "trade_chat_file": trade_chat_file}
