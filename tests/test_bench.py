"""The bench measures all that it says, in a run so small that it judges no speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.bench.series import STARTED, Watched
from scripts.bench.targets import Target, missed
from scripts.report import Options

ROOT = Path(__file__).parents[1]
PARTS = {
    "webhooks": "of pgbench's rate",
    "dashboard": "AdminDashboard ms, median",
    "start": "s to the first getUpdates, median",
    "actors": "bytes of an idle actor",
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_measured_and_stands(part: str, tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    command = [sys.executable, "-m", "scripts.bench", part, "--size", "0.01", "--seed", "7", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    [row] = json.loads(file.read_text())["scenarios"]
    assert (row["name"], row["seed"], row["failures"]) == (part, 7, [])
    assert row["figures"][PARTS[part]] > 0


BROKEN = """
from scripts.report import Row
from scripts.command import command

def play(name, options):
    return Row(name, options.seed, 0.0, {"part of a good one": 1 / (name == "good")})

command("town", "usage", ("bad", "good"), play, "part")
"""


def test_a_part_that_raises_fails_the_run_and_leaves_the_others_theirs(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    command = [sys.executable, "-c", BROKEN, "all", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    bad, good = json.loads(file.read_text())["scenarios"]
    assert bad["failures"] == ["ZeroDivisionError: division by zero"]
    assert (good["stands"], good["figures"]) == (True, {"part of a good one": 1.0})


def test_without_the_bench_beside_it_the_updates_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from scripts.bench import updates

    monkeypatch.setenv("LOCKBAY_BENCH", str(tmp_path))
    row = updates.run(Options(seed=7))
    assert row.stands
    assert row.figures == {"left out": f"there is no {tmp_path}/run.py"}


def test_a_full_run_fails_by_what_it_misses_and_a_small_one_does_not() -> None:
    targets = (Target("ms", most=50), Target("rate", least=0.5), Target("unmeasured", most=1))
    figures = {"ms": 51.0, "rate": 0.25}
    assert missed(Options(seed=1), figures, targets) == ("ms: 51, not 50 or less", "rate: 0.25, not 0.5 or more")
    assert missed(Options(seed=1, size=0.5), figures, targets) == ()


def test_what_a_service_counted_before_the_first_look_is_not_the_loads() -> None:
    watched = Watched()
    for started, counted in ((1.0, 5.0), (1.0, 8.0), (2.0, 1.0), (2.0, 2.0)):
        watched.saw({STARTED: started, "lockbay_things_total": counted})
    assert watched.grew("lockbay_things_total") == 4.0


def test_growth_is_measured_by_size_and_drawn(tmp_path: Path) -> None:
    svg, file = tmp_path / "growth.svg", tmp_path / "growth.json"
    command = [sys.executable, "-m", "scripts.growth", "--users", "100", "--postings", "10000", "--seed", "7"]
    done = subprocess.run([*command, "--svg", str(svg), "--json", str(file)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    sizes = json.loads(file.read_text())["sizes"]
    assert [(each["users"], each["postings"]) for each in sizes] == [(100, 2000), (100, 10_000)]
    assert all(cost > 0 for each in sizes for cost in each["cpu_us"].values())
    drawn = ElementTree.fromstring(svg.read_text())
    assert len(drawn.findall("{*}polyline")) == len(sizes[0]["cpu_us"])
