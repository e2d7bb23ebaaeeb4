"""People: looked for, looked at, blocked and let in again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import Parse, Pressed, Reply, identifier, text, this
from lockbay.actors.words import Words
from lockbay.areas.admin import answers, refusals
from lockbay.areas.admin import people_screens as screens
from lockbay.areas.admin.people_records import BlockPerson, Dossier, People, PersonsMoney, PersonsTrades
from lockbay.areas.handles import phone

LONGEST: Final = 254  # characters of what can be looked for


async def people(chat: Chat) -> None:
    """A search, and as many further ones as are typed."""
    await chat.read(People, "", 0)
    query, after, screen = "", 0, screens.search(chat.words)
    while True:
        said = await chat.ask("query", screen, parse=_wanted(chat.words))
        query, after = (query, said) if isinstance(said, int) else (said, 0)
        page = await chat.read(People, query, after)
        screen = screens.found(chat.words, page, query)


def _wanted(words: Words) -> Parse[str | int]:
    """What to look for, or the next page of it."""
    typed = text(words, most=LONGEST)

    def parse(reply: Reply) -> str | int:
        if isinstance(reply, Pressed):
            return identifier(reply.value)
        said = typed(reply)
        return phone(said) or said

    return parse


async def user(chat: Chat, person: str) -> None:
    """Somebody."""
    page = await chat.read(Dossier, identifier(person))
    await chat.show(screens.profile(chat.words, page))


async def user_trades(chat: Chat, person: str, before: str = "0") -> None:
    """Their trades, page by page."""
    view = await chat.read(PersonsTrades, identifier(person), identifier(before))
    await chat.show(screens.trades(chat.words, view))


async def user_money(chat: Chat, person: str, before: str = "0") -> None:
    """What came to their wallet and went, page by page."""
    view = await chat.read(PersonsMoney, identifier(person), identifier(before))
    await chat.show(screens.money(chat.words, view))


async def block(chat: Chat, person: str) -> None:
    """Why, sure?"""
    await _set(chat, identifier(person), block=True)


async def unblock(chat: Chat, person: str) -> None:
    """Why, sure?"""
    await _set(chat, identifier(person), block=False)


async def _set(chat: Chat, person: int, *, block: bool) -> None:
    page = await chat.read(Dossier, person)
    if (page.blocked_at is not None) is block:
        return await chat.show(screens.profile(chat.words, page))
    note = await chat.ask("why", screens.why_block(chat.words, page), parse=answers.note(chat.words))
    sure = screens.sure(chat.words, page, note)
    await chat.ask("confirm", sure, parse=this(chat.words, answers.CONFIRM))
    outcome = await chat.do("block", BlockPerson(chat.user_id, person, block, note))
    page = await chat.read(Dossier, person)
    await chat.show(screens.profile(chat.words, page).with_problem(refusals.problem(chat.words, outcome)))


FLOWS: Final[Mapping[str, Flow]] = {
    "people": people,
    "user": user,
    "user_trades": user_trades,
    "user_money": user_money,
    "block": block,
    "unblock": unblock,
}
