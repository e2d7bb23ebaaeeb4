"""Binance's public ticker (https://data-api.binance.vision/api/v3/ticker/price, docs/apis.md §6): coins in USDT.

Nothing there is in dollars, and its naira pairs are gone. What it tells is kept as told, in USDT; sql/rates/usd.sql
turns it into dollars by what the *other* sources agree a USDT costs. A USDT is never taken for a dollar because of its
name: on the day when that matters, it is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import httpx

from lockbay.payments.prices import Price, ask, positive, some
from lockbay.payments.reading import parse_list, text

SYMBOLS: Final = {f"{code}USDT": code for code in ("BTC", "ETH", "LTC", "DOGE", "TRX")}
QUERY: Final = {"symbols": "[{}]".format(",".join(f'"{symbol}"' for symbol in SYMBOLS))}  # no blanks: it takes none


class Binance:
    """The Source. Its client's address is the API's root."""

    name = "binance"
    period = 60.0

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def prices(self, now: datetime) -> list[Price]:
        """Each coin in USDT. Binance tells no time, so it is ours."""
        answer = await ask(self._client, self.name, "api/v3/ticker/price", QUERY)
        return some(self.name, read_ticker(parse_list(answer), now))


def read_ticker(answer: Sequence[Mapping[str, object]], now: datetime) -> list[Price]:
    prices = {SYMBOLS.get(text(each, "symbol") or ""): positive(each, "price") for each in answer}
    return [Price(code, "USDT", price, now) for code, price in prices.items() if code and price is not None]
