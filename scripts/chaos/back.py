"""How long LockBay is away after a kill: until a button is answered that was pressed while it was dead.

Beside that stands what tells the service from the tool that measures it: how long a button takes when nothing was
killed, under the same load; when the service says that it serves, by its own clock; what CPU it took until then; and
how far this process was behind itself.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import trio
from attrs import define, field

from scripts.chaos.service import Service
from scripts.report import Figure

TICK: Final = 0.05  # s between two looks at how far this process is behind


@define
class Back:
    """All in seconds. `after`: by who was killed; `killed`: when a service was, since the epoch."""

    after: dict[str, list[float]] = field(factory=lambda: {"service": [], "postgres": []})
    calm: list[float] = field(factory=list)
    killed: list[float] = field(factory=list)
    burnt: list[float] = field(factory=list)
    behind: float = 0.0

    @property
    def worst(self) -> float:
        return max(each for times in self.after.values() for each in times)

    async def keep_looking_at_itself(self) -> None:
        """For ever."""
        while True:
            due = trio.current_time() + TICK
            await trio.sleep_until(due)
            self.behind = max(self.behind, trio.current_time() - due)

    def was_killed(self, seconds: float) -> None:
        """So many seconds ago."""
        self.killed.append(time.time() - seconds)

    def serving(self, service: Service) -> list[float]:
        """From each kill until the next life served, as the log says."""
        told = [moment(entry) for entry in service.logged() if entry.get("event") == "serving"]
        later = [[each - killed for each in told if each >= killed] for killed in self.killed]
        return [min(each) for each in later if each]

    def figures(self, service: Service) -> dict[str, Figure]:
        return {
            **{f"a button is answered after a kill of {name}": spread(times) for name, times in self.after.items()},
            "a button is answered when nothing was killed": spread(self.calm),
            "serving after a kill, as its log says": spread(self.serving(service)),
            "CPU seconds of a new service until then, median": statistics.median(self.burnt),
            "seconds that this tool was held up, at worst": round(self.behind, 2),
        }


def moment(entry: Mapping[str, object]) -> float:
    return datetime.fromisoformat(str(entry["timestamp"])).timestamp()


def spread(times: Sequence[float]) -> str:
    return f"median {statistics.median(times):.2f} s, worst {max(times):.2f} s"
