"""A reply to a message that told of a ticket goes into that ticket, wherever the person is.

So the staff answers people in the middle of anything else, and people the staff. Which ticket it is, says the row of
the outbox that the message showed: who did not get that message cannot name it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Reply
from lockbay.actors.screen import Screen
from lockbay.actors.update import Original
from lockbay.areas.messages import Written, message
from lockbay.areas.support import desk_screens, screens
from lockbay.areas.support.records import AnswerTicket, AskSupport, RepliedTicket
from lockbay.areas.support.refusals import refusal
from lockbay.postgres.queries import Refused

REMEMBERED: Final = timedelta(days=90)  # as long as the outbox keeps what was told (notices/forget.py)


async def aside(chat: Chat, original: Original, reply: Reply) -> bool:
    """Whether it was a reply about a ticket. Raises Invalid for what cannot be passed on."""
    told = await chat.find(RepliedTicket, original.message_id)
    if told is None:
        return await _forgotten(chat, original)
    written = message(chat.words)(reply)
    await chat.show(await (_ask(chat, written) if told.own else _answer(chat, told.ticket_id, written)))
    return True


async def _forgotten(chat: Chat, original: Original) -> bool:
    """The staff is told that an old message is too old; to others a reply to one means nothing."""
    age = chat.now - datetime.fromtimestamp(original.sent_at, UTC)
    if not chat.person.is_admin or age < REMEMBERED:
        return False
    await chat.show(desk_screens.forgotten(chat.words))
    return True


async def _ask(chat: Chat, written: Written) -> Screen:
    asked = await chat.do("say", AskSupport(chat.user_id, written.kind, written.text, written.file_id))
    if isinstance(asked, Refused):
        return screens.refused(chat.words, refusal(chat.words, asked))
    return screens.aside(chat.words, asked)


async def _answer(chat: Chat, ticket_id: int, written: Written) -> Screen:
    answer = AnswerTicket(chat.user_id, ticket_id, written.kind, written.text, written.file_id)
    answered = await chat.do("answer", answer)
    if isinstance(answered, Refused):
        return desk_screens.refused(chat.words, refusal(chat.words, answered))
    return desk_screens.answered(chat.words, answered)
