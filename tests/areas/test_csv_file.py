"""CSV: what a spreadsheet reads is what was there, and nothing in it runs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockbay.actors.words import Words, words
from lockbay.areas.csv_file import csv_file, guarded

ENGLISH, FRENCH = words("en", "UTC"), words("fr", "UTC")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_numbers_and_times_are_plain_and_in_the_zone() -> None:
    content = csv_file(("a", "b"), [(Decimal("-1250.50"), NOON), (None, 7)], words("en", "Africa/Lagos"))
    assert content == b"\xef\xbb\xbfa,b\r\n-1250.5,2026-11-22 13:00:00+01:00\r\n,7\r\n"


def test_where_the_decimal_sign_is_a_comma_it_stands_between_semicolons() -> None:
    """As a French spreadsheet writes and reads it: all of it would be in one column, and no number a number."""
    content = csv_file(("a", "b"), [(Decimal("-1250.50"), "x"), (None, 7)], FRENCH)
    assert content == b"\xef\xbb\xbfa;b\r\n-1250,5;x\r\n;7\r\n"
    assert csv_file(("a",), [("1, =2; =3",)], FRENCH).endswith(b"\"1,' =2;' =3\"\r\n")


def test_the_smallest_amount_has_no_exponent() -> None:
    assert read(csv_file(("a",), [(Decimal("1E-18"),)], ENGLISH))[1] == ["0.000000000000000001"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t", "  \n1", "  =1+1", "\u00a0=1", "\u200e=1", "\u3000\u2068-1", "＝1", '"=1'],
)  # fmt: skip
def test_a_formula_is_only_a_text(text: str) -> None:
    [row] = read(csv_file(("a",), [(text,)], ENGLISH))[1:]
    assert row == [f"'{text}"]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Laptop;=HYPERLINK(A1)", "Laptop;'=HYPERLINK(A1)"),
        ('Laptop; "=1', "Laptop;' \"=1"),
        ("a|+1", "a|'+1"),
        ("a\t\u00a0@b", "a\t'\u00a0@b"),
        ("a\n＝1", "a\n'＝1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("a;\n=1", "a;'\n'=1"),
        ("a; b = c", "a; b = c"),
    ],
)
def test_a_formula_behind_another_countrys_separator_is_only_a_text(text: str, safe: str) -> None:
    [row] = read(csv_file(("a",), [(text,)], ENGLISH))[1:]
    assert row == [safe]


@pytest.mark.parametrize("text", ["Ann", "a=b", "T-7K3Q9", "₦ 5", "'=1", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


@given(st.lists(st.tuples(texts, texts), max_size=8))
def test_every_text_is_read_as_it_was_written(rows: list[tuple[str, str]]) -> None:
    content = csv_file(("one", "other"), rows, ENGLISH)
    assert read(content)[1:] == [[guarded(each) for each in row] for row in rows]
    assert all(not each.startswith(("=", "+", "-", "@")) for row in read(content) for each in row)


@given(st.lists(st.text(st.sampled_from("ab=+-@＝;|,\t\r\n\"' \u00a0"), max_size=12), max_size=5))
@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
@pytest.mark.parametrize("whose", [ENGLISH, FRENCH])
def test_nothing_runs_whatever_is_taken_for_the_separator(whose: Words, separator: str, row: list[str]) -> None:
    content = csv_file(("one", "other"), [("text", *row)], whose).decode("utf-8-sig")
    cells = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    assert all(not each.lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in cells for each in cell)


def test_half_a_letter_does_not_spoil_a_file() -> None:
    assert read(csv_file(("a",), [("\ud83d",)], ENGLISH))[1] == ["?"]
