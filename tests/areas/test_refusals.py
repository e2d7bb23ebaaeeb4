"""Why nothing was done is always said, whatever the database tells of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lockbay.actors.words import words
from lockbay.areas.cashout import refusals as cashout
from lockbay.areas.exchange import refusals as exchange
from lockbay.areas.refusals import Sentence, amounts, said, usd
from lockbay.areas.trades import refusals as trades
from lockbay.postgres.queries import Refused

EN = words("en", "UTC")
GENERAL = "That was not possible."
SENTENCES: Mapping[str, Sentence] = {
    "taken": "{name} was faster.",
    "short": amounts("{missing} are missing.", "missing"),
    "small": usd("{worth} is too little.", "worth"),
}


@pytest.mark.parametrize(
    ("refused", "says"),
    [
        (Refused("taken", {"name": "<b>"}), "&lt;b&gt; was faster."),
        (Refused("short", {"missing": "1.50"}), "1.5 USDT are missing."),
        (Refused("short", {"missing": "1.50", "currency": "BTC"}), "1.5 BTC are missing."),
        (Refused("small", {"worth": "2"}), "$2.00 is too little."),
    ],
)
def test_the_details_stand_in_the_sentence(refused: Refused, says: str) -> None:
    assert said(EN, refused, SENTENCES, GENERAL, currency="USDT") == says


@pytest.mark.parametrize(
    ("sentences", "reason", "one", "many"),
    [
        (trades.SENTENCES, "hourly_limit", "1 trade within an hour", "3 trades within an hour"),
        (trades.SENTENCES, "daily_limit", "1 trade within 24 hours", "3 trades within 24 hours"),
        (trades.SENTENCES, "unpaid_limit", "1 of your trades is not paid", "3 of your trades are not paid"),
    ],
)
def test_a_limit_of_one_is_one_thing(sentences: Mapping[str, Sentence], reason: str, one: str, many: str) -> None:
    until = "2026-11-22T14:05:00+00:00"
    assert one in said(EN, Refused(reason, {"limit": "1", "until": until}), sentences, GENERAL)
    assert many in said(EN, Refused(reason, {"limit": "3", "until": until}), sentences, GENERAL)
    assert said(EN, Refused(reason, {"limit": "many", "until": until}), sentences, GENERAL) == GENERAL


@pytest.mark.parametrize("reason", ["hourly_limit", "daily_limit"])
def test_a_limit_of_time_says_when_it_ends(reason: str) -> None:
    refused = Refused(reason, {"limit": "3", "until": "2026-11-22T14:05:00+00:00"})
    assert "possible from 22 Nov, 14:05 UTC on" in said(EN, refused, trades.SENTENCES, GENERAL)


@pytest.mark.parametrize("sentences", [cashout.SENTENCES, exchange.SENTENCES])
@pytest.mark.parametrize(
    "reason", ["daily_count", "daily_usd", "unverified_daily_usd", "new_email_daily_usd", "email_changed"]
)
def test_what_is_limited_by_the_day_says_when_it_is_possible(sentences: Mapping[str, Sentence], reason: str) -> None:
    refused = Refused(reason, {"limit": "3", "left": "1", "until": "2026-11-23T14:05:00+00:00"})
    told = said(EN, refused, sentences, GENERAL, currency="USDT")
    assert "23 Nov, 14:05 UTC" in told
    assert "tomorrow" not in told
    assert "o money moved" in told


@pytest.mark.parametrize("sentences", [cashout.SENTENCES, exchange.SENTENCES])
def test_what_is_more_than_a_day_allows_says_no_time(sentences: Mapping[str, Sentence]) -> None:
    told = said(EN, Refused("daily_usd", {"limit": "3", "left": "1"}), sentences, GENERAL, currency="USDT")
    assert "At most $3.00" in told
    assert "possible" not in told


@pytest.mark.parametrize(
    "refused",
    [Refused("eclipse"), Refused("taken"), Refused("short", {"missing": "much"}), Refused("small", {"value": "2"})],
)
def test_a_reason_or_details_that_nobody_knows_have_the_general_sentence(refused: Refused) -> None:
    assert said(EN, refused, SENTENCES, GENERAL, currency="USDT") == GENERAL
