"""The bounds of an idle actor, held by a few of them in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from scripts.measure_actors import EACH, Measured


def test_an_idle_actor_is_small_and_soon_awake(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "scripts.measure_actors", "--actors", "4000", "--json", str(figures)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, timeout=60, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(figures.read_text())["failures"] == []


def test_what_is_over_its_bound_is_said() -> None:
    figures = Measured(10, 1, EACH + 1.0, 0, 0.0, 0.002, 0.002)
    assert [failure.split(" takes ")[0] for failure in figures.failures] == ["an idle actor", "a delivery"]
