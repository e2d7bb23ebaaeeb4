"""Settings on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio
from babel import Locale

from lockbay.actors.parse import Said
from lockbay.actors.person import Person
from lockbay.actors.plan import Plan
from lockbay.actors.words import languages, words
from lockbay.areas import preferences
from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.onboarding import gate
from lockbay.areas.preferences.answers import Night, night
from lockbay.areas.preferences.closing_screens import not_closed
from lockbay.areas.preferences.records import CloseAccount, Closed, Preferences, ReopenAccount, Rest, Speak
from lockbay.areas.preferences.zones import found, place
from lockbay.areas.terms import Terms
from lockbay.areas.topics import RULES
from lockbay.areas.trades.records import CancelTrade, JoinTrade, TradeState
from lockbay.areas.trades.refusals import sentence
from lockbay.errors import Invalid
from lockbay.plan import plan
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, fresh_key, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

ENGLISH = Locale("en")


@pytest.fixture
def everything() -> Plan:
    return plan("LockBayBot")


@pytest.fixture
async def talk(database: Database, clock: MovedClock, everything: Plan) -> Talk:
    await database.run(Terms())
    return Talk(everything, database, clock, await onboarded(database, ANA))


async def chosen(database: Database, user_id: int = ANA) -> Preferences:
    view = await database.read(Preferences, user_id)
    assert view is not None
    return view


async def close(database: Database, user_id: int = ANA) -> Closed | Refused:
    return await database.perform(CloseAccount(user_id), fresh_key())


async def set_column(database: Database, column: str, value: object, user_id: int = ANA) -> None:
    await database.pool.fetch("test", f"UPDATE users SET {column} = $2 WHERE id = $1", (user_id, value), reads=False)


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


async def test_an_account_is_closed_by_a_word_and_opened_by_a_button(talk: Talk, database: Database) -> None:
    await set_column(database, "email", "ana@example.com")
    await set_column(database, "email_verified_at", database.clock.now())
    await talk.open("settings")
    await talk.press("Close account")
    assert "Nothing was closed" in sent(await talk.say("yes"))
    assert "is closed" in sent(await talk.say("close"))
    assert (await chosen(database)).is_public is False
    rows = await database.pool.fetch(
        "test", "SELECT user_id, address FROM outbox WHERE kind = 'account_closed' ORDER BY id", (), reads=True
    )
    assert [tuple(row) for row in rows] == [(ANA, None), (None, "ana@example.com")]
    assert "Welcome back" in sent(await talk.press("Open it again"))
    assert await database.perform(ReopenAccount(ANA), fresh_key()) == Refused("not_closed")


async def test_who_has_money_keeps_their_account(talk: Talk, database: Database) -> None:
    await set_rates(database)
    await fund(database, ANA, "12.5")
    shown = sent(await talk.open("close_account"))
    assert "There is money in your wallet: 12.5 USDT" in shown
    assert "cash_out" in leads_to(talk.screen)
    assert await close(database) == Refused("money_left")


async def test_what_cannot_be_cashed_out_stays_behind(talk: Talk, database: Database) -> None:
    await fund(database, ANA, "0.25")
    assert "stays in your wallet: 0.25 USDT" in sent(await talk.open("close_account"))
    assert "is closed" in sent(await talk.say("CLOSE"))


async def test_who_trades_keeps_their_account(talk: Talk, database: Database) -> None:
    await set_rates(database)
    trade = await offered(database, ANA)
    assert "1 trade is open" in sent(await talk.open("close_account"))
    assert await close(database) == Refused("open_trades")
    assert isinstance(await database.perform(CancelTrade(ANA, trade.id), fresh_key()), TradeState)
    assert isinstance(await close(database), Closed)
    assert await close(database) == Refused("closed")


async def test_the_staff_and_the_blocked_keep_their_accounts(database: Database) -> None:
    await onboarded(database, ANA)
    await onboarded(database, BEN, "Ben")
    await set_column(database, "blocked_at", database.clock.now())
    await database.pool.fetch(
        "test", "INSERT INTO staff (user_id, role, by_settings) VALUES ($1, 'finance', false)", (BEN,), reads=False
    )
    assert await close(database) == Refused("blocked")
    assert await close(database, BEN) == Refused("staff")


REASONS = ("closed", "blocked", "staff", "open_trades", "open_cashouts", "open_tickets", "money_left", "new")


def test_each_refusal_to_close_has_a_sentence() -> None:
    say = words("en", "UTC")
    assert len({sent(not_closed(say, Refused(reason))) for reason in REASONS}) == len(REASONS)


async def test_who_has_closed_their_account_begins_nothing(database: Database) -> None:
    await set_rates(database)
    await onboarded(database, ANA)
    await onboarded(database, BEN, "Ben")
    invited = await offered(database, BEN)
    assert isinstance(await close(database), Closed)
    [row] = await database.pool.fetch(
        "test", "SELECT token FROM invitations WHERE trade_id = $1", (invited.id,), reads=True
    )
    joined = await database.perform(JoinTrade(ANA, row["token"]), fresh_key())
    assert joined == Refused("closed")
    assert "/start opens it again" in sentence(words("en", "UTC"), joined)
    wanted = RequestPayin(ANA, None, "USDT", "TRC20", None)
    assert await database.perform(wanted, fresh_key()) == Refused("closed")


async def test_who_has_closed_their_account_is_nobodys_seller(database: Database) -> None:
    """They are invited as somebody who is not here yet, and find the invitation when they are back."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana_sells")
    await onboarded(database, BEN, "Ben")
    assert isinstance(await close(database), Closed)
    trade = await offered(database, BEN, "username", "@ana_sells")
    [row] = await database.pool.fetch("test", "SELECT seller_id FROM trades WHERE id = $1", (trade.id,), reads=True)
    assert row["seller_id"] is None


async def test_of_two_at_once_one_closes(database: Database) -> None:
    await onboarded(database, ANA)
    outcomes: list[Closed | Refused] = []

    async def try_it() -> None:
        outcomes.append(await close(database))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(try_it)
        nursery.start_soon(try_it)
    assert sorted(isinstance(each, Closed) for each in outcomes) == [False, True]


@pytest.mark.parametrize(
    ("flow", "leads"),
    [("menu", "closed"), ("cash_out", "closed"), ("start", "closed"), ("reopen_account", None), ("support", None)],
)
def test_a_closed_account_leads_to_its_reopening_and_to_support(flow: str, leads: str | None) -> None:
    assert gate(Person(ANA, "Ana", onboarded=True, closed=True), flow) == leads
