"""What crosses the boundary to the database, and what is refused there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from lockbay.postgres import rows

MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Mood(StrEnum):
    CALM = "calm"


@frozen
class Line:
    amount: Decimal
    note: str | None = None


@frozen
class Order:
    id: int
    lines: tuple[Line, ...]
    state: Literal["open", "done"]
    mood: Mood
    at: datetime
    first: Line | None
    open: bool = True


ORDER = Order(7, (Line(Decimal("1.50"), "tea"), Line(Decimal(2))), "open", Mood.CALM, MOMENT, None)


def test_records_come_back_from_their_json() -> None:
    assert rows.structurer(Order)(rows.parse_json(rows.write_json(ORDER))) == ORDER


def test_unknown_keys_in_json_are_no_error() -> None:
    assert rows.structurer(Line)({"amount": "1", "added_later": 1}) == Line(Decimal(1))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Decimal, 1.5),
        (Decimal, True),
        (Decimal, None),
        (Decimal, "NaN"),
        (Decimal, "Infinity"),
        (int, "1"),
        (int, 1.0),
        (int, True),
        (str, 1),
        (bool, 1),
        (datetime, "2026-11-22T12:00:00"),
        (datetime, 1_700_000_000),
        (Literal["open"], "closed"),
        (Mood, "angry"),
        (Line, {"note": "an amount is missing"}),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: object, value: object) -> None:
    with pytest.raises(rows.Misfit):
        rows.structurer(kind)(value)


def test_times_come_in_utc_whatever_their_zone() -> None:
    moment = rows.structurer(datetime)("2026-11-22T13:00:00+01:00")
    assert (moment, moment.tzinfo) == (MOMENT, UTC)


@pytest.mark.parametrize("value", [1.5, Line(0.1), [object()], datetime(2026, 1, 1), Decimal("NaN")])  # type: ignore[arg-type]
def test_what_is_not_exact_cannot_be_a_parameter(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        rows.write_json(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=40, min_value=-(10**30), max_value=10**30))
def test_no_digit_of_an_amount_is_lost(amount: Decimal) -> None:
    assert Decimal(rows.canonical_decimal(amount)) == amount


@pytest.mark.parametrize(
    "same",
    [
        evolve(ORDER, lines=(Line(Decimal("1.5"), "tea"), Line(Decimal("2.000")))),
        evolve(ORDER, lines=(Line(Decimal("15E-1"), "tea"), Line(Decimal(2)))),
        evolve(ORDER, at=MOMENT.astimezone(timezone(timedelta(hours=5)))),
    ],
)
def test_equal_requests_have_one_hash(same: Order) -> None:
    assert rows.request_hash("orders/place", same) == rows.request_hash("orders/place", ORDER)


@pytest.mark.parametrize(
    "other",
    [
        evolve(ORDER, id=8),
        evolve(ORDER, lines=ORDER.lines[::-1]),
        evolve(ORDER, lines=(Line(Decimal("1.51"), "tea"), Line(Decimal(2)))),
        evolve(ORDER, at=MOMENT + timedelta(microseconds=1)),
        evolve(ORDER, first=Line(Decimal(1))),
    ],
)
def test_other_requests_have_other_hashes(other: Order) -> None:
    assert rows.request_hash("orders/place", other) != rows.request_hash("orders/place", ORDER)


def test_the_same_fields_for_another_file_have_another_hash() -> None:
    assert rows.request_hash("orders/cancel", ORDER) != rows.request_hash("orders/place", ORDER)


def test_the_hash_stays_what_it_was() -> None:
    """Keys of requests outlive a release: a hash that changes would refuse their repetition."""
    line = Line(Decimal("1.50"), "tea")
    assert rows.request_hash("a/b", line) == "72f4b78fb6b846441fb4948742b2d1c2924ea52ed890f48efb50421e01d425db"
