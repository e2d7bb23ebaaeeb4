"""What people may answer about their preferences."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from attrs import frozen

from lockbay.actors.parse import Parse, Pressed, Reply, Said, entered
from lockbay.actors.words import Words
from lockbay.areas.preferences.zones import Place, found, is_known
from lockbay.errors import Invalid

OFF: Final = "off"
CLOSE: Final = "CLOSE"
_NIGHT: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2})|h)?\s*(?:-|–|—|to|à|\s)\s*(\d{1,2})(?:[:.h](\d{2})|h)?")


@frozen
class Searched:
    """More than one place that a text may mean."""

    text: str
    places: tuple[Place, ...]


@frozen
class Night:
    """When nothing sounds, in minutes of the day; None twice: never."""

    begins: int | None
    ends: int | None


ZoneAnswer: TypeAlias = str | Searched


def zone(words: Words) -> Parse[ZoneAnswer]:
    """A zone that was pressed, or what a city or a country may mean."""

    def parse(reply: Reply) -> ZoneAnswer:
        match reply:
            case Pressed(name) if is_known(name):
                return name
            case Said(text):
                return _searched(words, text)
            case _:
                raise Invalid(words("Please type a city, or press one of the buttons below."))

    return parse


def _searched(words: Words, text: str) -> ZoneAnswer:
    places = found(text, words.spoken)
    if not places:
        raise Invalid(words("I do not know that place. Try the nearest big city, or the country."))
    return places[0].zone if len(places) == 1 else Searched(text, places)


def night(words: Words) -> Parse[Night]:
    """Two times of the day: 22:00-7:00, 22-7; or the button that ends it."""

    def parse(reply: Reply) -> Night:
        text = entered(reply)
        if text == OFF:
            return Night(None, None)
        match = _NIGHT.fullmatch(text.strip())
        if match is None:
            raise Invalid(words("Please type two times of the day, for example 22:00-7:00."))
        begins, ends = _minutes(match[1], match[2]), _minutes(match[3], match[4])
        if begins is None or ends is None:
            raise Invalid(words("A day goes from 0:00 to 23:59. Please type two times, for example 22:00-7:00."))
        if begins == ends:
            raise Invalid(words("The two times must be different."))
        return Night(begins, ends)

    return parse


def _minutes(hours: str, minutes: str | None) -> int | None:
    """None for a time that no day has. 24:00 is 0:00."""
    hour, minute = int(hours), int(minutes or 0)
    if (hour, minute) == (24, 0):
        return 0
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def closing_word(words: Words) -> str:
    """The word that closes an account, in the person's language: nobody types it by mistake."""
    return words.label("CLOSE")


def agreed(words: Words) -> Parse[bool]:
    """The word that closes an account, typed; the English one is taken, too."""
    word = closing_word(words)

    def parse(reply: Reply) -> bool:
        if isinstance(reply, Said) and reply.text.casefold() in {word.casefold(), CLOSE.casefold()}:
            return True
        raise Invalid(words("Nothing was closed. Type {word} to close your account, or press Cancel.", word=word))

    return parse
