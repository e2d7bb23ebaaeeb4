"""Amounts of any currency, made up."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from lockbay.money import CURRENCIES, Currency

currencies = st.sampled_from(sorted(CURRENCIES.values(), key=lambda unit: unit.code))


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Decimal, Currency]:
    unit = draw(currencies)
    units = draw(st.integers(min_value=1, max_value=10**15 * 10**unit.scale - 1))
    return Decimal(f"{units}E-{unit.scale}"), unit  # exact, where scaleb() would round to 28 digits
