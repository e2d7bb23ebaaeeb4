"""python -m scripts.chaos [kill|failpoints|power|proxy|monkey|flood|fuzz|all] --seed S --json F

Each scenario is a module of this package with `async def run(options: Options) -> Row`. Exits 1 when one of them does
not stand, and each is bounded in time (bound.py). `--size 0.05` is a twentieth of the full run. docs/chaos.md.
"""

from __future__ import annotations

import importlib
from functools import partial
from typing import Final

from scripts.chaos.bound import within
from scripts.command import command
from scripts.report import Options, Row

# The scenarios, and the seconds after which a full run has surely hung.
SCENARIOS: Final = {
    "kill": 3600.0, "failpoints": 4500.0, "power": 2400.0, "proxy": 1200.0, "monkey": 2400.0, "flood": 900.0,
    "fuzz": 3600.0,
}  # fmt: skip


def play(name: str, options: Options) -> Row:
    run = importlib.import_module(f"scripts.chaos.{name}").run
    row: Row = within(SCENARIOS[name] + (options.seconds or 0), partial(run, options))
    return row


if __name__ == "__main__":
    command("chaos", __doc__, tuple(SCENARIOS), play, "scenario")
