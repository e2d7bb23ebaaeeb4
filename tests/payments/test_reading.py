"""Fields of what providers write."""

from __future__ import annotations

import pytest

from lockbay.payments.reading import FIELDS, identity, parse, parse_form


@pytest.mark.parametrize(
    ("said", "expected"),
    [("17", "17"), ("1e3", "1000"), ('"a-b"', "a-b"), ("1.5", None), ('"a b"', None), ("1e200", None), ("true", None)],
)
def test_an_id_is_a_word_or_a_whole_number(said: str, expected: str | None) -> None:
    fields = parse(f'{{"id": {said}}}'.encode())
    assert fields is not None
    assert identity(fields, "id") == expected


def test_a_number_that_nobody_could_write_down_is_no_id() -> None:
    """Twenty letters of an answer were to be a text of a terabyte."""
    fields = parse(b'{"id": 1e999999999999}')
    assert fields is not None
    assert identity(fields, "id") is None


@pytest.mark.parametrize("form", [b"nonce=&nonce=ours", b"nonce=ours&nonce=", b"nonce&nonce=ours", b"a=1&a=1"])
def test_a_name_that_is_there_twice_says_nothing_also_when_it_says_nothing_once(form: bytes) -> None:
    assert parse_form(form) is None


def test_a_form_has_a_hundred_fields_and_no_more() -> None:
    fields = [f"name{i}=1".encode() for i in range(FIELDS + 1)]
    read = parse_form(b"&".join(fields[:FIELDS]))
    assert read is not None
    assert (FIELDS, len(read)) == (100, 100)
    assert parse_form(b"&".join(fields)) is None


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "-Infinity"])
def test_what_holds_a_number_that_is_none_is_no_json(odd: str) -> None:
    assert parse(f'{{"event": "x", "aside": {odd}}}'.encode()) is None
