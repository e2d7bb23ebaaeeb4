"""What a query costs through LockBay's bridge, beside asyncpg on uvloop: python scripts/bench_bridge.py [--json]

CPU time of the client only. Each stack runs in a process of its own, which lives for the whole run; the rounds of the
stacks alternate, so that both meet the same machine. Needs the extra `bench`. Exits 1 when the bridge costs more than
four times as much.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import trio
from rich.console import Console
from rich.table import Table

from lockbay.postgres import bridge
from lockbay.postgres import pool as pools
from lockbay.postgres.embedded import EmbeddedPostgres

QUERY = "SELECT $1::bigint AS id, 'Ada'::text AS name, 12.5::numeric AS coins, now() AS at"
TASKS = 6
LIMIT = 4.0


async def uvloop_asks(url: str, rounds: Callable[[], int]) -> None:
    async with asyncpg.create_pool(url, min_size=TASKS, max_size=TASKS) as pool:

        async def ask(count: int) -> None:
            for number in range(count):
                await pool.fetchrow(QUERY, number)

        while count := rounds():
            began = time.process_time()
            await asyncio.gather(*(ask(count // TASKS) for _ in range(TASKS)))
            report(began, count)


async def bridge_asks(url: str, rounds: Callable[[], int]) -> None:
    async with pools.open_pool(url, bridge.Limits(connections=TASKS)) as pool:

        async def ask(count: int) -> None:
            for number in range(count):
                await pool.fetch("bench", QUERY, (number,))

        while count := rounds():
            began = time.process_time()
            async with trio.open_nursery() as nursery:
                for _ in range(TASKS):
                    nursery.start_soon(ask, count // TASKS)
            report(began, count)


def report(began: float, count: int) -> None:
    print((time.process_time() - began) / count * 1e6, flush=True)


def next_round() -> int:
    """How many queries to ask now; 0 at the end."""
    return int(sys.stdin.readline() or 0)


def work(stack: str, url: str) -> None:
    if stack == "uvloop":
        import uvloop

        uvloop.run(uvloop_asks(url, next_round))
    else:
        trio.run(bridge_asks, url, next_round)


def start(stack: str, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--worker", stack, url]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def ask_for(worker: subprocess.Popen[str], count: int) -> float:
    """CPU microseconds for each query of one round."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(f"{count}\n")
    return float(worker.stdout.readline())


def measure(url: str, rounds: int, count: int) -> dict[str, list[float]]:
    workers = {stack: start(stack, url) for stack in ("uvloop", "bridge")}
    for worker in workers.values():
        ask_for(worker, count)  # prepares, connects, warms up
    figures: dict[str, list[float]] = {stack: [] for stack in workers}
    for _ in range(rounds):
        for stack, worker in workers.items():
            figures[stack].append(ask_for(worker, count))
    for worker in workers.values():
        worker.communicate("0\n")
    return figures


def show(figures: dict[str, list[float]]) -> None:
    reference = statistics.median(figures["uvloop"])
    table = Table("stack", "CPU µs a query", "least", "most", "ratio", title="One query, client's CPU time")
    for stack, values in figures.items():
        median = statistics.median(values)
        row = (median, min(values), max(values), median / reference)
        table.add_row(stack, *(f"{value:.1f}" for value in row))
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--queries", type=int, default=3000, help="in a round")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--worker", nargs=2, metavar=("STACK", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(*options.worker)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        server = EmbeddedPostgres(Path(folder) / "postgres", fsync=False)
        server.start()
        try:
            figures = measure(server.url(), options.rounds, options.queries)
        finally:
            server.stop()
    show(figures)
    medians = {stack: statistics.median(values) for stack, values in figures.items()}
    ratio = medians["bridge"] / medians["uvloop"]
    if options.json:
        print(json.dumps({"cpu_us": medians, "ratio": ratio, "limit": LIMIT, "rounds": figures}))
    sys.exit(ratio > LIMIT)


if __name__ == "__main__":
    main()
