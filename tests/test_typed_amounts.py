"""Amounts that people type, as they write them where they live: understood, or refused and never guessed."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockbay.actors.words import words
from lockbay.errors import Invalid
from lockbay.money import (
    ETH,
    NGN,
    USDT,
    Currency,
    Money,
    Writing,
    parse_amount,
)
from tests.amounts import amounts


@given(amounts())
def test_a_typed_amount_is_read_as_it_is_written(given: tuple[Decimal, Currency]) -> None:
    amount, unit = given
    assert parse_amount(f"{amount:f}", unit) == Money(amount, unit)
    assert parse_amount(f" {amount:,f} {unit.code.lower()}", unit) == Money(amount, unit)


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_a_clear_refusal(typed: str) -> None:
    refusal = None
    try:
        assert parse_amount(typed, USDT).amount > 0
    except Invalid as invalid:
        refusal = str(invalid)
    assert refusal is None or refusal.endswith(".")


@pytest.mark.parametrize(
    "typed",
    [
        "0",
        "0.00",
        "-1",
        "+1",
        "1e30",
        "1e-3",
        "NaN",
        "Infinity",
        "1,5",
        "1.234.567",
        "1,23,456",
        "0,125",
        "0,125,000",
        "٣",
        "１",
        "1 5",
        "1 50",
        "1 0000",
        "0 125",
        "12 5000",
        "1000 000",
        "1  000",
        "1\n000",
        "1,000 000",
        "1 000,000",
        "1 000,50",
        "1 000 50",
        "",
        ".",
    ],
)
def test_what_could_mean_two_things_or_nothing_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_amount(typed, NGN)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1 000", "1000"),
        ("50 000", "50000"),
        ("₦ 50 000", "50000"),
        ("1 000.50", "1000.5"),
        ("1\u00a0250\u00a0000.5 naira", "1250000.5"),
        ("1\u202f250", "1250"),
        ("12\u2009500", "12500"),
    ],
)
@pytest.mark.parametrize("writing", get_args(Writing))
def test_spaces_between_thousands_mean_nothing_else_whoever_writes_them(
    typed: str, amount: str, writing: Writing
) -> None:
    """They were refused to people whose Telegram speaks English, as what might mean something else: it does not, as
    nobody is ever asked for two numbers, and decimals are not set apart by a space.
    """
    assert parse_amount(typed, NGN, writing=writing) == Money.of(amount, "NGN")


def test_more_decimals_than_the_currency_has_are_refused() -> None:
    with pytest.raises(Invalid, match="at most 6 decimals"):
        parse_amount("1.0000001", USDT)
    assert parse_amount("0.000000000000000001", ETH).amount == Decimal("1e-18")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12,50", "12.5"),
        ("1 250,50", "1250.5"),
        ("1\u202f250,50 usdt", "1250.5"),
        ("1\u00a0250", "1250"),
        ("0,125", "0.125"),
        ("1,2345", "1.2345"),
        (",5", "0.5"),
        ("1250.50", "1250.5"),
        ("1,250.50", "1250.5"),
        ("1,250,000", "1250000"),
    ],
)
def test_who_writes_decimals_behind_a_comma_may_type_them_so(typed: str, amount: str) -> None:
    assert parse_amount(typed, USDT, writing="1 250,5") == Money.of(amount, "USDT")


@pytest.mark.parametrize("typed", ["1,250", "12,500 USDT", "1,2,3", "1 25,0", "1.250.000", "1.250,50", "0 125"])
def test_what_a_comma_makes_two_amounts_of_is_not_guessed(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_amount(typed, USDT, writing="1 250,5")


@given(amounts())
def test_an_amount_may_be_typed_as_a_french_screen_shows_it(given: tuple[Decimal, Currency]) -> None:
    amount, unit = given
    shown = words("fr", "UTC").amount(amount, unit)
    with contextlib.suppress(Invalid):  # three decimals behind one to three digits are refused, never misread
        assert parse_amount(shown, unit, writing="1 250,5") == Money(amount, unit)


@pytest.mark.parametrize("language", ["pt-br", "de", "id"])
@given(given=amounts())
def test_nor_is_one_that_a_screen_shows_with_points_between_its_digits(
    language: str, given: tuple[Decimal, Currency]
) -> None:
    """Whoever speaks what LockBay does not reads English with the numbers of their own."""
    amount, unit = given
    theirs = words(language, "UTC")
    with contextlib.suppress(Invalid):
        assert parse_amount(theirs.amount(amount, unit), unit, writing=theirs.writing) == Money(amount, unit)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.250,50", "1250.5"),
        ("1.250.000", "1250000"),
        ("1250,50", "1250.5"),
        ("12.50", "12.5"),
        ("0.125", "0.125"),
        ("1.2500", "1.25"),
        ("1,250.50", "1250.5"),
    ],
)
def test_who_groups_digits_with_points_may_type_them_so(typed: str, amount: str) -> None:
    assert parse_amount(typed, USDT, writing="1.250,5") == Money.of(amount, "USDT")


@pytest.mark.parametrize(
    ("typed", "writing"), [("1.250", "1.250,5"), ("1,250", "1.250,5"), ("1,250", "1 250,5"), ("1,250 usdt", "1 250,5")]
)
def test_of_two_amounts_that_one_text_may_be_both_are_named_as_they_can_be_typed(typed: str, writing: Writing) -> None:
    with pytest.raises(Invalid, match=r"1250 or 1\.25:") as refused:
        parse_amount(typed, USDT, writing=writing)
    assert [parse_amount(str(value), USDT, writing=writing).amount for value in refused.value.values.values()] == [
        Decimal(1250),
        Decimal("1.25"),
    ]


def test_three_decimals_are_named_so_that_they_are_no_thousands() -> None:
    with pytest.raises(Invalid, match=r"1125 or 1\.1250:"):
        parse_amount("1.125", USDT, writing="1.250,5")


@pytest.mark.parametrize(
    ("typed", "writing", "says"),
    [("1,5", "1,250.5", "a point before its decimals"), ("1.2.3", "1 250,5", "a comma before its decimals"),
     ("1,2,3", "1.250,5", "a comma before its decimals")],
)  # fmt: skip
def test_who_set_decimals_apart_as_others_do_is_told_what_does(typed: str, writing: Writing, says: str) -> None:
    """“Nothing between its thousands” is no answer to 1,5."""
    with pytest.raises(Invalid, match=says):
        parse_amount(typed, USDT, writing=writing)


@pytest.mark.parametrize(
    "typed",
    [
        "₦5,000",
        "₦ 5000",
        "N5000",
        "5000N",
        "n5,000.00",
        "5,000 n",
        "#5000",
        "5000 naira",
        "5,000 Naira",
        "NGN 5000",
        "5000ngn",
        "5000 Ngn",
    ],
)
def test_naira_are_understood_as_they_are_written_in_nigeria(typed: str) -> None:
    assert parse_amount(typed, NGN) == Money(Decimal(5000), NGN)


@pytest.mark.parametrize("typed", ["₦100", "N100", "100 naira", "NGN 100", "$100"])
def test_the_sign_of_another_currency_is_not_passed_over(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_amount(typed, USDT)


@pytest.mark.parametrize("typed", ["5k", "₦5k", "1.5 K", "2m", "3 million", "5 thousand", "10mil"])
def test_an_abbreviated_amount_is_to_be_written_out(typed: str) -> None:
    with pytest.raises(Invalid, match="all its digits"):
        parse_amount(typed, NGN)


@pytest.mark.parametrize(
    ("writing", "typed", "example"),
    [
        ("1,250.5", "1.250,50", "1250.50"), ("1,250.5", "many", "1250.50"), ("1 250,5", "1.250,50", "1250,50"),
        ("1 250,5", "many", "1250,50"), ("1.250,5", "1,250.50.1", "1250,50"),
    ],
)  # fmt: skip
def test_the_example_of_an_amount_is_written_as_the_persons_screens_are(
    writing: Writing, typed: str, example: str
) -> None:
    with pytest.raises(Invalid) as refused:
        parse_amount(typed, USDT, writing=writing)
    told = words("en", "UTC").problem(refused.value)
    assert f"for example {example}." in told or f"or {example}." in told
    assert parse_amount(example, USDT, writing=writing) == Money.of("1250.5", "USDT")
