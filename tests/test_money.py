"""Amounts: exact, rounded once, and never mixed."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given

from lockbay.errors import Invalid
from lockbay.money import (
    BTC,
    ETH,
    EXACT,
    NGN,
    USDT,
    Currency,
    Money,
    currency,
    from_plain,
    halves,
    parse_amount,
    percent,
    portion,
    rounded,
)
from tests.amounts import amounts


@given(amounts())
def test_halves_lose_nothing_and_the_odd_unit_is_the_buyers(given: tuple[Decimal, Currency]) -> None:
    amount, unit = given
    buyers, sellers = halves(amount, unit)
    with localcontext(EXACT):
        assert buyers + sellers == amount
        assert Decimal(0) <= buyers - sellers <= unit.unit
    assert rounded(buyers, unit) == buyers


def test_half_rounds_up() -> None:
    assert percent(Decimal("0.10"), Decimal(5), NGN) == Decimal("0.01")
    assert percent(Decimal("0.09"), Decimal(5), NGN) == Decimal("0.00")
    assert rounded(Decimal("2.000000005"), BTC) == Decimal("2.00000001")


def test_the_largest_amounts_are_exact() -> None:
    most = Decimal("999999999999999.999999999999999999")
    assert percent(most, Decimal(100), ETH) == portion(most, 100, ETH) == most
    with pytest.raises(Invalid, match="more than anybody"):
        parse_amount("1000000000000000", USDT)


def test_portions_of_what_there_is_are_there() -> None:
    assert portion(Decimal("0.01"), 50, NGN) == 0
    assert [portion(Decimal("0.000003"), rate, USDT) for rate in (25, 50, 75)] == [
        Decimal(0), Decimal("0.000001"), Decimal("0.000002"),
    ]  # fmt: skip


def test_a_button_holds_an_amount_and_nothing_else() -> None:
    assert from_plain("100.5") == Decimal("100.5")
    assert [from_plain(text) for text in ("", "5x", "5 ", "-5", "1e5", "NaN", "5.")] == [None] * 7


def test_currencies_do_not_mix_and_floats_are_no_money() -> None:
    with pytest.raises(TypeError, match="do not mix"):
        Money.of(1, "BTC") + Money.of(1, "ETH")
    with pytest.raises(Invalid):
        Money(1.5, USDT)  # type: ignore[arg-type]
    for none in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(Invalid, match="not an amount"):
            Money.of(none, "USDT")
    with pytest.raises(Invalid, match="not a currency"):
        currency("XYZ")


def test_money_reads_like_money() -> None:
    assert str(Money.of("1250.50", "USDT")) == "1250.5 USDT"
    assert Money.of(2, "BTC") - Money.of(1, "BTC") == Money.of(1, "BTC")
    assert str(Money.of(100, "USDT")) == "100 USDT"
    one = Money.of(1, "BTC")
    assert one < Money.of(2, "BTC")
    assert (one < one, one <= one) == (False, True)
    assert not Money.of(0, "BTC")
