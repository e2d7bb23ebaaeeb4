"""The bounds of the terms in the settings: the same as those of terms that are changed in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from attrs import fields

from lockbay.areas.terms import Bound, Crossing, Terms, TermsCrossed, TermsOutside
from lockbay.errors import SettingsError
from lockbay.money import plain
from lockbay.postgres.database import Database
from lockbay.settings import PREFIX


async def refuse_terms(database: Database, terms: Terms) -> None:
    """Raises SettingsError for terms that nobody could trade on; it names all variables that are wrong."""
    said = _values(terms)
    wrong = [_outside(each) for each in await database.run(TermsOutside(said))]
    wrong = wrong or [_crossing(each) for each in await database.run(TermsCrossed(said))]
    if wrong:
        raise SettingsError("; ".join(wrong))


def _values(terms: Terms) -> Mapping[str, str]:
    """Each as a number, a duration in seconds."""
    return {each.name: _value(getattr(terms, each.name)) for each in fields(Terms)}


def _value(value: Decimal | timedelta | int | str) -> str:
    if isinstance(value, timedelta):
        return plain(Decimal(value // timedelta(microseconds=1)) / 10**6)
    return plain(value) if isinstance(value, Decimal) else str(value)


def _outside(bound: Bound) -> str:
    lowest, highest = (_written(bound, each) for each in (bound.lowest, bound.highest))
    return f"{_variable(bound.name)} must be {'0, or ' if bound.off else ''}from {lowest} to {highest}"


def _written(bound: Bound, number: Decimal) -> str:
    """As it is written in a variable: 00:05:00 for 300 seconds."""
    if bound.kind != "duration":
        return plain(number)
    minutes, seconds = divmod(int(number), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _crossing(pair: Crossing) -> str:
    smaller, larger = _owned(pair.smaller, pair.smaller_changed), _owned(pair.larger, pair.larger_changed)
    return f"{smaller} must not be more than {larger}"


def _owned(name: str, changed: str | None) -> str:
    return f"{_variable(name)} ({changed}, as an owner changed it)" if changed else _variable(name)


def _variable(name: str) -> str:
    return PREFIX + name.upper()
