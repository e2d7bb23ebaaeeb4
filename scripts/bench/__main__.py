"""python -m scripts.bench [updates|webhooks|dashboard|start|actors|all] --size S --seed N --json F

Each part is a module of this package with `def run(options: Options) -> Row`; all end in one table, with the machine
that it was measured on. Exits 1 when a target of the full run is missed, or something was lost or counted twice.
`--size 0.05` is a twentieth of the full run: it shows that everything can be measured, and judges no speed.
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

from scripts.chaos.report import Options, Row, save, show

PARTS: Final = ("updates", "webhooks", "dashboard", "start", "actors")


def measure(name: str, options: Options) -> Row:
    """One part; what it raises is a failure of it, not of the run."""
    began = time.monotonic()
    try:
        row: Row = importlib.import_module(f"scripts.bench.{name}").run(options)
    except Exception as problem:
        traceback.print_exc()
        return Row(name, options.seed, time.monotonic() - began, {}, (f"{type(problem).__name__}: {problem}",))
    return row


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__.splitlines()[2])
    parser.add_argument("parts", nargs="*", choices=(*PARTS, "all"), default="all", metavar="part")
    parser.add_argument("--seconds", type=float, help="of load, for parts that last a time")
    parser.add_argument("--size", type=float, default=1.0, help="a share of the full run (1)")
    parser.add_argument("--seed", type=int, help="what a run printed, to repeat it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there, too")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"--seed {seed}", file=sys.stderr, flush=True)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    names = PARTS if "all" in given.parts else tuple(given.parts)
    rows = [measure(name, Options(seed, given.seconds, given.size)) for name in names]
    show(rows, "Bench")
    if given.json:
        save(rows, given.json)
    sys.exit(not all(row.stands for row in rows))


if __name__ == "__main__":
    main()
