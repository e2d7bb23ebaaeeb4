"""Payments that providers tell of, beside pgbench with the same statement: rounds of scripts/webhooks."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Final

from scripts.bench.series import Watched, read
from scripts.bench.targets import Target, missed
from scripts.report import Figure, Options, Row
from scripts.webhooks.rounds import P99, RATE, RATIO, play, summary, warm_up
from scripts.webhooks.town import open_town

PEOPLE: Final = 300
TRADES: Final = 600
CONNECTIONS: Final = 32
TARGETS: Final = (
    Target("of pgbench's rate", least=RATIO),
    Target(f"p99 ms at {RATE:.0f}/s", most=P99 * 1000),
    Target("loop: passes over 10 ms by our code", most=0),
)


def run(options: Options) -> Row:
    began, chance, loop = time.monotonic(), random.Random(options.seed), Watched()
    wanted = argparse.Namespace(
        seconds=max(1.0, options.lasting(5.0)), rounds=options.number(3), connections=CONNECTIONS
    )
    with (
        open_town(options.number(PEOPLE, 20), options.number(TRADES, 40)) as town,
        tempfile.TemporaryDirectory() as folder,
    ):
        Path(folder).chmod(0o755)  # pgbench runs as somebody else
        warm_up(town, chance)
        loop.saw(read(town.service.address))
        rounds = [play(town, n, wanted.rounds, wanted, chance, Path(folder)) for n in range(wanted.rounds)]
        loop.saw(read(town.service.address))
        books = town.audited()
    found = summary(rounds)
    figures: dict[str, Figure] = {
        "events/s": found["events_per_second"],
        "of pgbench's rate": found["ratio"],
        f"p50 ms at {RATE:.0f}/s": found["p50_ms"],
        f"p99 ms at {RATE:.0f}/s": found["p99_ms"],
        "CPU µs an event, service": found["service_cpu_us"],
        "CPU µs an event, PostgreSQL": found["postgres_cpu_us"],
        "CPU µs a statement, PostgreSQL under pgbench": found["pgbench_postgres_cpu_us"],
        "acknowledged": found["acknowledged"],
        **loop.loop(),
    }
    wrong = [] if books.passed else ["the books are wrong"]
    if found["not_acknowledged"]:
        wrong.append(f"{found['not_acknowledged']:.0f} payments were not acknowledged")
    failures = (*wrong, *missed(options, figures, TARGETS))
    return Row("webhooks", options.seed, time.monotonic() - began, figures, failures)
