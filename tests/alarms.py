"""Whether alarms of docs/alerts.yml fire, said by Prometheus' own promtool out of what metrics say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import orjson
import pytest

RULES: Final = Path(__file__).parent.parent / "docs" / "alerts.yml"
WRONG: Final = re.compile(r'alertname=."(\w+)."[^\n]*, time: (\w+),')
# What each series says, minute by minute; None: it is not there.
Series: TypeAlias = Mapping[str, Sequence[float | None]]


def promtool() -> str:
    """Debian's. Without it tests are skipped; in continuous integration they fail."""
    program = shutil.which("promtool")
    if program is None:
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("promtool is not installed: it is in Debian's package prometheus")
    return program


def level(*phases: tuple[int, float | None]) -> list[float | None]:
    """So many minutes of each."""
    return [value for minutes, value in phases for _ in range(minutes)]


def counter(*phases: tuple[int, float]) -> list[float | None]:
    """So many minutes of so much more in each."""
    total, values = 0.0, []
    for minutes, more in phases:
        for _ in range(minutes):
            total += more
            values.append(total)
    return [*values]


def born(minute: int, value: float, minutes: int) -> list[float | None]:
    """A counter with labels is not there before the first time; the first look at it may find many."""
    return [*level((minute, None), (minutes, value))]


def moments(*phases: tuple[int, bool]) -> list[float | None]:
    """When something was last done, which is done all the time, or not."""
    values: list[float | None] = []
    last = 0.0
    for minutes, done in phases:
        for _ in range(minutes):
            last = 60.0 * len(values) if done else last
            values.append(last)
    return values


def slow(name: str, le: str, *phases: tuple[int, float, float], labels: str = "") -> Series:
    """A histogram: so many minutes of so many a minute below `le` and so many above, below ten times as much."""
    fast = counter(*((minutes, quick) for minutes, quick, _ in phases))
    every = counter(*((minutes, quick + late) for minutes, quick, late in phases))
    ends = (f"{float(le) * 10}", "+Inf")
    return {
        f'{name}_bucket{{le="{le}"{labels}}}': fast,
        **{f'{name}_bucket{{le="{end}"{labels}}}': every for end in ends},
    }


def wrong(series: Series, expected: Mapping[str, Mapping[int, bool]], *, every: int = 1) -> list[tuple[str, str]]:
    """Runs all rules over the series, `every` so many minutes; at which minute an alarm fires, or not, is what is
    expected. Answers where it is not so.
    """
    firing = 'count(ALERTS{{alertname="{}", alertstate="firing"}}) or vector(0)'
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": _written(values)} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": firing.format(alarm), "eval_time": f"{minute}m",
             "exp_samples": [{"labels": "{}", "value": int(fires)}]}
            for alarm, minutes in expected.items() for minute, fires in minutes.items()
        ],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "test.json"
        script.write_bytes(
            orjson.dumps({"rule_files": [str(RULES)], "evaluation_interval": f"{every}m", "tests": [test]})
        )
        done = subprocess.run([promtool(), "test", "rules", script], capture_output=True, text=True)
    if done.returncode == 0:
        return []
    assert "FAILED" in done.stdout, done.stdout + done.stderr
    return WRONG.findall(done.stdout)


def _written(values: Sequence[float | None]) -> str:
    return " ".join("_" if value is None else repr(value) for value in values)
