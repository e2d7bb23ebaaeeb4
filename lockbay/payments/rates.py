"""What things cost: every source that has an address is asked again and again, and what it says is kept under its name.

Which of them are believed is decided where money is (sql/rates/usd.sql): a price that is fresh, and on which as many as
the operator wants, and more than half of those that are there, agree.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import httpx
import structlog
import trio
from prometheus_client import Counter, Gauge

from lockbay.areas.wallet.records import SaveRates
from lockbay.errors import LockBayError, SettingsError
from lockbay.payments.binance import Binance
from lockbay.payments.client import open_client
from lockbay.payments.coingecko import CoinGecko
from lockbay.payments.fastforex import FastForex
from lockbay.payments.kraken_rates import KrakenRates
from lockbay.payments.prices import LIMIT, Source
from lockbay.payments.reading import is_word
from lockbay.postgres.database import Database
from lockbay.settings import Settings
from lockbay.wallclock import WallClock

FETCHES: Final = Counter("lockbay_rates_fetches_total", "Questions for prices", ["source", "outcome"])
FETCHED_AT: Final = Gauge(
    "lockbay_rates_fetched_timestamp_seconds", "When prices were last fetched and stored; 0: never yet", ["source"]
)
log = structlog.get_logger()


async def keep_rates(source: Source, database: Database, clock: WallClock, *, period: float | None = None) -> None:
    """Fetches at once and then every period, the source's own by default, without drift, until cancelled. A failure is
    logged, counted and tried again in the next period; nothing is raised.
    """
    FETCHED_AT.labels(source.name)  # there from the start: of what is not there no alarm can say how old it is
    due = trio.current_time()
    while True:
        await fetch_rates(source, database, clock)
        due = max(due + (source.period if period is None else period), trio.current_time())
        await trio.sleep_until(due)


async def fetch_rates(source: Source, database: Database, clock: WallClock) -> bool:
    """Fetches and stores once; False when that failed. Repeating it stores nothing twice."""
    try:
        for price in await source.prices(clock.now()):
            await database.run(SaveRates(source.name, price.base, price.quote, price.price, price.at))
    except LockBayError as error:
        FETCHES.labels(source.name, "failed").inc()
        log.warning("rates_not_fetched", source=source.name, error=f"{type(error).__name__}: {error}")
        return False
    except Exception:  # an answer that nobody foresaw
        FETCHES.labels(source.name, "failed").inc()
        log.exception("rates_not_fetched", source=source.name)
        return False
    FETCHES.labels(source.name, "stored").inc()
    FETCHED_AT.labels(source.name).set(clock.now().timestamp())
    return True


@asynccontextmanager
async def open_sources(settings: Settings) -> AsyncIterator[tuple[Source, ...]]:
    """Every source that has an address. Keys travel in headers only. Raises SettingsError."""
    rates, forex = settings.rates, settings.fastforex
    async with AsyncExitStack() as stack:

        async def client(url: str, setting: str, header: str = "", key: str = "") -> httpx.AsyncClient:
            if key and not is_word(key):
                raise SettingsError(f"LOCKBAY_{setting}_KEY must be visible ASCII without spaces")
            headers = {header: key} if key else {}
            return await stack.enter_async_context(open_client(url, headers, f"LOCKBAY_{setting}_URL", LIMIT))

        sources: list[Source] = []
        if rates.url:
            sources.append(CoinGecko(await client(rates.url, "RATES", "x-cg-demo-api-key", rates.key)))
        if forex.url:
            sources.append(FastForex(await client(forex.url, "FASTFOREX", "X-API-Key", forex.key)))
        if settings.kraken_rates.url:
            sources.append(KrakenRates(await client(settings.kraken_rates.url, "KRAKEN_RATES")))
        if settings.binance.url:
            sources.append(Binance(await client(settings.binance.url, "BINANCE")))
        yield tuple(sources)
