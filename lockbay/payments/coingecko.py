"""CoinGecko's simple/price, or what answers like it (docs/apis.md §6): coins in USD, and naira by way of tether."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, cast

import httpx

from lockbay.payments.prices import Price, ask_object, naira, positive, seconds, some
from lockbay.payments.reading import number

COINS: Final[Mapping[str, str]] = {
    "bitcoin": "BTC",
    "ethereum": "ETH",
    "litecoin": "LTC",
    "dogecoin": "DOGE",
    "tron": "TRX",
    "tether": "USDT",
}
QUERY: Final = {
    "ids": ",".join(COINS),
    "vs_currencies": "usd,ngn",
    "include_last_updated_at": "true",
    "precision": "full",
}


class CoinGecko:
    """The Source. Its client's address is what /simple/price follows, such as https://api.coingecko.com/api/v3."""

    name = "coingecko"
    period = 60.0  # CoinGecko itself caches for 60 s

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def prices(self, now: datetime) -> list[Price]:
        """Each coin in USD, and USD and NGN in each other, with CoinGecko's own times."""
        answer = await ask_object(self._client, self.name, "simple/price", QUERY)
        return some(self.name, read_prices(answer, now))


def read_prices(answer: Mapping[str, object], now: datetime) -> list[Price]:
    found: list[Price] = []
    for name, code in COINS.items():
        quotes = answer.get(name)
        if isinstance(quotes, dict):
            found += _quotes(code, cast("Mapping[str, object]", quotes), now)
    return found


def _quotes(code: str, quotes: Mapping[str, object], now: datetime) -> list[Price]:
    dollars, at = positive(quotes, "usd"), seconds(number(quotes, "last_updated_at"), now)
    if dollars is None:
        return []
    in_naira = positive(quotes, "ngn") if code == "USDT" else None
    coin = Price(code, "USD", dollars, at)
    return [coin] if in_naira is None else [coin, *naira(in_naira, dollars, at)]
