"""How a price is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.actors.words import words
from lockbay.areas import prices


@pytest.mark.parametrize(
    ("price", "base", "quote", "said"),
    [
        ("1499.5", "USDT", "NGN", "1 USDT = 1,499.50 NGN"),
        ("1500", "USDT", "NGN", "1 USDT = 1,500.00 NGN"),
        ("612.456789", "DOGE", "NGN", "1 DOGE = 612.46 NGN"),
        ("0.00066666666666666667", "NGN", "USDT", "1,500.00 NGN = 1 USDT"),
        ("90000", "BTC", "USDT", "1 BTC = 90,000 USDT"),
        ("30.123456789", "ETH", "BTC", "1 ETH = 30.123457 BTC"),
        ("0.0333", "ETH", "BTC", "30.03003 ETH = 1 BTC"),
    ],
)
def test_money_of_banks_has_two_decimals_and_coins_the_digits_that_count(
    price: str, base: str, quote: str, said: str
) -> None:
    assert prices.told(words("en", "UTC"), Decimal(price), base, quote) == said


def test_in_french_it_is_written_as_there() -> None:
    assert prices.told(words("fr", "UTC"), Decimal("1499.5"), "USDT", "NGN") == "1 USDT = 1\u202f499,50 NGN"
