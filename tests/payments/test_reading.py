"""Fields of what providers write."""

from __future__ import annotations

import pytest

from lockbay.payments.reading import identity, parse


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
