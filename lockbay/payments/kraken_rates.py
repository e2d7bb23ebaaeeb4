"""Kraken's public ticker (https://api.kraken.com/0/public/Ticker, docs/apis.md §6): coins in USD. It has no naira."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

import httpx

from lockbay.payments.prices import LARGEST, Price, ask_object, quotient, some
from lockbay.payments.reading import inner, number

# Kraken answers under names of its own, not under those that were asked for.
PAIRS: Final[Mapping[str, tuple[str, str]]] = {
    "BTC": ("XBTUSD", "XXBTZUSD"),
    "ETH": ("ETHUSD", "XETHZUSD"),
    "LTC": ("LTCUSD", "XLTCZUSD"),
    "DOGE": ("XDGUSD", "XXDGZUSD"),
    "TRX": ("TRXUSD", "TRXUSD"),
    "USDT": ("USDTUSD", "USDTZUSD"),
}
STEP: Final = Decimal("0.000000000001")


class KrakenRates:
    """The Source. Its client's address is the API's root."""

    name = "kraken"
    period = 60.0

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def prices(self, now: datetime) -> list[Price]:
        """The middle between the best bid and the best ask: the last trade of a quiet pair may be hours old."""
        pairs = ",".join(asked for asked, _ in PAIRS.values())
        answer = await ask_object(self._client, self.name, "0/public/Ticker", {"pair": pairs})
        return some(self.name, read_ticker(answer, now))


def read_ticker(answer: Mapping[str, object], now: datetime) -> list[Price]:
    """Nothing from an answer with errors: with Kraken they come in a 200."""
    if _failed(answer.get("error")):
        return []
    pairs = inner(answer, "result")
    middles = {
        code: _middle(inner(pairs, answered) or inner(pairs, asked)) for code, (asked, answered) in PAIRS.items()
    }
    return [Price(code, "USD", price, now) for code, price in middles.items() if price is not None]


def _failed(errors: object) -> bool:
    """Warnings begin with W, and harm nothing."""
    return not isinstance(errors, list) or any(not str(error).startswith("W") for error in errors)


def _middle(pair: Mapping[str, object]) -> Decimal | None:
    bid, ask = _best(pair, "b"), _best(pair, "a")
    return quotient(bid + ask, Decimal(2), STEP) if bid and ask and bid <= ask else None


def _best(pair: Mapping[str, object], side: str) -> Decimal | None:
    levels = pair.get(side)
    best = number({"best": levels[0]}, "best") if isinstance(levels, list) and levels else None
    return best if best is not None and 0 < best < LARGEST else None
