"""Webhooks against the running service, beside pgbench with the same statement: python -m scripts.load_webhooks

Starts a PostgreSQL, a Telegram and the service, as processes of their own, and pays in at all three providers: to
wallets and for trades, of people who have started the bot and are told of it (--strangers: who have not). Rounds of
the service and of pgbench, which has the service stopped, alternate, so that both meet the same machine. Ends with the
audit. --kills 20 kills the service and PostgreSQL under load instead (kill -9): whatever was acknowledged must have
been applied once. Loopback only. Exits 1 when a target is missed or the books are wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog
import trio
from attrs import frozen
from rich.console import Console
from rich.table import Table

from lockbay.postgres import bridge
from scripts import beside, webhook_kills, webhook_pgbench, webhook_senders
from scripts.webhook_events import described, events
from scripts.webhook_pgbench import Benched
from scripts.webhook_senders import Sent
from scripts.webhook_town import Town, open_town

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
TICK: Final = os.sysconf("SC_CLK_TCK")


@frozen
class Burnt:
    """CPU seconds so far."""

    service: float
    postgres: float

    @classmethod
    def now(cls, town: Town) -> Burnt:
        postmaster = town.server.process_id or 0
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return cls(burnt(town.service.pid), burnt(postmaster, dead_too=True) + sum(map(burnt, map(int, children))))

    def __sub__(self, other: Burnt) -> Burnt:
        return Burnt(self.service - other.service, self.postgres - other.postgres)


def burnt(process: int, *, dead_too: bool = False) -> float:
    """CPU seconds of a process, with its children that have ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11 : 15 if dead_too else 13]) / TICK


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
        flood = webhook_senders.run(address, flood_requests, lines, seconds)
    spent = Burnt.now(town) - before
    told = trio.run(told_since, town.url, began)
    trio.run(set_aside, town.url)
    steady_requests = requests(RATE * seconds, f"steady{number}")
    steady = webhook_senders.run(address, steady_requests, lines, seconds + 1, RATE)
    trio.run(set_aside, town.url)
    with town.service.stopped():  # else it tells people what pgbench has paid
        before = Burnt.now(town)
        bench = webhook_pgbench.run(town.server, its, town.secrets, folder, f"bench{number}", POOL, seconds)
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
    webhook_senders.run(town.service.address, first, POOL * 2, 5.0)
    trio.run(settle_in, town.url)


def measure(options: argparse.Namespace, seed: int) -> bool:
    """Whether the targets were met and the books are right."""
    chance = random.Random(seed)
    with (
        open_town(options.people, options.trades, known=not options.strangers) as town,
        tempfile.TemporaryDirectory() as folder,
    ):
        Path(folder).chmod(0o755)
        warm_up(town, chance)
        rounds = [play(town, n, options.rounds, options, chance, Path(folder)) for n in range(options.rounds)]
        books = town.audited()
    found = summary(rounds)
    found |= {"seed": seed, "audit": books.passed, "unapplied": books.unapplied, "load_average": os.getloadavg()[0]}
    show(rounds, found)
    if options.json:
        print(json.dumps(found))
    met = found["ratio"] >= RATIO and found["p99_ms"] < P99 * 1000
    return books.passed and not found["not_acknowledged"] and met


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


def show(rounds: list[Round], found: dict[str, float]) -> None:
    table = Table(
        "round", "events/s", "pgbench/s", "ratio", f"p50 ms at {RATE:.0f}/s", "p99 ms", "CPU µs", "PG's",
        "PG's, pgbench",
        title=f"Webhooks beside pgbench, {POOL} connections to PostgreSQL each: {described()}",
    )  # fmt: skip
    for number, each in enumerate(rounds, 1):
        table.add_row(str(number), *figures(summary([each])))
    table.add_row("median", *figures(found))
    Console().print(table)
    words = "the books are right" if found["audit"] else "THE BOOKS ARE WRONG"
    Console().print(
        f"{found['acknowledged']} acknowledged, {found['not_acknowledged']} not; {words}; "
        f"{found['unapplied']} unapplied; {found['told']:.0%} of the notices were told meanwhile; "
        f"/health took {found['health_worst_ms']:.0f} ms at worst under saturation; "
        f"load average {found['load_average']:.1f} on {os.cpu_count()} cores. "
        f"Targets: ratio {RATIO}, p99 {P99 * 1000:.0f} ms."
    )


def figures(found: dict[str, float]) -> list[str]:
    whole = ("service_cpu_us", "postgres_cpu_us", "pgbench_postgres_cpu_us")
    rates, times = ("events_per_second", "pgbench_per_second"), ("p50_ms", "p99_ms")
    return [
        *(f"{found[name]:.0f}" for name in rates),
        f"{found['ratio']:.2f}",
        *(f"{found[name]:.1f}" for name in times),
        *(f"{found[name]:.0f}" for name in whole),
    ]


def kill(options: argparse.Namespace, seed: int) -> bool:
    """Whether everything that was acknowledged was applied once, and the service was back in time."""
    with open_town(options.people, options.trades) as town:
        survived = webhook_kills.play(town, options.kills, seed)
    worst = max(survived.back)
    print(f"{options.kills} kills of the service and of PostgreSQL each; {survived.acknowledged} payments acknowledged")
    print(f"{survived.told} times; back after {worst:.1f} s at most; audit: {survived.report.passed}", *survived.wrong)
    if options.json:
        found = {"kills": options.kills, "acknowledged": survived.acknowledged, "back": survived.back, "seed": seed}
        print(json.dumps({**found, "wrong": survived.wrong, "audit": survived.report.passed}))
    return survived.passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="of each part of a round; there are three")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32, help="to the service")
    parser.add_argument("--people", type=int, default=300, help="each with a place to pay in at each provider")
    parser.add_argument("--trades", type=int, default=600, help="for each provider; three payments pay one")
    parser.add_argument("--strangers", action="store_true", help="nobody has started the bot: Telegram refuses all")
    parser.add_argument("--kills", type=int, default=0, help="of the service and of PostgreSQL, instead of measuring")
    parser.add_argument("--seed", type=int, help="what a run printed, to repeat its events and moments")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"--seed {seed}", file=sys.stderr)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sys.exit(not (kill if options.kills else measure)(options, seed))


if __name__ == "__main__":
    main()
