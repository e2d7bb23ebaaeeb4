"""python -m scripts.chaos [kill|failpoints|proxy|monkey|flood|fuzz|all] --seed S --json F

Each scenario is a module of this package with `async def run(options: Options) -> Row`. Exits 1 when one of them does
not stand. `--size 0.05` is a twentieth of the full run.
"""

from __future__ import annotations

import importlib
from typing import Final

import trio

from scripts.chaos.report import Options, Row
from scripts.command import command

SCENARIOS: Final = ("kill", "failpoints", "proxy", "monkey", "flood", "fuzz")


def play(name: str, options: Options) -> Row:
    row: Row = trio.run(importlib.import_module(f"scripts.chaos.{name}").run, options)
    return row


if __name__ == "__main__":
    command("chaos", __doc__, SCENARIOS, play, "scenario")
