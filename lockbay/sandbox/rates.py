"""Local exchange rates, in the shapes of CoinGecko and FastForex. Prices are exact and stay until somebody sets them.

Shapes: https://api.coingecko.com/api/v3/simple/price and https://api.fastforex.io/fetch-multi (APIS.md section 6).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.control import fields_of, safely
from lockbay.sandbox.journal import Journal
from lockbay.sandbox.wire import Json, answer

# USD for one coin; for NGN: how many for one USD.
PRICES: Final = {
    "BTC": "60000", "ETH": "3000", "LTC": "80", "DOGE": "0.15", "TRX": "0.12", "USDT": "1", "NGN": "1530",
}  # fmt: skip
COINS: Final = {
    "bitcoin": "BTC", "ethereum": "ETH", "litecoin": "LTC", "dogecoin": "DOGE", "tron": "TRX", "tether": "USDT",
}  # fmt: skip


class Rates:
    """What things cost in the sandbox. Survives restarts."""

    def __init__(self, journal: Journal, clock: Callable[[], float]) -> None:
        self._table = journal.table("rate", str)
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/rates/api/v3/simple/price", self._coingecko),
            Route("/rates/fetch-multi", self._fetch_multi),
            Route("/rates/fetch-one", self._fetch_one),
            Route("/api/rates", safely(self._list)),
            Route("/api/rates", safely(self._set), methods=["POST"]),
        ]

    def price(self, code: str) -> Decimal:
        """In USD for a coin; in NGN for one USD for NGN. Raises KeyError."""
        return Decimal(self._table.get(code) or PRICES[code])

    async def _coingecko(self, request: Request) -> Response:
        ids = request.query_params.get("ids", "").split(",")
        currencies = request.query_params.get("vs_currencies", "").lower().split(",")
        if not request.query_params.get("vs_currencies"):
            return answer({"error": "Missing parameter vs_currencies"}, 422)
        updated: dict[str, Json] = {}
        if request.query_params.get("include_last_updated_at") == "true":
            updated["last_updated_at"] = int(self._clock())
        return answer({name: {**self._in(COINS[name], currencies), **updated} for name in ids if name in COINS})

    def _in(self, coin: str, currencies: list[str]) -> dict[str, Json]:
        dollars = self.price(coin)
        worth = {"usd": dollars, "ngn": dollars * self.price("NGN")}
        return {code: _number(worth[code]) for code in currencies if code in worth}

    async def _fetch_multi(self, request: Request) -> Response:
        found = self._fiat(request)
        return found if isinstance(found, Response) else answer({**self._base(request), "results": found})

    async def _fetch_one(self, request: Request) -> Response:
        found = self._fiat(request)
        return found if isinstance(found, Response) else answer({**self._base(request), "result": found})

    def _base(self, request: Request) -> dict[str, Json]:
        updated = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"base": request.query_params.get("from", "USD").upper(), "updated": updated, "ms": 4}

    def _fiat(self, request: Request) -> Response | Mapping[str, Json]:
        query = request.query_params
        if not (request.headers.get("x-api-key") or query.get("api_key") or request.headers.get("authorization")):
            return answer({"error": "API key missing"}, 401)
        wanted = query.get("to", "").upper().split(",")
        if query.get("from", "USD").upper() != "USD" or not {"NGN", "USD"} & set(wanted):
            return answer({"error": "Unsupported currency"}, 400)
        known = {"NGN": self.price("NGN"), "USD": Decimal(1)}
        return {code: _number(known[code]) for code in wanted if code in known}

    async def _list(self, _: Request) -> Response:
        return answer({code: str(self.price(code)) for code in PRICES})

    async def _set(self, request: Request) -> Response:
        for code, price in (await fields_of(request)).items():
            self._table.put(code, str(_price(code, price)))
        return await self._list(request)


def _price(code: str, price: Json) -> Decimal:
    try:
        parsed = Decimal(price) if isinstance(price, str) else Decimal(0)
    except InvalidOperation:
        parsed = Decimal(0)
    if code not in PRICES or not parsed.is_finite() or parsed <= 0:
        raise Impossible(f"{code}: {price} is not a price. Write prices as texts.")
    return parsed


def _number(value: Decimal) -> orjson.Fragment:
    """The very digits, as a JSON number."""
    return orjson.Fragment(f"{value:f}")
