"""Tables that the staff takes along: finance of money, owners of what the staff did, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import choice
from lockbay.actors.person import Role
from lockbay.actors.screen import Answer, Document, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, period
from lockbay.areas.admin import answers, refusals
from lockbay.areas.admin.export_file import AskExport, Exported, What
from lockbay.areas.admin.people_records import Somebody
from lockbay.areas.admin.whom import whom
from lockbay.areas.period import Period
from lockbay.areas.text import cut, isolated, lines, paragraphs
from lockbay.errors import Unseen
from lockbay.postgres.queries import Refused

OF: Final[Mapping[Role, tuple[What, ...]]] = {
    "finance": ("trades", "cashouts", "movements"),
    "owner": ("trades", "cashouts", "movements", "actions"),
}
NOBODY: Final = Somebody(0, "")  # of a table that is of no person
NAMES: Final[Mapping[What, Callable[[Words], str]]] = {
    "trades": lambda words: words.label("Trades"),
    "cashouts": lambda words: words.label("Cash-outs"),
    "movements": lambda words: words.label("Movements of a person"),
    "actions": lambda words: words.label("What the staff did"),
}


async def exports(chat: Chat) -> None:
    """What, of whom, of which days? It is made, and sent, by the clerk (notices/clerk.py)."""
    words, role = chat.words, chat.person.role
    tables = OF.get(role, ()) if role is not None else ()
    if not tables:
        raise Unseen
    what = await chat.ask("what", which(words, tables), parse=choice(words, {each: each for each in tables}))
    person = await whom(chat, of_whom(words), Somebody) if what == "movements" else NOBODY
    today = chat.now.astimezone(words.zone).date()
    asked_days = which_days(words, what, person, today)
    days = await chat.ask("period", asked_days, parse=answers.about_them(words, person.id, period.chosen(words)))
    if days is None:
        first = await chat.ask("from", from_when(words, today), parse=period.typed_day(words))
        last = await chat.ask("until", until_when(words, first, today), parse=period.typed_day(words, since=first))
        days = Period(first, last)
    since, until = days.times(words.zone)
    asked = await chat.do("ask", AskExport(chat.user_id, what, person.id, days.value, since, until))
    await chat.show(refused(words, asked) if isinstance(asked, Refused) else ordered(words, what, days))


def which(words: Words, tables: tuple[What, ...]) -> Screen:
    """What is exported?"""
    text = paragraphs(
        (
            words("📤 <b>Export</b>"),
            words("A table for spreadsheets (CSV). That you took it along is written down in the log of the staff."),
        )
    )
    each = tuple(Answer(NAMES[name](words), name) for name in tables)
    return Screen(text, (*buttons.rows(each, 2), buttons.way_out(words, "admin")))


def of_whom(words: Words) -> Screen:
    """Whose movements?"""
    text = words("👤 <b>Whose movements?</b> Type a <code>@username</code> or a Telegram number.")
    return Screen(text, (buttons.way_out(words, "exports"),))


def which_days(words: Words, what: What, person: Somebody, today: date) -> Screen:
    """Of which days? Each button is of the person, too, who was shown."""
    choices = period.choices(words, today)
    usual = tuple(Answer(label, answers.about(person.id, value)) for value, label in choices.items())
    name = words("👤 <b>{name}</b> · <code>{id}</code>", name=isolated(cut(person.name, 40)), id=person.id)
    title = lines(_title(words, what), name if person.id else None)
    text = paragraphs((title, words("Of which time? Days are in your time zone.")))
    other = (Answer(words.label("Other dates"), answers.about(person.id, period.OTHER)),)
    return Screen(text, (*buttons.rows(usual, 2), other, buttons.way_out(words, "exports")))


def from_when(words: Words, today: date) -> Screen:
    """The first day."""
    text = words("From which day? Type it like <code>2026-11-01</code>.")
    return Screen(text, (period.of_today(words, today), buttons.way_out(words, "exports")))


def until_when(words: Words, first: date, today: date) -> Screen:
    """The last day."""
    text = words("From {day}, until which day? It is in the table, too.", day=period.day(words, first))
    usual = period.of_today(words, today, since=first)
    return Screen(text, (usual, buttons.way_out(words, "exports")))


def _title(words: Words, what: What) -> str:
    return words("📤 <b>Export</b>: {what}", what=NAMES[what](words))


def ordered(words: Words, what: What, days: Period) -> Screen:
    """It is being made."""
    making = words("{period}. It is being made, and arrives here in a moment.", period=days.said(words))
    return Screen(paragraphs((_title(words, what), making)), (buttons.way_out(words, "exports"),))


def refused(words: Words, why: Refused) -> Screen:
    """Why it is not made."""
    text = words("⚠️ {problem}", problem=refusals.sentence(words, why))
    return Screen(text, (buttons.way_out(words, "exports"),))


def arrived(words: Words, made: Exported, document: Document) -> Screen:
    """The file, with what it is of."""
    text = lines(
        _title(words, made.what),
        isolated(cut(made.person, 40)) if made.person else None,
        Period.of(made.period).said(words),
        words("There are more than fit a file: it has the newest. For the others, ask for other dates.")
        if made.cut
        else None,
    )
    return Screen(text, (buttons.way_out(words, "exports"),), document=document, stays=True)


FLOWS: Final[Mapping[str, Flow]] = {"exports": exports}
