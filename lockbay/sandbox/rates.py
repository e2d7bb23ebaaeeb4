"""What things cost in the sandbox: one table for all sources. Prices are exact and stay until they are set."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from attrs import asdict, frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.control import fields_of, safely
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.journal import Journal
from lockbay.sandbox.wire import Json, Object, answer

# USD for one coin; for NGN: how many for one USD.
PRICES: Final = {
    "BTC": "60000", "ETH": "3000", "LTC": "80", "DOGE": "0.15", "TRX": "0.12", "USDT": "1", "NGN": "1530",
}  # fmt: skip
SOURCES: Final = {"coingecko": "CoinGecko", "fastforex": "FastForex", "kraken": "Kraken", "binance": "Binance"}
TIMELESS: Final = ("kraken", "binance")  # they do not tell how old a price is


@frozen
class Source:
    """How a source of prices behaves: all of them times `factor`, `age` seconds old, or no answer at all (503)."""

    factor: str = "1"
    age: float = 0.0
    off: bool = False


class Rates:
    """The table, and how far each source is from it. Survives restarts."""

    def __init__(self, journal: Journal, feed: Feed, clock: Callable[[], float]) -> None:
        self._table, self._sources = journal.table("rate", str), journal.table("rate_source", Source)
        self._feed, self._clock = feed, clock

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/rates", safely(self._list)),
            Route("/api/rates", safely(self._set), methods=["POST"]),
            Route("/api/rates/sources", safely(self._list_sources)),
        ]

    def price(self, code: str) -> Decimal:
        """In USD for a coin; in NGN for one USD for NGN. Raises KeyError."""
        return Decimal(self._table.get(code) or PRICES[code])

    def told(self, source: str, code: str) -> Decimal:
        """The price as that source tells it. Raises KeyError."""
        factor = Decimal(self.source(source).factor)
        return self.price(code) if factor == 1 else self.price(code) * factor

    def time(self, source: str) -> int:
        """When that source learned its prices, in seconds since 1970."""
        return int(self._clock() - self.source(source).age)

    def source(self, name: str) -> Source:
        return self._sources.get(name) or Source()

    async def _list(self, _: Request) -> Response:
        return answer({code: str(self.price(code)) for code in PRICES})

    async def _list_sources(self, _: Request) -> Response:
        return answer({name: {"title": title, **asdict(self.source(name))} for name, title in SOURCES.items()})

    async def _set(self, request: Request) -> Response:
        """{"BTC": "60000", …}, or {"source", "factor", "age", "off"}: what is not said of a source is as usual."""
        fields = await fields_of(request)
        if "source" in fields:
            name, source = _source(fields)
            self._sources.put(name, source)
        else:
            for code, price in {code: str(_price(code, price)) for code, price in fields.items()}.items():
                self._table.put(code, price)
        self._feed.tell("rates", None, fields)
        return await (self._list_sources(request) if "source" in fields else self._list(request))


def _source(fields: Object) -> tuple[str, Source]:
    """Raises Impossible."""
    name = fields["source"]
    said = {key: value for key, value in fields.items() if key != "source"}
    if not isinstance(name, str) or name not in SOURCES:
        raise Impossible(f"“source” must be one of {', '.join(SOURCES)}.")
    if not isinstance(said.get("factor", "1"), str) or not isinstance(said.get("off", False), bool):
        raise Impossible("“factor” must be a number written as text, “off” true or false.")
    try:
        source = Converter(forbid_extra_keys=True).structure(said, Source)
    except BaseValidationError as error:
        raise Impossible(f"That is no source: {error.exceptions[0]}") from None
    _positive(source.factor, f"{source.factor} is not a factor.")
    if not 0 <= source.age <= 10**9 or (source.age and name in TIMELESS):
        raise Impossible(f"{SOURCES[name]} cannot be {source.age} s old.")
    return name, source


def _price(code: str, price: Json) -> Decimal:
    complaint = f"{code}: {price} is not a price. Write prices as texts."
    if code not in PRICES or not isinstance(price, str):
        raise Impossible(complaint)
    return _positive(price, complaint)


def _positive(text: str, complaint: str) -> Decimal:
    try:
        parsed = Decimal(text)
    except InvalidOperation:
        parsed = Decimal(0)
    if not parsed.is_finite() or parsed <= 0:
        raise Impossible(complaint)
    return parsed
