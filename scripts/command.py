"""The command line that scripts.bench and scripts.chaos share: some parts of a package, played one after the other."""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from scripts.machine import Machine
from scripts.report import Options, Row, save, show


def command(package: str, about: str, parts: Sequence[str], play: Callable[[str, Options], Row], kind: str) -> None:
    """Plays the parts that were asked for and shows their table. Exits 1 when one of them does not stand.

    `about` is a docstring whose first paragraph is the usage, `kind` what a part is called. What `play` raises is a
    failure of that part, not of the run.
    """
    given = _parser(package, about, parts, kind).parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"--seed {seed}", file=sys.stderr, flush=True)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    names = parts if "all" in given.parts else given.parts
    machine = Machine()
    rows = [_row(play, name, Options(seed, given.seconds, given.size)) for name in names]
    ran_on = machine.described()
    show(rows, package.capitalize(), ran_on)
    if given.json:
        save(rows, given.json, ran_on)
    sys.exit(not all(row.stands for row in rows))


def _parser(package: str, about: str, parts: Sequence[str], kind: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m scripts.{package}", description=about.partition("\n\n")[2])
    parser.add_argument("parts", nargs="*", choices=(*parts, "all"), default="all", metavar=kind)
    parser.add_argument("--seconds", type=float, help=f"of load, for {kind}s that last a time")
    parser.add_argument("--size", type=float, default=1.0, help="a share of the full run (1)")
    parser.add_argument("--seed", type=int, help="what a run printed, to repeat it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there, too")
    return parser


def _row(play: Callable[[str, Options], Row], name: str, options: Options) -> Row:
    began = time.monotonic()
    try:
        return play(name, options)
    except Exception as problem:
        traceback.print_exc()
        return Row(name, options.seed, time.monotonic() - began, {}, (f"{type(problem).__name__}: {problem}",))
