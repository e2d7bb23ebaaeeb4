"""How a price is told: 1 BTC = 90,000 USDT; of something cheap how much of it is one: 1,530.00 NGN = 1 USDT. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from lockbay.actors.words import Words
from lockbay.money import CURRENCIES, EXACT

DIGITS: Final = 8  # that count: what is charged are the amounts


def told(words: Words, price: Decimal, base: str, quote: str, *, is_cheap: bool | None = None) -> str:
    """`price` is that of one `base`. `is_cheap`: the other way round; None: if one costs less than one."""
    if price < 1 if is_cheap is None else is_cheap:
        return f"{_shown(words, EXACT.divide(Decimal(1), price), base)} = 1 {quote}"
    return f"1 {base} = {_shown(words, price, quote)}"


def _shown(words: Words, price: Decimal, code: str) -> str:
    """Money of banks has two decimals, always; of coins the digits that count."""
    if CURRENCIES[code].scale == 2:
        return words.amount(price, code)
    places = max(0, DIGITS - price.adjusted() - 1)
    return f"{words.number(price.quantize(Decimal(1).scaleb(-places), context=EXACT))} {code}"
