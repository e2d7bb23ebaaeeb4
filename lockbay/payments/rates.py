"""What things cost: asked every minute of CoinGecko's simple/price or of what answers like it (APIS.md §6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from typing import Final, cast
from urllib.parse import urlsplit

import httpx
import structlog
import trio
from attrs import frozen
from prometheus_client import Counter, Gauge

from lockbay.areas.wallet.records import SaveRates
from lockbay.errors import LockBayError, ProviderUnavailable
from lockbay.payments.client import open_client
from lockbay.payments.reading import number, parse
from lockbay.postgres.database import Database
from lockbay.wallclock import WallClock

PERIOD: Final = 60.0  # s; CoinGecko itself caches for 60
LIMIT: Final = 10.0  # s for one question
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
NAIRA: Final = Decimal("0.00000001")  # a quotient has to end somewhere
DOLLARS: Final = Decimal("0.000000000001")
LATEST: Final = Decimal(2**33)  # a moment after this is nonsense, and would overflow

FETCHES = Counter("lockbay_rates_fetches_total", "Questions for prices", ["outcome"])
FETCHED_AT = Gauge("lockbay_rates_fetched_timestamp_seconds", "When prices were last fetched and stored")
log = structlog.get_logger()


@frozen
class Price:
    """One unit of `base` costs `price` of `quote`."""

    base: str
    quote: str
    price: Decimal
    at: datetime


class CoinGecko:
    """A source of prices. `name` goes with each of them into the database."""

    def __init__(self, client: httpx.AsyncClient, name: str) -> None:
        self.name = name
        self._client = client

    async def prices(self, now: datetime) -> list[Price]:
        """Each coin in USD, and USD and NGN in each other; what is missing or makes no sense is left out. `now` bounds
        their times.

        Raises ProviderUnavailable when there is no answer, or none of it can be used.
        """
        try:
            with trio.fail_after(LIMIT):
                response = await self._client.get("simple/price", params=QUERY)
        except (httpx.HTTPError, trio.TooSlowError) as error:
            raise ProviderUnavailable(f"{self.name} does not answer: {type(error).__name__}") from None
        answer = parse(response.content) if response.status_code == httpx.codes.OK else None
        found = read_prices(answer or {}, now)
        if not found:
            raise ProviderUnavailable(f"{self.name} answered {response.status_code} without prices")
        return found


def read_prices(answer: Mapping[str, object], now: datetime) -> list[Price]:
    found: list[Price] = []
    for name, code in COINS.items():
        quotes = answer.get(name)
        if isinstance(quotes, dict):
            found += _quotes(code, cast("Mapping[str, object]", quotes), now)
    return found


def _quotes(code: str, quotes: Mapping[str, object], now: datetime) -> list[Price]:
    dollars, at = _positive(quotes, "usd"), _moment(quotes, now)
    if dollars is None:
        return []
    naira = _positive(quotes, "ngn") if code == "USDT" else None
    coin = Price(code, "USD", dollars, at)
    if naira is None:
        return [coin]
    both = (
        Price("USD", "NGN", _quotient(naira, dollars, NAIRA), at),
        Price("NGN", "USD", _quotient(dollars, naira, DOLLARS), at),
    )
    return [coin, *(each for each in both if each.price)]


def _quotient(dividend: Decimal, divisor: Decimal, step: Decimal) -> Decimal:
    with localcontext(prec=80):  # wide enough for any two numbers that can be read
        return (dividend / divisor).quantize(step)


def _positive(quotes: Mapping[str, object], name: str) -> Decimal | None:
    value = number(quotes, name)
    return value if value is not None and 0 < value < Decimal("1e15") else None


def _moment(quotes: Mapping[str, object], now: datetime) -> datetime:
    """When the source says that it learned the price, never later than now: a price must be able to grow old."""
    told = number(quotes, "last_updated_at")
    if told is None or not 0 < told < LATEST:
        return now
    return min(datetime.fromtimestamp(int(told), UTC), now)


async def keep_rates(source: CoinGecko, database: Database, clock: WallClock, *, period: float = PERIOD) -> None:
    """Fetches at once and then every `period` seconds, without drift, until cancelled. A failure is logged, counted and
    tried again in the next period; nothing is raised.
    """
    due = trio.current_time()
    while True:
        await fetch_rates(source, database, clock)
        due = max(due + period, trio.current_time())
        await trio.sleep_until(due)


async def fetch_rates(source: CoinGecko, database: Database, clock: WallClock) -> bool:
    """Fetches and stores once; False when that failed. Repeating it stores nothing twice."""
    try:
        for price in await source.prices(clock.now()):
            await database.run(SaveRates(source.name, price.base, price.quote, price.price, price.at))
    except LockBayError as error:
        FETCHES.labels("failed").inc()
        log.warning("rates_not_fetched", source=source.name, error=f"{type(error).__name__}: {error}")
        return False
    FETCHES.labels("stored").inc()
    FETCHED_AT.set(clock.now().timestamp())
    return True


@asynccontextmanager
async def open_rates(url: str, key: str) -> AsyncIterator[CoinGecko]:
    """`url` is what /simple/price follows, such as https://api.coingecko.com/api/v3. The key travels in a header.

    Raises SettingsError.
    """
    headers = {"x-cg-demo-api-key": key} if key else {}
    async with open_client(url, headers, "LOCKBAY_RATES_URL", LIMIT) as client:
        yield CoinGecko(client, urlsplit(url).hostname or "rates")
