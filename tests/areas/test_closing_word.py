"""The word that closes an account is of the person's language; the English one is taken as well."""

from __future__ import annotations

import pytest

from lockbay.areas.preferences.records import Speak
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fresh_key
from tests.areas.preferring import everything, talk
from tests.areas.sendable import sent
from tests.talk import Talk

__all__ = ["everything", "talk"]


@pytest.mark.parametrize("typed", ["FERMER", "fermer", "Fermer", "CLOSE", "close"])
async def test_a_french_person_types_a_french_word_or_the_english_one(
    talk: Talk, database: Database, typed: str
) -> None:
    assert not isinstance(await database.perform(Speak(ANA, "fr"), fresh_key()), Refused)
    asked = sent(await talk.open("close_account"))
    assert "FERMER" in asked
    assert "CLOSE" not in asked
    assert "FERMER" in sent(await talk.say("oui")), "what is to be typed is said again"
    assert "Votre compte est fermé" in sent(await talk.say(typed))


async def test_in_english_a_word_of_another_language_closes_nothing(talk: Talk) -> None:
    assert "CLOSE" in sent(await talk.open("close_account"))
    assert "Nothing was closed" in sent(await talk.say("fermer"))
