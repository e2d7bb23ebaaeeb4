"""Support for whoever asks: what is written goes to the staff, until a button leads elsewhere.

Somebody who has an open ticket and does something else is not in this flow, and what they write there is not for the
staff. A reply to an answer is (asides.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.chat_page import file_of
from lockbay.areas.messages import talk
from lockbay.areas.support import screens
from lockbay.areas.support.records import AskSupport, CloseTicket, SeeSupport, SupportPage
from lockbay.areas.support.refusals import refusal
from lockbay.errors import Outdated
from lockbay.postgres.queries import Refused


async def support(chat: Chat, last: str = "0") -> None:
    """The messages up to `last`, 0 for the newest, and whatever the person writes then."""
    upto, words = identifier(last), chat.words
    await chat.do("see", SeeSupport(chat.user_id))
    page = await chat.read(SupportPage, upto)
    await talk(
        chat,
        screens.opened(words, page),
        lambda written: AskSupport(chat.user_id, written.kind, written.text, written.file_id),
        lambda asked: screens.asked(words, asked),
        lambda refused: refusal(words, refused),
        screens.enough(words),
    )


async def support_close(chat: Chat, ticket_id: str) -> None:
    """It is answered."""
    closed = await chat.do("close", CloseTicket(chat.user_id, identifier(ticket_id)))
    if isinstance(closed, Refused):
        return await chat.show(screens.refused(chat.words, refusal(chat.words, closed)))
    await chat.show(screens.closed(chat.words, closed))


async def support_file(chat: Chat, n: str) -> None:
    """A photo or a document once more."""
    number = identifier(n)
    page = await chat.find(SupportPage, number)
    if page is None:
        raise Outdated
    await chat.show(screens.file(chat.words, file_of(page.messages, number)))


FLOWS: Final[Mapping[str, Flow]] = {
    "support": support,
    "support_close": support_close,
    "support_file": support_file,
}
