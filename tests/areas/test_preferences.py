"""Settings; on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.actors.parse import Said
from lockbay.actors.plan import Plan
from lockbay.actors.words import words
from lockbay.areas import preferences
from lockbay.areas.preferences.answers import Night, night
from lockbay.areas.preferences.records import Rest, Speak
from lockbay.areas.topics import RULES
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fresh_key, onboarded
from tests.areas.preferring import chosen, set_column
from tests.areas.preferring import everything as everything
from tests.areas.preferring import talk as talk
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk


async def test_settings_show_everything_and_lead_everywhere(talk: Talk) -> None:
    shown = sent(await talk.open("settings"))
    for what in ("Ana", "English", "UTC", "Notices: all", "Quiet hours: none", "E-mail: none", "Profile: public"):
        assert what in shown
    ways = {
        "language",
        "time_zone",
        "notices",
        "quiet_hours",
        "my_email",
        "phone",
        "visibility",
        "close_account",
        "menu",
    }
    assert leads_to(talk.screen) >= ways


async def test_each_screen_has_a_way_out(talk: Talk, everything: Plan) -> None:
    for flow in preferences.flows(everything.flows["email"]):
        if everything.opens(flow, ()):
            sent(await talk.open(flow))
            assert leads_to(talk.screen) & {"menu", "settings", "reopen_account"}, flow


async def test_a_language_counts_at_once(talk: Talk, database: Database) -> None:
    await talk.open("settings")
    await talk.press("Language")
    assert "✅ English" in labels(talk.screen)
    assert "Réglages" in sent(await talk.press("français"))
    assert (await chosen(database)).language == "fr"
    await talk.press("Langue")
    assert "Settings" in sent(await talk.press("English"))
    assert (await chosen(database)).language == "en"
    assert "Language" in sent(await talk.open("language", "tlh")), "a forged one is only asked again"
    assert (await chosen(database)).language == "en"


async def test_a_number_that_is_not_shared_leads_back_to_the_settings(talk: Talk) -> None:
    await talk.open("settings")
    await talk.press("Phone")
    assert "Settings" in sent(await talk.say("Cancel"))


async def test_a_topic_is_muted_and_heard_again(talk: Talk, database: Database) -> None:
    await talk.open("settings")
    await talk.press("Notices")
    assert not any("Staff" in label for label in labels(talk.screen))
    before = talk.screen
    await talk.press("🔔 Ratings")
    assert (await chosen(database)).muted == ("ratings",)
    talk.screens.append(before)
    await talk.press("🔔 Ratings")
    assert (await chosen(database)).muted == ("ratings",), "the same button again means the same"
    assert "all but 1 topic" in sent(await talk.open("settings"))
    await talk.open("notices")
    await talk.press("🔕 Ratings")
    assert (await chosen(database)).muted == ()


async def test_the_page_of_notices_promises_no_more_than_is_kept(talk: Talk) -> None:
    """A deposit is about money, and is not told to who has muted that."""
    assert RULES["deposit_credited"].can_be_muted
    assert not any(RULES[kind].can_be_muted for kind in ("cashout_is_done", "dispute_resolved", "unapplied_credited"))
    told = sent(await talk.open("notices"))
    assert "concerns your money" not in told
    assert "how a cash-out ends, what our people decide about your money" in told


async def test_the_staff_chooses_among_its_own_topics(talk: Talk, database: Database) -> None:
    await database.pool.fetch(
        "test", "INSERT INTO staff (user_id, role, by_settings) VALUES ($1, 'support', false)", (ANA,), reads=False
    )
    shown = labels(await talk.open("notices"))
    assert [label for label in shown if "Staff" in label] == ["🔔 Staff: disputes", "🔔 Staff: support"]
    await talk.press("Staff: disputes")
    assert (await chosen(database)).muted == ("staff_disputes",)


@pytest.mark.parametrize(
    ("topic", "muted"), [("security", "1"), ("staff_house", "1"), ("nothing", "1"), ("trades", "x")]
)
async def test_a_forged_topic_changes_nothing(talk: Talk, database: Database, topic: str, muted: str) -> None:
    with pytest.raises(Invalid):
        await talk.open("hear", topic, muted)
    assert (await chosen(database)).muted == ()


async def test_quiet_hours_are_typed_pressed_and_ended(talk: Talk, database: Database) -> None:
    await talk.open("settings")
    await talk.press("Quiet hours")
    assert "two times of the day" in sent(await talk.say("at night"))
    assert "from 0:00 to 23:59" in sent(await talk.say("25:00-7:00"))
    assert "must be different" in sent(await talk.say("7:00-7:00"))
    assert "Quiet hours: 22:30–6:45" in sent(await talk.say("22:30 - 6:45"))
    await talk.open("quiet_hours")
    await talk.press("23:00–8:00")
    mine = await chosen(database)
    assert (mine.quiet_from, mine.quiet_until) == (23 * 60, 8 * 60)
    await talk.open("quiet_hours")
    assert "Quiet hours: none" in sent(await talk.press("No quiet hours"))
    assert (await chosen(database)).quiet_from is None


@pytest.mark.parametrize("typed", ["22:30-7", "22h30 à 7h", "22.30 to 7:00", "22h30 7"])
def test_quiet_hours_are_typed_as_people_write_them(typed: str) -> None:
    assert night(words("fr", "UTC"))(Said(typed)) == Night(22 * 60 + 30, 7 * 60)


def test_the_end_of_a_day_is_the_beginning_of_the_next() -> None:
    assert night(words("en", "UTC"))(Said("20:00-24:00")) == Night(20 * 60, 0)
    with pytest.raises(Invalid):
        night(words("en", "UTC"))(Said("24:01-7:00"))


@pytest.mark.parametrize("rest", [(60, 60), (60, None), (-1, 60), (0, 1440)])
async def test_a_night_that_is_none_is_refused(database: Database, rest: tuple[int, int | None]) -> None:
    await onboarded(database, ANA)
    assert await database.perform(Rest(ANA, *rest), fresh_key()) == Refused("no_night")


async def test_what_nobody_can_speak_is_refused(database: Database) -> None:
    await onboarded(database, ANA)
    assert await database.perform(Speak(ANA, "e'; --", ""), fresh_key()) == Refused("unknown_language")
    assert await database.perform(Speak(ANA, "", "Europe/Atlantis"), fresh_key()) == Refused("unknown_zone")


async def test_a_profile_is_hidden_and_groups_may_speak_of_it(talk: Talk, database: Database) -> None:
    await talk.open("settings")
    await talk.press("Who sees me")
    assert "Nobody can look you up" in sent(await talk.press("Hide my profile"))
    assert "Groups may be told" in sent(await talk.press("Groups may name me"))
    mine = await chosen(database)
    assert (mine.is_public, mine.may_announce) == (False, True)


async def test_an_email_is_added_from_the_settings_and_leads_back_there(talk: Talk, database: Database) -> None:
    await talk.open("settings")
    await talk.press("E-mail")
    await talk.press("Add an e-mail")
    assert "Settings" in sent(await talk.press("Skip"))
    await set_column(database, "email", "ana@example.com")
    await set_column(database, "email_verified_at", database.clock.now())
    shown = sent(await talk.open("my_email"))
    assert "ana@example.com" in shown
    assert "24 hours" in shown


async def test_an_address_that_is_typed_in_the_settings_gets_its_code(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    """It was answered with the menu: nothing had been asked, and nobody got it."""
    await talk.open("my_email")
    assert "No mail can be sent to that" in sent(await talk.say("ana at example.com"))
    assert "Type your address" in sent(talk.screen)
    assert "I sent a code of 6 digits to\nana@example.com" in sent(await talk.say("ana@example.com"))
    assert "Settings" in sent(await talk.press("Skip"))
    await set_column(database, "email", "ana@example.com")
    await set_column(database, "email_verified_at", database.clock.now())
    clock.advance(timedelta(minutes=2))
    await talk.open("my_email")
    assert "I sent a code of 6 digits to\nnew@example.com" in sent(await talk.say("new@example.com"))
