"""Time zones: found by what people call their places, and chosen; on the real database, killed and replayed at every
answer."""

from __future__ import annotations

import pytest
from babel import Locale

from lockbay.actors.words import languages
from lockbay.areas.preferences.zones import found, place
from lockbay.postgres.database import Database
from tests.areas.preferring import chosen
from tests.areas.preferring import everything as everything
from tests.areas.preferring import talk as talk
from tests.areas.sendable import labels, sent
from tests.talk import Talk

ENGLISH = Locale("en")


async def test_a_time_zone_is_found_by_its_city(talk: Talk, database: Database) -> None:
    await talk.open("settings")
    await talk.press("Time zone")
    assert "I do not know that place" in sent(await talk.say("Atlantis"))
    assert "Lagos, Nigeria (13:00)" in sent(await talk.say("lagos"))
    assert (await chosen(database)).time_zone == "Africa/Lagos"


async def test_a_time_zone_is_chosen_among_those_that_a_text_may_mean(talk: Talk, database: Database) -> None:
    await talk.open("time_zone")
    asked = sent(await talk.say("united <b>states"))
    assert "I do not know" in asked
    assert "Which one do you mean by “usa”" in sent(await talk.say("usa"))
    assert "Nigeria (13:00)" not in " ".join(labels(talk.screen))
    await talk.press("New York")
    assert (await chosen(database)).time_zone == "America/New_York"


async def test_a_common_time_zone_is_one_press(talk: Talk, database: Database) -> None:
    await talk.open("time_zone")
    assert "Nairobi" in sent(await talk.press("Nairobi"))
    assert (await chosen(database)).time_zone == "Africa/Nairobi"


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Lagos", "Africa/Lagos"),
        ("nigeria", "Africa/Lagos"),
        ("africa/accra", "Africa/Accra"),
        ("sao paulo", "America/Sao_Paulo"),
        ("uk", "Europe/London"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("lag", "Africa/Lagos"),
        ("niger", "Africa/Niamey"),
        ("nigeri", "Africa/Lagos"),
        ("zealand", "Pacific/Auckland"),
        ("cote d'ivoire", "Africa/Abidjan"),
        ("Côte d’Ivoire", "Africa/Abidjan"),
        ("cote d ivoire", "Africa/Abidjan"),
    ],
)
def test_places_are_found_as_people_call_them(text: str, zone: str) -> None:
    assert found(text, ENGLISH)[0].zone == zone


@pytest.mark.parametrize("language", languages())
def test_places_are_found_in_each_language_that_is_spoken(language: str) -> None:
    london = place("Europe/London", Locale(language))
    assert found(london.city, Locale(language))[0].zone == london.zone
    assert found("London", Locale(language))[0].zone == london.zone


def test_who_speaks_something_else_finds_places_in_english() -> None:
    assert found("London", Locale("de"))[0].zone == "Europe/London"
