"""How often somebody may: buckets that fill again with time. They are in memory: a restart forgives."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import ceil

import trio
from attrs import define, field, frozen


@frozen
class Allowance:
    """`burst` at once, and `per_minute` in the long run."""

    burst: int
    per_minute: float


@define(eq=False)
class Buckets:
    """One bucket for each key, of `most` keys at a time: the one that was asked for longest ago is forgotten."""

    allowance: Allowance
    most: int = 4096
    clock: Callable[[], float] = trio.current_time
    _levels: OrderedDict[bytes, tuple[float, float]] = field(factory=OrderedDict, init=False, repr=False)

    def wait(self, key: bytes) -> int:
        """In how many seconds the next one is granted; 0: now. Takes nothing."""
        rate = self.allowance.per_minute / 60
        return max(0, ceil((1 - self._level(key)) / rate))

    def take(self, key: bytes) -> int:
        """Takes one if there is one: 0. Else in how many seconds there is."""
        seconds = self.wait(key)
        if not seconds:
            self._put(key, self._level(key) - 1)
        return seconds

    def _level(self, key: bytes) -> float:
        level, at = self._levels.get(key, (float(self.allowance.burst), self.clock()))
        return min(float(self.allowance.burst), level + (self.clock() - at) * self.allowance.per_minute / 60)

    def _put(self, key: bytes, level: float) -> None:
        self._levels[key] = (level, self.clock())
        self._levels.move_to_end(key)
        if len(self._levels) > self.most:
            self._levels.popitem(last=False)
