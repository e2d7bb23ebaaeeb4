"""What idle actors take: scripts/measure_actors.py in a process of its own, whose memory is nobody else's."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from scripts.bench.targets import Target, missed
from scripts.report import Figure, Options, Row

ROOT: Final = Path(__file__).parents[2]
FULL: Final = 100_000
TARGETS: Final = (
    Target("bytes of an idle actor", most=8192),
    Target("MB of the process", most=900),
    Target("ms to be delivered, median", most=1),
)


def run(options: Options) -> Row:
    began, number = time.monotonic(), options.number(FULL, 1000)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "actors.json"
        command = [sys.executable, "-m", "scripts.measure_actors", "--actors", str(number)]
        command += ["--seed", str(options.seed), "--json", str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if not file.exists():
            raise RuntimeError(done.stderr[-1000:])
        found = json.loads(file.read_text())
    figures: dict[str, Figure] = {
        "idle actors": number,
        "bytes of an idle actor": found["bytes_each"],
        "MB of the process": found["rss"] / 2**20,
        "ms to be delivered, median": found["delivery_median"] * 1000,
        "ms to be delivered, p99": found["delivery_p99"] * 1000,
    }
    return Row("actors", options.seed, time.monotonic() - began, figures, missed(options, figures, TARGETS))
