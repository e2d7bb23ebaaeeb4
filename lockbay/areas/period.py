"""The days that a statement is of, in the person's own time zone. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from attrs import frozen
from babel.dates import format_date

from lockbay.actors.parse import Parse, Pressed, Reply, entered
from lockbay.actors.screen import Answer
from lockbay.actors.words import Words
from lockbay.errors import Invalid

DAY: Final = timedelta(days=1)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
OTHER: Final = "other"
TYPED: Final = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{4}))", re.ASCII)


@frozen
class Period:
    """From the beginning of one day until the end of another; None: without bound."""

    first: date | None
    last: date | None

    @property
    def value(self) -> str:
        """For a button, and for the order: 2026-11-01/2026-11-30."""
        return f"{self.first or ''}/{self.last or ''}"

    @classmethod
    def of(cls, value: str) -> Period:
        """Raises ValueError."""
        first, last = value.split("/")
        return cls(_day(first), _day(last))

    def times(self, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """The first moment, and the first after it."""
        return _midnight(self.first, zone), _midnight(None if self.last is None else self.last + DAY, zone)

    def said(self, words: Words) -> str:
        """1 Nov 2026 – 30 Nov 2026"""
        match self.first, self.last:
            case None, None:
                return words.label("Everything")
            case date() as first, None:
                return words.label("from {day}", day=day(words, first))
            case None, date() as last:
                return words.label("until {day}", day=day(words, last))
            case date() as first, date() as last:
                return f"{day(words, first)} – {day(words, last)}"
        raise AssertionError


def day(words: Words, of: date) -> str:
    """22 Nov 2026, as the person's language writes it."""
    return str(format_date(of, "d MMM y", locale=words.spoken))


def choices(words: Words, today: date) -> dict[str, str]:
    """The usual periods: label by value. In January this year is this month, so the last one is offered."""
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    before = month - DAY
    return {
        Period(month, today).value: words.label("This month"),
        Period(before.replace(day=1), before).value: words.label("Last month"),
        **(
            {Period(before.replace(month=1, day=1), before).value: words.label("Last year")}
            if month == year
            else {Period(year, today).value: words.label("This year")}
        ),
        Period(None, None).value: words.label("Everything"),
    }


def chosen(words: Words) -> Parse[Period | None]:
    """One of them; None: other dates. A button keeps its dates, whatever day it is when the answer is read again."""

    def parse(reply: Reply) -> Period | None:
        if isinstance(reply, Pressed) and reply.value == OTHER:
            return None
        try:
            return Period.of(reply.value if isinstance(reply, Pressed) else "?")
        except ValueError:
            raise Invalid(words("Please press one of the buttons below.")) from None

    return parse


def of_today(words: Words, today: date, *, since: date | None = None) -> tuple[Answer, ...]:
    """The button for it, where it can be an answer. It keeps its day, as those of periods do."""
    label = words.label("Today, {day}", day=day(words, today))
    return (Answer(label, today.isoformat()),) if since is None or since <= today else ()


def typed_day(words: Words, *, since: date | None = None) -> Parse[date]:
    """A day that was typed, or that of the button; not before `since`."""

    def parse(reply: Reply) -> date:
        found = _written(entered(reply))
        if found is None:
            raise Invalid(words("Please type a day like <code>2026-11-22</code> or <code>22.11.2026</code>."))
        if not EARLIEST <= found < LATEST:
            raise Invalid(words("That day is too far away."))
        if since is not None and found < since:
            raise Invalid(words("That is before {day}.", day=day(words, since)))
        return found

    return parse


def _written(text: str) -> date | None:
    match = TYPED.fullmatch(text)
    if match is None:
        return None
    year, month, number = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def _day(text: str) -> date | None:
    if not text:
        return None
    found = date.fromisoformat(text)
    if not EARLIEST <= found < LATEST:
        raise ValueError(text)
    return found


def _midnight(of: date | None, zone: tzinfo) -> datetime | None:
    return None if of is None else datetime(of.year, of.month, of.day, tzinfo=zone)
