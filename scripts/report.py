"""What a part of a run is asked and what it answers, and the one table that a run ends in: for bench and chaos."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from attrs import asdict, frozen
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Figure: TypeAlias = str | int | float
SHOWN = 10  # failures of a scenario below the table; all of them are in the JSON


@frozen
class Options:
    """`seconds` bounds the load of scenarios that last a time; None is their own. `size` is a share of the full run:
    1 is the full one, and a scenario rounds what is left of its numbers up to something that still shows anything.
    """

    seed: int
    seconds: float | None = None
    size: float = 1.0

    def number(self, full: int, least: int = 1) -> int:
        """How many of something that is `full` in a full run."""
        return max(least, round(full * self.size))

    def lasting(self, full: float) -> float:
        """For how many seconds, of something that lasts `full` in a full run."""
        return full * self.size if self.seconds is None else self.seconds


@frozen
class Row:
    """What a scenario found. It stands when there are no failures; each of them is a sentence."""

    name: str
    seed: int
    seconds: float
    figures: Mapping[str, Figure]
    failures: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        return not self.failures


def show(rows: Sequence[Row], title: str, machine: Mapping[str, Figure]) -> None:
    """The table, below it what ran it, and what failed."""
    table = Table("scenario", "stands", "seed", "seconds", "figures", title=title, show_lines=True)
    for row in rows:
        figures = "\n".join(f"{name}: {_said(value)}" for name, value in row.figures.items())
        table.add_row(row.name, "yes" if row.stands else "NO", str(row.seed), f"{row.seconds:.0f}", escape(figures))
    console = Console()
    console.print(table)
    console.print(", ".join(f"{name}: {value}" for name, value in machine.items()), markup=False)
    for row in rows:
        for failure in row.failures[:SHOWN]:
            console.print(f"{row.name}: {failure}", markup=False)
        if len(row.failures) > SHOWN:
            console.print(f"{row.name}: … and {len(row.failures) - SHOWN} more", markup=False)


def save(rows: Sequence[Row], path: Path, machine: Mapping[str, Figure]) -> None:
    """The same as JSON."""
    found = {"machine": dict(machine), "scenarios": [asdict(row) | {"stands": row.stands} for row in rows]}
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def _said(value: Figure) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
