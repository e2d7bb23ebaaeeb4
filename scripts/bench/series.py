"""What the service counts while it is under load, read from its /metrics: was its event loop held?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from typing import Final, TypeAlias

from attrs import Factory, define

from scripts import beside
from scripts.report import Figure

Address: TypeAlias = tuple[str, int]
Series: TypeAlias = Mapping[str, float]  # by name and labels, as they are written

PERIOD: Final = 1.0  # s between two looks
LAG: Final = "lockbay_loop_lag_seconds"
LATE: Final = "0.01"  # s: the bucket's bound
HELD: Final = 'lockbay_loop_held_total{by="code"}'
WAITED: Final = 'lockbay_loop_held_total{by="waited"}'
STARTED: Final = "process_start_time_seconds"


def read(address: Address) -> Series:
    """Raises like beside.page."""
    lines = beside.page(address, "/metrics").splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


@define
class Watched:
    """The first and the last look at each process that served at an address."""

    first: dict[float, Series] = Factory(dict)
    last: dict[float, Series] = Factory(dict)

    def saw(self, series: Series) -> None:
        self.first.setdefault(series[STARTED], series)
        self.last[series[STARTED]] = series

    def grew(self, name: str) -> float:
        """What a counter has counted in between, of all processes together."""
        return sum(series.get(name, 0) - self.first[at].get(name, 0) for at, series in self.last.items())

    def loop(self) -> dict[str, Figure]:
        """How long a sleeping task waited for the loop, and which passes were too long."""
        naps = self.grew(f"{LAG}_count")
        late = naps - self.grew(f'{LAG}_bucket{{le="{LATE}"}}')
        return {
            "loop: mean lag ms": self.grew(f"{LAG}_sum") / naps * 1000 if naps else 0.0,
            "loop: naps over 10 ms late": f"{late:.0f} of {naps:.0f}",
            "loop: passes over 10 ms by our code": self.grew(HELD),
            "loop: passes over 10 ms, waiting for a processor": self.grew(WAITED),
        }


@contextmanager
def watched(address: Address) -> Iterator[Watched]:
    """Looks every second from a thread of its own, whoever serves there, or nobody."""
    found = Watched()

    def look() -> None:
        with suppress(OSError, HTTPException):
            found.saw(read(address))

    with beside.repeated(look, PERIOD):
        yield found
