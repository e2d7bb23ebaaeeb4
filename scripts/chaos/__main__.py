"""python -m scripts.chaos [kill|failpoints|proxy|monkey|flood|fuzz|all] --seed S --json F

Each scenario is a module of this package with `async def run(options: Options) -> Row`. Exits 1 when one of them does
not stand. `--size 0.05` is a twentieth of the full run.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import time
import traceback
from pathlib import Path
from typing import Final

import structlog
import trio

from scripts.chaos.report import Options, Row, save, show

SCENARIOS: Final = ("kill", "failpoints", "proxy", "monkey", "flood", "fuzz")


def play(name: str, options: Options) -> Row:
    """One scenario; what it raises is a failure of it, not of the run."""
    began = time.monotonic()
    try:
        row: Row = trio.run(importlib.import_module(f"scripts.chaos.{name}").run, options)
    except Exception as problem:
        traceback.print_exc()
        return Row(name, options.seed, time.monotonic() - began, {}, (f"{type(problem).__name__}: {problem}",))
    return row


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.chaos", description=__doc__.splitlines()[2])
    parser.add_argument("scenarios", nargs="*", choices=(*SCENARIOS, "all"), default="all", metavar="scenario")
    parser.add_argument("--seconds", type=float, help="of load, for scenarios that last a time")
    parser.add_argument("--size", type=float, default=1.0, help="a share of the full run (1)")
    parser.add_argument("--seed", type=int, help="what a run printed, to repeat it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there, too")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"--seed {seed}", file=sys.stderr, flush=True)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    names = SCENARIOS if "all" in given.scenarios else tuple(given.scenarios)
    rows = [play(name, Options(seed, given.seconds, given.size)) for name in names]
    show(rows)
    if given.json:
        save(rows, given.json)
    sys.exit(not all(row.stands for row in rows))


if __name__ == "__main__":
    main()
