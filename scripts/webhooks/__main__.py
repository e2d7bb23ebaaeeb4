"""python -m scripts.webhooks: webhooks against the running service, beside pgbench with the same statement.

Starts a PostgreSQL, a Telegram and the service, as processes of their own, and pays in at all three providers: to
wallets and for trades, of people who have started the bot and are told of it (--strangers: who have not). Rounds of
the service and of pgbench alternate. Ends with the audit. --kills 20 kills the service and PostgreSQL under load
instead (kill -9): whatever was acknowledged must have been applied once. Loopback only. Exits 1 when a target is missed
or the books are wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from scripts.webhooks import kills
from scripts.webhooks.events import described
from scripts.webhooks.rounds import P99, POOL, RATE, RATIO, Round, play, summary, warm_up
from scripts.webhooks.town import open_town


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
        survived = kills.play(town, options.kills, seed)
    worst = max(survived.back)
    print(f"{options.kills} kills of the service and of PostgreSQL each; {survived.acknowledged} payments acknowledged")
    print(f"{survived.told} times; back after {worst:.1f} s at most; audit: {survived.report.passed}", *survived.wrong)
    if options.json:
        found = {"kills": options.kills, "acknowledged": survived.acknowledged, "back": survived.back, "seed": seed}
        print(json.dumps({**found, "wrong": survived.wrong, "audit": survived.report.passed}))
    return survived.passed


def main() -> None:
    parser = argparse.ArgumentParser("python -m scripts.webhooks", description=__doc__.splitlines()[0])
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
