"""FastForex (https://api.fastforex.io, docs/apis.md §6): the naira's price at banks, and coins in USD."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Final

import httpx

from lockbay.errors import ProviderUnavailable
from lockbay.payments.prices import Price, ask_object, moment, naira, positive, some
from lockbay.payments.reading import inner, text

PAIRS: Final = {f"{code}/USD": code for code in ("BTC", "ETH", "LTC", "DOGE", "TRX", "USDT")}  # at most 10 a call


class FastForex:
    """The Source. Its client's address is the API's root; the key travels in a header."""

    name = "fastforex"
    period = 300.0  # two calls each time, and a plan counts calls by the month

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def prices(self, now: datetime) -> list[Price]:
        """Naira with FastForex' own time; coins, whose time it does not tell, with ours. One of the two is enough."""
        found: list[Price] = []
        with suppress(ProviderUnavailable):
            found += read_naira(await self._ask("fetch-one", {"from": "USD", "to": "NGN"}), now)
        with suppress(ProviderUnavailable):
            found += read_coins(await self._ask("crypto/fetch-prices", {"pairs": ",".join(PAIRS)}), now)
        return some(self.name, found)

    async def _ask(self, path: str, query: Mapping[str, str]) -> Mapping[str, object]:
        return await ask_object(self._client, self.name, path, query)


def read_naira(answer: Mapping[str, object], now: datetime) -> list[Price]:
    in_naira = positive(inner(answer, "result"), "NGN")
    if in_naira is None or answer.get("base") != "USD":
        return []
    return naira(in_naira, Decimal(1), moment(text(answer, "updated"), now))


def read_coins(answer: Mapping[str, object], now: datetime) -> list[Price]:
    told = inner(answer, "prices")
    prices = {code: positive(told, pair) for pair, code in PAIRS.items()}
    return [Price(code, "USD", price, now) for code, price in prices.items() if price is not None]
