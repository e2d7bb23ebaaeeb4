"""What ran a bench or the chaos, for whoever compares: the machine as it is, and how busy it was meanwhile."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Final

from attrs import define, field

from lockbay.postgres.programs import bundled

TICKS: Final = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")  # of /proc/stat, proc(5)


@define
class Machine:
    """Looked at when a run begins; `described` looks again, when it ends."""

    _load: tuple[float, ...] = field(factory=os.getloadavg, init=False)
    _ticks: dict[str, int] = field(factory=lambda: ticks(), init=False)

    def described(self) -> dict[str, str | int]:
        """In words. The load averages are of 1, 5 and 15 minutes; who ran meanwhile, we or others, they do not say."""
        spent = {name: count - self._ticks[name] for name, count in ticks().items()}
        every = max(1, sum(spent.values()))
        return {
            "cores": os.cpu_count() or 0,
            "CPU": cpu(),
            "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GB",
            "Python": platform.python_version(),
            "PostgreSQL": postgresql(),
            "kernel": f"{platform.system()} {platform.release()}",
            "load average at the start": _said(self._load),
            "load average at the end": _said(os.getloadavg()),
            "idle meanwhile": f"{100 * spent['idle'] / every:.0f} %",
            "taken by other guests of the host": f"{100 * spent['steal'] / every:.0f} %",
        }


def ticks() -> dict[str, int]:
    """CPU time of all cores since the machine was started, by what it was spent on."""
    line = Path("/proc/stat").read_text().split("\n", 1)[0]
    return dict(zip(TICKS, map(int, line.split()[1:]), strict=False))


def cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def postgresql() -> str:
    """The release that comes with the packages, which is the one that runs."""
    command = [bundled().path("postgres"), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[2]


def _said(load: tuple[float, ...]) -> str:
    return ", ".join(f"{each:.1f}" for each in load)
