"""The night of one person, also where clocks are put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockbay.notices.quiet import quiet_end

BERLIN = ZoneInfo("Europe/Berlin")  # in 2026 forward on 29 March at 2:00, back on 25 October at 3:00
LAGOS = ZoneInfo("Africa/Lagos")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "begins", "ends", "end"),
    [
        ("2026-11-22T21:30", LAGOS, 22, 7, "2026-11-23T06:00"),
        ("2026-11-22T05:59", LAGOS, 22, 7, "2026-11-22T06:00"),
        ("2026-11-22T06:00", LAGOS, 22, 7, None),
        ("2026-11-22T20:59", LAGOS, 22, 7, None),
        ("2026-11-22T13:00", LAGOS, 13, 15, "2026-11-22T14:00"),
        ("2026-11-22T14:00", LAGOS, 13, 15, None),
        ("2026-11-22T23:30", LAGOS, 0, 6, "2026-11-23T05:00"),
        ("2026-03-28T23:30", BERLIN, 22, 7, "2026-03-29T05:00"),
        ("2026-10-24T22:30", BERLIN, 22, 7, "2026-10-25T06:00"),
    ],
)
def test_a_night_ends_in_the_morning_of_the_persons_clock(
    now: str, zone: ZoneInfo, begins: int, ends: int, end: str | None
) -> None:
    assert quiet_end(at(now), zone, begins * 60, ends * 60) == (at(end) if end else None)


def test_a_morning_that_the_clocks_skip_comes_with_the_gap() -> None:
    assert quiet_end(at("2026-03-29T00:30"), BERLIN, 22 * 60, 150) == at("2026-03-29T01:30")


def test_a_morning_that_comes_twice_is_the_first_that_is_still_to_come() -> None:
    assert quiet_end(at("2026-10-25T00:10"), BERLIN, 22 * 60, 150) == at("2026-10-25T00:30")
    assert quiet_end(at("2026-10-25T01:10"), BERLIN, 22 * 60, 150) == at("2026-10-25T01:30")


def test_who_chose_no_night_has_none() -> None:
    assert quiet_end(at("2026-11-22T02:00"), LAGOS, None, None) is None


@given(
    st.integers(0, 365 * 24 * 60),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
def test_a_night_ends_within_a_day_and_at_its_end_it_is_day(minute: int, zone: str, begins: int, ends: int) -> None:
    if begins == ends:
        return
    now = at("2026-01-01") + timedelta(minutes=minute)
    end = quiet_end(now, ZoneInfo(zone), begins, ends)
    if end is not None:
        assert now < end <= now + timedelta(hours=25)
