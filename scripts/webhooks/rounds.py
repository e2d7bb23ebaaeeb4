"""Rounds of the service and of pgbench, which has the service stopped, in turn: both meet the same machine."""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import trio
from attrs import frozen

from lockbay.postgres import bridge
from scripts import beside
from scripts.processes import burnt, children
from scripts.webhooks import pgbench, senders
from scripts.webhooks.events import events
from scripts.webhooks.pgbench import Benched
from scripts.webhooks.senders import Sent
from scripts.webhooks.town import Town

RATIO: Final = 0.5
P99: Final = 0.020  # s
RATE: Final = 300.0  # events/s, for the latency
POOL: Final = bridge.Limits().connections
WARM: Final = 600  # events before the first round
MOST: Final = 3000  # events/s that are made ready for a round
SET_ASIDE: Final = """
UPDATE outbox SET sent_at = now(), sent_by = 'nobody'
WHERE id IN (SELECT id FROM outbox WHERE sent_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED)"""
TOLD: Final = "SELECT coalesce(avg((sent_at IS NOT NULL)::int), 1)::float FROM outbox WHERE created_at >= $1"


@frozen
class Burnt:
    """CPU seconds so far."""

    service: float
    postgres: float

    @classmethod
    def now(cls, town: Town) -> Burnt:
        postmaster = town.server.process_id or 0
        return cls(burnt(town.service.pid), burnt(postmaster, dead_too=True) + sum(map(burnt, children(postmaster))))

    def __sub__(self, other: Burnt) -> Burnt:
        return Burnt(self.service - other.service, self.postgres - other.postgres)


@frozen
class Round:
    """One of each. `told` is the share of the notices that were over when the service had been saturated, `health` how
    long /health took meanwhile, `burnt` the CPU seconds of that part; `alone` those of PostgreSQL with pgbench.
    """

    flood: Sent
    told: float
    health: list[float]
    burnt: Burnt
    steady: Sent
    bench: Benched
    alone: float


def play(town: Town, number: int, of: int, options: argparse.Namespace, chance: random.Random, folder: Path) -> Round:
    seconds, lines = options.seconds, options.connections
    mine, its = town.slice(2 * number, 2 * of), town.slice(2 * number + 1, 2 * of)

    def requests(count: float, name: str) -> list[bytes]:
        return [town.secrets.request(event) for event in events(mine, round(count), name, chance)]

    address = town.service.address
    trio.run(set_aside, town.url)
    flood_requests = requests(MOST * seconds, f"flood{number}")
    before, began = Burnt.now(town), datetime.now(UTC)
    with probed(address) as health:
        flood = senders.run(address, flood_requests, lines, seconds)
    spent = Burnt.now(town) - before
    told = trio.run(told_since, town.url, began)
    trio.run(set_aside, town.url)
    steady_requests = requests(RATE * seconds, f"steady{number}")
    steady = senders.run(address, steady_requests, lines, seconds + 1, RATE)
    trio.run(set_aside, town.url)
    with town.service.stopped():  # else it tells people what pgbench has paid
        before = Burnt.now(town)
        bench = pgbench.run(town.server, its, town.secrets, folder, f"bench{number}", POOL, seconds)
        alone = Burnt.now(town) - before
        trio.run(set_aside, town.url)
    return Round(flood, told, health, spent, steady, bench, alone.postgres)


@contextmanager
def probed(address: tuple[str, int]) -> Iterator[list[float]]:
    """How many seconds each of the answers of /health took, asked all the time from a thread of its own."""
    took = list[float]()

    def probe() -> None:
        began = time.perf_counter()
        beside.page(address, "/health")
        took.append(time.perf_counter() - began)

    with beside.repeated(probe, 0.05):
        yield took


async def set_aside(url: str) -> None:
    """Notices of the seed, of pgbench and of the round before are not the next round's work. The service marks some at
    the same time: neither waits for the other.
    """
    async with bridge.open_connection(url, bridge.Limits(statement=60.0)) as connection:
        await connection.execute(SET_ASIDE)


async def told_since(url: str, began: datetime) -> float:
    """The share of the notices written since then that are over."""
    async with bridge.open_connection(url, bridge.Limits(statement=60.0)) as connection:
        [found] = await connection.fetch(TOLD, began)
        return float(found["coalesce"])


async def settle_in(url: str) -> None:
    """Statistics of tables that are in use: plans that were made for empty ones are thrown away."""
    async with bridge.open_connection(url, bridge.Limits(statement=60.0)) as connection:
        await connection.execute("ANALYZE")


def warm_up(town: Town, chance: random.Random) -> None:
    """Every connection has prepared its statement, and PostgreSQL knows what the tables look like."""
    first = [town.secrets.request(event) for event in events(town.places, WARM, "warm", chance)]
    senders.run(town.service.address, first, POOL * 2, 5.0)
    trio.run(settle_in, town.url)


def summary(rounds: list[Round]) -> dict[str, float]:
    """Medians of the rounds; times in ms, CPU in microseconds an event."""
    median = statistics.median
    statuses = sum((each.flood.statuses + each.steady.statuses for each in rounds), Counter[int]())
    return {
        "events_per_second": median(each.flood.rate for each in rounds),
        "pgbench_per_second": median(each.bench.rate for each in rounds),
        "ratio": median(each.flood.rate / each.bench.rate for each in rounds),
        "flood_p99_ms": median(each.flood.percentile(0.99) for each in rounds) * 1000,
        "health_worst_ms": median(max(each.health) for each in rounds) * 1000,
        "p50_ms": median(each.steady.percentile(0.5) for each in rounds) * 1000,
        "p99_ms": median(each.steady.percentile(0.99) for each in rounds) * 1000,
        "steady_per_second": median(each.steady.rate for each in rounds),
        "service_cpu_us": median(each.burnt.service / each.flood.statuses[200] * 1e6 for each in rounds),
        "told": median(each.told for each in rounds),
        "postgres_cpu_us": median(each.burnt.postgres / each.flood.statuses[200] * 1e6 for each in rounds),
        "pgbench_postgres_cpu_us": median(each.alone / each.bench.transactions * 1e6 for each in rounds),
        "acknowledged": statuses[200],
        "not_acknowledged": statuses.total() - statuses[200],
    }
