"""Time zones by the names that people know: of a city, or of a country. Pure, but for the zone that is chosen: whether
this machine knows it is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen
from babel import Locale
from babel.core import get_global

from lockbay.actors.words import languages

MOST: Final = 8  # on one screen
COMMON: Final = (
    "Africa/Lagos",
    "Africa/Accra",
    "Africa/Nairobi",
    "Africa/Johannesburg",
    "Europe/London",
    "Europe/Paris",
    "Asia/Dubai",
    "America/New_York",
)
# Of a country with many zones, those where most people live come first.
BIG: Final = frozenset(
    {
        *COMMON, "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix", "America/Anchorage",
        "Pacific/Honolulu", "America/Toronto", "America/Vancouver", "America/Sao_Paulo", "America/Mexico_City",
        "America/Buenos_Aires", "Europe/Madrid", "Europe/Lisbon", "Europe/Berlin", "Europe/Moscow", "Asia/Shanghai",
        "Asia/Jakarta", "Australia/Sydney", "Australia/Perth", "Australia/Brisbane", "Africa/Kinshasa",
    }
)  # fmt: skip
SHORT: Final = {"usa": "united states", "us": "united states", "uk": "united kingdom", "uae": "united arab emirates"}
SIGNS: Final = re.compile("[-'’]")
ENGLISH: Final = Locale("en")


Names: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]  # of cities, of countries: plain


@frozen
class Place:
    """A zone, as it is called in a person's language."""

    zone: str
    city: str
    country: str


def found(text: str, locale: Locale) -> tuple[Place, ...]:
    """The places that a text may mean, the likeliest first; MOST at most. A zone's own name (Africa/Lagos) and UTC
    count, too.
    """
    wanted = SHORT.get(_plain(text), _plain(text))
    if len(wanted) < 2:
        return ()
    ranked = sorted(
        ((rank, each.zone not in BIG, each.city, each.zone), each)
        for names, each in PLACES.get(locale.language, PLACES["en"])
        if (rank := _rank(wanted, names))
    )
    return tuple(islice((each for _, each in ranked if is_known(each.zone)), MOST))


def place(zone: str, locale: Locale) -> Place:
    """Raises nothing: what has no name is called as it is."""
    country = get_global("zone_territories").get(zone)
    return Place(zone, _city(zone, locale), locale.territories.get(country, "") if country else "")


def is_known(zone: str) -> bool:
    """Whether this machine has the rules of that zone."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _rank(wanted: str, names: Names) -> int:
    """0: it does not fit; 1 fits best."""
    cities, countries = names
    if wanted in cities:
        return 1
    if any(city.startswith(wanted) for city in cities):
        return 2
    if wanted in countries:
        return 3
    if any(country.startswith(wanted) for country in countries):
        return 4
    return 5 if any(f" {wanted}" in name for name in (*cities, *countries)) else 0


def _index(locale: Locale) -> tuple[tuple[Names, Place], ...]:
    """Every place with its names, in English and in the language."""
    places = [place(zone, locale) for zone in ("UTC", *get_global("zone_territories")) if not zone.startswith("Etc/")]
    return tuple((_names(each), each) for each in places)


def _names(each: Place) -> Names:
    english = place(each.zone, ENGLISH)
    cities = (each.city, english.city, each.zone, each.zone.rpartition("/")[2].replace("_", " "))
    return tuple(map(_plain, cities)), tuple(_plain(name) for name in (each.country, english.country) if name)


def _city(zone: str, locale: Locale) -> str:
    names: dict[str, str] = locale.time_zones.get(zone, {})
    return names.get("city") or zone.rpartition("/")[2].replace("_", " ")


def _plain(text: str) -> str:
    """Without case and accents, hyphens and apostrophes as spaces."""
    letters = text.casefold()
    if not letters.isascii():
        letters = "".join(c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c))
    return " ".join(SIGNS.sub(" ", letters).split())


# Made at the start: to load a language's names takes 50 ms, for which nobody else should wait.
PLACES: Final = {code: _index(Locale.parse(code, sep="-")) for code in languages()}
