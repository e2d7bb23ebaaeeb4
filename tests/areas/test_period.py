"""The usual days of a statement."""

from __future__ import annotations

from datetime import date

import pytest

from lockbay.actors.words import words
from lockbay.areas.period import choices

ENGLISH = words("en", "UTC")
MONTH, LAST, YEAR, ALL = "This month", "Last month", "This year", "Everything"


@pytest.mark.parametrize(
    ("today", "offered"),
    [
        (
            date(2026, 3, 31),
            {MONTH: "2026-03-01/2026-03-31", LAST: "2026-02-01/2026-02-28", YEAR: "2026-01-01/2026-03-31", ALL: "/"},
        ),
        (
            date(2028, 3, 1),
            {MONTH: "2028-03-01/2028-03-01", LAST: "2028-02-01/2028-02-29", YEAR: "2028-01-01/2028-03-01", ALL: "/"},
        ),
        (
            date(2027, 1, 31),
            {
                MONTH: "2027-01-01/2027-01-31", LAST: "2026-12-01/2026-12-31",
                "Last year": "2026-01-01/2026-12-31", ALL: "/",
            },
        ),
    ],
)  # fmt: skip
def test_each_is_of_other_days(today: date, offered: dict[str, str]) -> None:
    """In January this month is all of this year: who asks for a year means the last one."""
    assert {label: value for value, label in choices(ENGLISH, today).items()} == offered
