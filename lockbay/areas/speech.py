"""The languages that LockBay speaks, and the choice of one: for the settings, and for whoever is not in yet."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen
from babel import Locale

from lockbay.actors.words import languages
from lockbay.postgres.queries import Operation


@frozen
class Spoken:
    """How LockBay speaks to a person from now on."""

    language: str
    time_zone: str


@frozen
class Speak(Operation[Spoken]):
    """Chooses language or time zone; "" leaves one as it is. Refused: `unknown_language`, `unknown_zone`."""

    file: ClassVar[str] = "preferences/speak"
    user_id: int
    language: str = ""
    time_zone: str = ""


def called(code: str) -> str:
    """A language as it calls itself; English where it is none of ours."""
    known = code if code in languages() else code.partition("-")[0]
    known = known if known in languages() else "en"
    name = Locale.parse(known, sep="-").get_display_name() or known
    return name[:1].upper() + name[1:]
