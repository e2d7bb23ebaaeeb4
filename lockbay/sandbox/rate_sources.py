"""The four sources of prices, each in its own shape, all from the one table (docs/apis.md §6).

CoinGecko: https://api.coingecko.com/api/v3/simple/price. FastForex: https://api.fastforex.io/fetch-one, /fetch-multi
and /crypto/fetch-prices. Kraken: https://api.kraken.com/0/public/Ticker. Binance: https://data-api.binance.vision.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import orjson
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.control import Handler
from lockbay.sandbox.rates import Rates
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.wire import Json, NotJson, answer, parse

COINGECKO: Final = {
    "bitcoin": "BTC", "ethereum": "ETH", "litecoin": "LTC", "dogecoin": "DOGE", "tron": "TRX", "tether": "USDT",
}  # fmt: skip
# By what may be asked for; the answer is named otherwise.
KRAKEN: Final = {
    "XBTUSD": ("XXBTZUSD", "BTC"),
    "ETHUSD": ("XETHZUSD", "ETH"),
    "LTCUSD": ("XLTCZUSD", "LTC"),
    "XDGUSD": ("XDGUSD", "DOGE"),
    "TRXUSD": ("TRXUSD", "TRX"),
    "USDTUSD": ("USDTZUSD", "USDT"),
}
BINANCE: Final = {f"{code}USDT": code for code in ("BTC", "ETH", "LTC", "DOGE", "TRX")}
SPREAD: Final = Decimal("0.0005")  # between the middle and each side
MOST_PAIRS: Final = 10


@frozen
class RateSources:
    """What the service is told that things cost, by whom."""

    rates: Rates
    fastforex_key: str = field(repr=False)

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        def route(source: str, path: str, handler: Handler) -> Route:
            return Route(path, troubles.around(source, self._unless_off(source, handler)))

        return [
            route("coingecko", "/rates/api/v3/simple/price", self._coingecko),
            route("fastforex", "/fastforex/fetch-one", self._fetch_one),
            route("fastforex", "/fastforex/fetch-multi", self._fetch_multi),
            route("fastforex", "/fastforex/crypto/fetch-prices", self._fetch_prices),
            route("kraken_rates", "/kraken/0/public/Ticker", self._kraken),
            route("binance", "/binance/api/v3/ticker/price", self._binance),
        ]

    def _unless_off(self, name: str, handler: Handler) -> Handler:
        source = name.removesuffix("_rates")

        async def handle(request: Request) -> Response:
            if self.rates.source(source).off:
                return Response("<html><h1>503 Service Unavailable</h1></html>", 503, media_type="text/html")
            return await handler(request)

        return handle

    async def _coingecko(self, request: Request) -> Response:
        ids = request.query_params.get("ids", "").split(",")
        currencies = request.query_params.get("vs_currencies", "").lower().split(",")
        if not request.query_params.get("vs_currencies"):
            return answer({"error": "Missing parameter vs_currencies"}, 422)
        updated: dict[str, Json] = {}
        if request.query_params.get("include_last_updated_at") == "true":
            updated["last_updated_at"] = self.rates.time("coingecko")
        found = {name: self._in(COINGECKO[name], currencies) for name in ids if name in COINGECKO}
        return answer({name: {**quotes, **updated} for name, quotes in found.items()})

    def _in(self, coin: str, currencies: Sequence[str]) -> dict[str, Json]:
        dollars = self.rates.told("coingecko", coin)
        worth = {"usd": dollars, "ngn": dollars * self.rates.told("coingecko", "NGN")}
        return {code: _number(worth[code]) for code in currencies if code in worth}

    # FastForex

    async def _fetch_one(self, request: Request) -> Response:
        if len(request.query_params.get("to", "").split(",")) > 1:
            return answer({"error": "Use fetch-multi for several currencies"}, 400)
        return self._fiat(request, "result")

    async def _fetch_multi(self, request: Request) -> Response:
        return self._fiat(request, "results")

    def _fiat(self, request: Request, name: str) -> Response:
        if response := self._without_key(request):
            return response
        query, naira = request.query_params, self.rates.told("fastforex", "NGN")
        base, wanted = query.get("from", "USD").upper(), query.get("to", "").upper().split(",")
        known = {"NGN": _number(naira), "USD": _number(Decimal(1))}
        if base != "USD" or not known.keys() & set(wanted):
            return answer({"error": "Unsupported currency"}, 400)
        found: Json = {code: known[code] for code in wanted if code in known}
        return answer({"base": base, name: found, "updated": self._updated(), "ms": 4})

    async def _fetch_prices(self, request: Request) -> Response:
        if response := self._without_key(request):
            return response
        pairs = request.query_params.get("pairs", "").upper().split(",")
        coins = {f"{code}/USD": code for code in COINGECKO.values()}
        if len(pairs) > MOST_PAIRS or not set(pairs) <= coins.keys():
            return answer({"error": f"Give up to {MOST_PAIRS} supported pairs, such as BTC/USD"}, 400)
        return answer({"prices": {pair: _number(self.rates.told("fastforex", coins[pair])) for pair in pairs}, "ms": 4})

    def _updated(self) -> str:
        return datetime.fromtimestamp(self.rates.time("fastforex"), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _without_key(self, request: Request) -> Response | None:
        headers, bearer = request.headers, request.headers.get("authorization", "").removeprefix("Bearer ")
        key = headers.get("x-api-key") or request.query_params.get("api_key") or bearer
        if not key:
            return answer({"error": "API key missing"}, 401)
        if not secrets.compare_digest(key.encode(), self.fastforex_key.encode()):
            return answer({"error": "Invalid API key"}, 403)
        return None

    # Kraken and Binance

    async def _kraken(self, request: Request) -> Response:
        asked = request.query_params.get("pair", "").upper().split(",")
        names = {name: found for asked_as, found in KRAKEN.items() for name in (asked_as, found[0])}
        if not set(asked) <= names.keys():
            return answer({"error": ["EQuery:Unknown asset pair"]})
        found = [names[pair] for pair in asked]
        return answer({"error": [], "result": {name: _ticker(self.rates.told("kraken", code)) for name, code in found}})

    async def _binance(self, request: Request) -> Response:
        """Prices are in USDT: what a coin costs in USD, divided by what a USDT does."""
        query = request.query_params
        if "symbol" in query and "symbols" in query:
            return answer({"code": -1128, "msg": "Combination of optional parameters invalid."}, 400)
        wanted = [query["symbol"]] if "symbol" in query else _symbols(query)
        if wanted is None:
            return answer({"code": -1100, "msg": "Illegal characters found in parameter 'symbols'."}, 400)
        if not set(wanted) <= BINANCE.keys():
            return answer({"code": -1121, "msg": "Invalid symbol."}, 400)
        prices: list[Mapping[str, Json]] = [
            {"symbol": name, "price": self._in_tether(BINANCE[name])} for name in wanted
        ]
        return answer(prices[0] if "symbol" in query else prices)

    def _in_tether(self, code: str) -> str:
        price = self.rates.told("binance", code) / self.rates.price("USDT")
        return f"{price.quantize(Decimal('0.00000001')):f}"


def _symbols(query: Mapping[str, str]) -> list[str] | None:
    """All of them when none are named; None for what is not a list."""
    try:
        wanted = parse(query["symbols"]) if "symbols" in query else list(BINANCE)
    except NotJson:
        return None
    return [str(name) for name in wanted] if isinstance(wanted, list) and wanted else None


def _ticker(price: Decimal) -> Json:
    """Ask, bid and last with their volumes, as texts. What else Kraken tells of a day is left out."""
    ask, bid = (f"{(price * side).normalize():f}" for side in (1 + SPREAD, 1 - SPREAD))
    return {"a": [ask, "1", "1.000"], "b": [bid, "1", "1.000"], "c": [f"{price:f}", "0.01000000"]}


def _number(value: Decimal) -> orjson.Fragment:
    """The very digits, as a JSON number."""
    return orjson.Fragment(f"{value:f}")
