"""Updates beside other bots: the black-box bench (`run.py`), where it is found, with its targets and medians.

It is no part of this repository: LOCKBAY_BENCH names its folder, else it is looked for in ../shared/bench. It installs
its peers on first use.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from attrs import frozen

from scripts.bench.series import watched
from scripts.bench.targets import Target, missed
from scripts.processes import free_port
from scripts.report import Figure, Options, Row

Table: TypeAlias = Mapping[str, Mapping[str, float]]  # by target, then by figure

ROOT: Final = Path(__file__).parents[2]
HOST: Final = "127.0.0.1"
SCENARIOS: Final = ("cashout", "browse")
SAID: Final = {
    "updates_per_s": "updates/s", "cpu_us": "CPU µs", "pg_cpu_us": "PostgreSQL's CPU µs", "sql": "statements",
    "p50": "p50 ms", "p99": "p99 ms", "rss_mb": "MB",
}  # fmt: skip
TIMES: Final = {"grammy": 2.0, "aiogram": 5.0, "ptb": 20.0}  # as many updates/s as these, at least
FLOOR: Final = 1.3  # times the CPU of the bare exchanges, at most
TARGETS: Final = tuple(
    target
    for scenario in SCENARIOS
    for target in (
        *(Target(f"{scenario}: updates/s, times {peer}", least=times) for peer, times in TIMES.items()),
        Target(f"{scenario}: CPU, times floor", most=FLOOR),
        Target(f"{scenario}: lockbay, p99 ms", most=10),
        Target(f"{scenario}: lockbay, statements", most=0.25),
        Target(f"{scenario}: lockbay, MB", most=170),
        Target(f"{scenario}: loop: passes over 10 ms by our code", most=0),
    )
)


@frozen
class Found:
    """What a run of the bench found, and how our event loop did meanwhile."""

    table: Table
    failures: Sequence[str]
    loop: Mapping[str, Figure]


def run(options: Options) -> Row:
    began = time.monotonic()
    folder = Path(os.environ.get("LOCKBAY_BENCH") or ROOT.parent / "shared" / "bench")
    if not (folder / "run.py").exists():
        return Row("updates", options.seed, 0.0, {"left out": f"there is no {folder}/run.py"})
    figures: dict[str, Figure] = {}
    failures: list[str] = []
    for scenario in SCENARIOS if options.size >= 1 else SCENARIOS[:1]:
        found = measured(folder, scenario, options)
        figures |= {f"{scenario}: {name}": value for name, value in (*said(found.table), *found.loop.items())}
        failures += [f"{scenario}: {why}" for why in (*found.failures, *lost(found.table))]
    took = time.monotonic() - began
    return Row("updates", options.seed, took, figures, (*failures, *missed(options, figures, TARGETS)))


def measured(folder: Path, scenario: str, options: Options) -> Found:
    """Ours serves /metrics at a port that we know, so that its event loop is watched meanwhile."""
    port = free_port()
    seconds = max(2.0, options.lasting(15.0))
    with tempfile.TemporaryDirectory() as temporary:
        targets, results = Path(temporary) / "targets.toml", Path(temporary) / "results.json"
        targets.write_text((folder / "targets.toml").read_text().replace(f"{HOST}:0", f"{HOST}:{port}"))
        command = [sys.executable, str(folder / "run.py"), "--lockbay", str(ROOT), "--targets", str(targets)]
        command += ["--output", str(results), "--scenario", scenario, "--seconds", str(seconds)]
        command += ["--open-seconds", str(seconds / 2), "--rounds", str(options.number(3))]
        command += [] if options.size >= 1 else ["--target", "lockbay"]
        with watched((HOST, port)) as loop:
            done = subprocess.run(command, capture_output=True, text=True)
        if not results.exists():
            raise RuntimeError((done.stderr or done.stdout)[-2000:])
        found = json.loads(results.read_text())
    table = {
        row.pop("target"): {key: value for key, value in row.items() if value is not None} for row in found["table"]
    }
    return Found(table, [f"{what}: {why}" for what, why in found["failures"].items()], loop.loop())


def said(table: Table) -> Iterator[tuple[str, Figure]]:
    """The figures of each target, and how many times a peer's ours are."""
    for name, row in table.items():
        yield from ((f"{name}, {words}", row[key]) for key, words in SAID.items() if key in row)
    if "lockbay" not in table:
        return
    for peer in TIMES.keys() & table.keys():
        yield f"updates/s, times {peer}", table["lockbay"]["updates_per_s"] / table[peer]["updates_per_s"]
    if "floor" in table:
        yield "CPU, times floor", table["lockbay"]["cpu_us"] / table["floor"]["cpu_us"]


def lost(table: Table) -> Iterator[str]:
    """What went wrong with ours."""
    row = table.get("lockbay", {})
    for what, words in (("errors", "steps without answer"), ("api_errors", "calls refused")):
        if row.get(what):
            yield f"{row[what]:.0f} {words}"
