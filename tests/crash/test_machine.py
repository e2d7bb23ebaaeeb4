"""A table says what ran it, so that it can be compared."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pytest

from scripts.machine import Machine
from scripts.report import Row, save, show


def test_the_machine_is_described_below_the_table_and_in_the_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, machine, file = [Row("flood", 7, 1.0, {"waited": 0.5})], Machine().described(), tmp_path / "chaos.json"
    show(rows, "Chaos", machine)
    save(rows, file, machine)
    said = json.loads(file.read_text())["machine"]
    assert (said["cores"], said["Python"]) == (os.cpu_count(), platform.python_version())
    assert said["PostgreSQL"].partition(".")[0].isdigit()
    assert len(said["load average at the start"].split(", ")) == len(said["load average at the end"].split(", ")) == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert all(f"{name}: " in shown for name in said)
