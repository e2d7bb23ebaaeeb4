"""Support for the staff: the queue, a ticket, answering, and who looks after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier, pressed
from lockbay.areas.chat_page import file_of
from lockbay.areas.messages import talk
from lockbay.areas.support import desk_screens as screens
from lockbay.areas.support.records import (
    AnswerTicket,
    AssignTicket,
    CloseTicket,
    Moved,
    PersonTickets,
    ReopenTicket,
    TicketPage,
    TicketQueue,
)
from lockbay.areas.support.refusals import refusal
from lockbay.postgres.queries import Refused


async def tickets(chat: Chat, answered: str = "0", since: str = "0", after: str = "0") -> None:
    """The open tickets, page by page."""
    view = await chat.read(TicketQueue, identifier(answered), identifier(since), identifier(after))
    await chat.show(screens.queue(chat.words, view))


async def ticket(chat: Chat, ticket_id: str, last: str = "0") -> None:
    """One of them, and its messages page by page."""
    page = await chat.read(TicketPage, identifier(ticket_id), identifier(last))
    await chat.show(screens.ticket(chat.words, page, chat.user_id))


async def user_tickets(chat: Chat, user_id: str, before: str = "0") -> None:
    """All of a person, the closed ones too, page by page."""
    view = await chat.read(PersonTickets, identifier(user_id), identifier(before))
    await chat.show(screens.of_person(chat.words, view))


async def ticket_file(chat: Chat, ticket_id: str, n: str) -> None:
    """A photo or a document of it once more."""
    number = identifier(n)
    page = await chat.read(TicketPage, identifier(ticket_id), number)
    await chat.show(screens.file(chat.words, page, file_of(page.messages, number)))


async def ticket_answer(chat: Chat, ticket_id: str) -> None:
    """Whatever is written goes to the person, until a button leads elsewhere."""
    number, words = identifier(ticket_id), chat.words
    page = await chat.read(TicketPage, number, 0)
    await talk(
        chat,
        screens.answer(words, page),
        lambda written: AnswerTicket(chat.user_id, number, written.kind, written.text, written.file_id),
        lambda answered: screens.answered(words, answered),
        lambda refused: refusal(words, refused),
        screens.enough(words, page),
    )


async def ticket_take(chat: Chat, ticket_id: str, was: str = "0") -> None:
    """The one who presses looks after it from now on."""
    taken = AssignTicket(chat.user_id, identifier(ticket_id), identifier(was), chat.user_id)
    await _show(chat, identifier(ticket_id), await chat.do("take", taken))


async def ticket_assign(chat: Chat, ticket_id: str, was: str = "0") -> None:
    """To a colleague: to whom?"""
    number = identifier(ticket_id)
    page = await chat.read(TicketPage, number, 0)
    to = identifier(await chat.ask("to", screens.colleagues(chat.words, page), parse=pressed(chat.words)))
    given = await chat.do("assign", AssignTicket(chat.user_id, number, identifier(was), to))
    await _show(chat, number, given)


async def ticket_close(chat: Chat, ticket_id: str) -> None:
    """It is done, for now."""
    number = identifier(ticket_id)
    await _show(chat, number, await chat.do("close", CloseTicket(chat.user_id, number)))


async def ticket_reopen(chat: Chat, ticket_id: str) -> None:
    """It is not done after all."""
    number = identifier(ticket_id)
    await _show(chat, number, await chat.do("reopen", ReopenTicket(chat.user_id, number)))


async def _show(chat: Chat, ticket_id: int, moved: Moved | Refused) -> None:
    """The ticket as it is now, and why it is not as was wanted."""
    page = await chat.read(TicketPage, ticket_id, 0)
    problem = refusal(chat.words, moved) if isinstance(moved, Refused) else None
    await chat.show(screens.ticket(chat.words, page, chat.user_id).with_problem(problem))


FLOWS: Final[Mapping[str, Flow]] = {
    "tickets": tickets,
    "ticket": ticket,
    "user_tickets": user_tickets,
    "ticket_file": ticket_file,
    "ticket_answer": ticket_answer,
    "ticket_take": ticket_take,
    "ticket_assign": ticket_assign,
    "ticket_close": ticket_close,
    "ticket_reopen": ticket_reopen,
}
