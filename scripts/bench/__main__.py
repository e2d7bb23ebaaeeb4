"""python -m scripts.bench [updates|webhooks|dashboard|start|actors|all] --size S --seed N --json F

Each part is a module of this package with `def run(options: Options) -> Row`; all end in one table, with the machine
that it was measured on. Exits 1 when a target of the full run is missed, or something was lost or counted twice.
`--size 0.05` is a twentieth of the full run: it shows that everything can be measured, and judges no speed.
"""

from __future__ import annotations

import importlib
from typing import Final

from scripts.command import command
from scripts.report import Options, Row

PARTS: Final = ("updates", "webhooks", "dashboard", "start", "actors")


def measure(name: str, options: Options) -> Row:
    row: Row = importlib.import_module(f"scripts.bench.{name}").run(options)
    return row


if __name__ == "__main__":
    command("bench", __doc__, PARTS, measure, "part")
