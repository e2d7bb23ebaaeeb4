"""What people typed never becomes HTML, by whatever way it gets into a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from gettext import NullTranslations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from lockbay.actors.words import words, words_at
from lockbay.areas.period import day
from lockbay.errors import Invalid
from lockbay.money import currency

ENGLISH = words("en", "UTC")
HOSTILE = st.text("<>&\"'{}/ab !0.", min_size=1, max_size=30)


@given(HOSTILE)
def test_free_text_cannot_become_html(text: str) -> None:
    assert ENGLISH("Trade with <b>{name}</b>", name=text) == f"Trade with <b>{escape(text)}</b>"
    assert ENGLISH.problem(Invalid(text)) == escape(text)
    assert ENGLISH.problem(Invalid("No {what}", what=text)) == f"No {escape(text)}"


def test_a_refusal_in_the_persons_words_keeps_its_tags() -> None:
    assert ENGLISH.problem(Invalid(ENGLISH("Type <code>0.5</code>."))) == Markup("Type <code>0.5</code>.")


def test_a_currency_that_nobody_has_is_named_without_its_tags() -> None:
    with pytest.raises(Invalid) as problem:
        currency("<a href='https://evil.example'>")
    said = ENGLISH.problem(problem.value)
    assert "<" not in said
    assert "&lt;a href=" in said


class Backwards(NullTranslations):
    """A language that says everything the other way round."""

    def gettext(self, message: str) -> str:
        return message[::-1]


def test_what_is_said_of_an_answer_is_translated_before_it_is_escaped() -> None:
    backwards = evolve(ENGLISH, catalogue=Backwards())
    assert backwards.problem(Invalid("It's <wrong>")) == "&gt;gnorw&lt; s&#39;tI"
    assert backwards.problem(Invalid(backwards("It's wrong"))) == "gnorw s'tI"


@pytest.mark.parametrize(
    ("zone", "now", "said"),
    [
        ("UTC", datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "31 Dec, 23:30 UTC"),
        ("UTC", datetime(2027, 1, 1, tzinfo=UTC), "31 Dec 2026, 23:30 UTC"),
        ("Africa/Lagos", datetime(2027, 1, 1, tzinfo=UTC), "1 Jan, 00:30"),
        ("America/New_York", datetime(2027, 1, 1, tzinfo=UTC), "31 Dec, 18:30"),
        ("Africa/Lagos", datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "1 Jan 2027, 00:30"),
    ],
)
def test_a_time_of_another_year_says_which(zone: str, now: datetime, said: str) -> None:
    assert words_at("en", zone, now).time(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == said


def test_numbers_dates_and_money_are_written_as_people_do() -> None:
    french = words("fr", "Africa/Lagos")
    moment = datetime(2026, 8, 22, 13, 5, tzinfo=UTC)
    assert french.amount(Decimal("1250.5"), "NGN") == "1\u202f250,50 NGN"
    assert french.usd(Decimal("1250.5")) == "1\u202f250,50\xa0$"
    assert ENGLISH.usd(Decimal("1250.5")) == "$1,250.50"
    assert words("pt-br", "UTC").usd(Decimal("1250.5")) == "$1.250,50"
    assert french.time(moment) == "22 août, 14:05"
    assert french.month(moment) == "août 2026"
    assert french.until(moment, moment - timedelta(hours=3)) == "dans 3 heures"
    assert french.count("{n} hour", "{n} hours", 0) == "0 heure"
    assert [french.some("{n} hour", "{n} hours", n) for n in (0, 2)] == [None, "2 heures"]
    assert (ENGLISH.percent(25), ENGLISH.percent(Decimal("4.50"))) == ("25%", "4.5%")
    assert (french.percent(100), french.percent(Decimal("0.125"))) == ("100\xa0%", "0,125\xa0%")
    assert words("tr", "UTC").percent(5) == "%5"
    assert french.writing == "1 250,5"
    assert ENGLISH.writing == "1,250.5"
    assert words("pt-br", "UTC").writing == "1.250,5"


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_what_is_below_zero_has_one_sign_everywhere(language: str) -> None:
    said = words(language, "UTC")
    below = Decimal(-5)
    for shown in (said.amount(below, "USDT"), said.number(below), said.usd(below), said.signed(below, "USDT")):
        assert "−5" in shown
        assert "-" not in shown
    assert (said.signed(Decimal(5), "USDT"), said.signed(Decimal(0), "USDT")) == ("+5 USDT", "0 USDT")


def test_who_has_not_said_where_they_are_is_told_whose_time_it_is() -> None:
    """“Pay until 14:05” was an hour off for everybody in Lagos who had never opened the settings."""
    moment = datetime(2026, 8, 22, 13, 5, tzinfo=UTC)
    assert ENGLISH.time(moment) == ENGLISH.zoned_time(moment) == "22 Aug, 13:05 UTC"
    assert words("fr", "no/where").time(moment) == "22 août, 13:05 UTC"
    assert words("en", "Africa/Lagos").time(moment) == "22 Aug, 14:05"
    assert words("en", "Africa/Lagos").zoned_time(moment) == "22 Aug, 14:05 WAT"


@pytest.mark.parametrize("seconds", [0, 0.000001, 59.999999, 60])
def test_from_when_on_is_never_told_too_early(seconds: float) -> None:
    moment = datetime(2026, 8, 22, 13, 5, tzinfo=UTC) + timedelta(seconds=seconds)
    assert ENGLISH.time_from(moment) == ("22 Aug, 13:06 UTC" if seconds else "22 Aug, 13:05 UTC")


@pytest.mark.parametrize("language", ["de", "pt-br", "ar", "zh-hans"])
def test_a_date_is_in_the_language_of_the_sentence_that_it_stands_in(language: str) -> None:
    """Whoever speaks what LockBay does not reads English: an Arabic month in it turns the hours around."""
    theirs, moment = words(language, "UTC"), datetime(2026, 8, 22, 13, 5, tzinfo=UTC)
    assert theirs("until {when}", when=theirs.time(moment)) == "until 22 Aug, 13:05 UTC"
    assert theirs.until(moment, moment - timedelta(hours=3)) == "in 3 hours"
    assert theirs.month(moment) == "August 2026"
    assert day(theirs, moment.date()) == "22 Aug 2026"
    assert theirs.spoken == ENGLISH.spoken
    assert words("fr-ca", "UTC").month(moment) == "août 2026"
