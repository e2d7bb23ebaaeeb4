"""What is asked before a statement is made, and what comes with the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lockbay.actors.screen import Answer, Document, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, period
from lockbay.areas.history.records import Format, Ordered
from lockbay.areas.history.screens import ALL
from lockbay.areas.period import Period
from lockbay.areas.text import lines, paragraphs
from lockbay.postgres.queries import Refused


def which_period(words: Words, today: date) -> Screen:
    """Of which days?"""
    answers = tuple(Answer(label, value) for value, label in period.choices(words, today).items())
    text = paragraphs((words("📄 <b>Statement</b>"), words("Of which time? Days are in your time zone.")))
    other = (Answer(words.label("Other dates"), period.OTHER),)
    return Screen(text, (*buttons.rows(answers, 2), other, buttons.step_back(words)))


def from_when(words: Words, today: date) -> Screen:
    """The first day."""
    return _typed(words, words("From which day? Type it like <code>2026-11-01</code>."), period.of_today(words, today))


def until_when(words: Words, first: date, today: date) -> Screen:
    """The last day."""
    question = words("From {day}, until which day? It is in the statement, too.", day=period.day(words, first))
    return _typed(words, question, period.of_today(words, today, since=first))


def which_currency(words: Words, codes: Sequence[str], days: Period) -> Screen:
    """All, or one."""
    text = paragraphs((words("📄 <b>Statement</b>: {period}", period=days.said(words)), words("Of which currency?")))
    answers = tuple(Answer(code, code) for code in codes)
    every = (Answer(words.label("All of them"), ALL),)
    return Screen(text, (every, *buttons.rows(answers, 4), buttons.step_back(words)))


def which_format(words: Words, days: Period, currency: str) -> Screen:
    """A page to read, or a table to count with?"""
    of = words.label("all currencies") if currency == ALL else currency
    text = paragraphs(
        (
            words("📄 <b>Statement</b>: {period}, {of}", period=days.said(words), of=of),
            words("As which file? PDF is for reading and printing, CSV for spreadsheets."),
        )
    )
    return Screen(text, ((Answer("PDF", "pdf"), Answer("CSV", "csv")), buttons.step_back(words)))


def asked(words: Words, form: Format) -> Screen:
    """It is being made."""
    text = words("📄 Your {format} is being made, and arrives here in a moment.", format=form.upper())
    return Screen(text, (buttons.way_out(words, "history"),))


def nothing(words: Words) -> Screen:
    """There is nothing that could be in one."""
    text = words("Nothing has moved yet, so there is nothing that a statement could tell.")
    return Screen(text, (buttons.way_out(words, "history"),))


def refused(words: Words, why: Refused) -> Screen:
    """Why it is not made."""
    match why.reason:
        case "too_many":
            text = words("Three files are being made for you already. Wait until one has arrived, then ask again.")
        case _:
            text = words("There is nothing that this statement could tell.")
    return Screen(words("⚠️ {why}", why=text), (buttons.way_out(words, "history"),))


def arrived(words: Words, ordered: Ordered, document: Document) -> Screen:
    """The file, with what it is of."""
    days = Period.of(ordered.period)
    of = words.label("all currencies") if ordered.currency == ALL else ordered.currency
    count = sum(span.movements for span in ordered.spans)
    text = lines(
        words("📄 <b>Statement</b>: {period}, {of}", period=days.said(words), of=of),
        words.count("{n} movement", "{n} movements", count),
        words("There are more than fit a file: it has the newest. For the others, ask for other dates.")
        if ordered.cut
        else None,
    )
    return Screen(text, (buttons.way_out(words, "history"),), document=document, stays=True)


def failed(words: Words, *, is_too_large: bool = False) -> Screen:
    """It could not be made, or does not fit a message."""
    if is_too_large:
        text = words("⚠️ Your file is too large for Telegram, so it cannot arrive here. Please ask for fewer days.")
    else:
        text = words("⚠️ Your file could not be made. We look into it. Please try again later, or write to support.")
    again = (Link(words.label("Try again"), "history"), buttons.support(words))
    return Screen(text, (again, (buttons.menu(words),)), stays=True)


def _typed(words: Words, question: object, today: Row) -> Screen:
    text = paragraphs((words("📄 <b>Statement</b>"), words("{question}", question=question)))
    return Screen(text, (today, buttons.step_back(words)))
