"""How long to wait before trying again."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define


@define
class Backoff:
    """Doubles from `first` to `cap` seconds; each pause is half of that or more, at random, so that many do not return
    in step. `random` gives a float from 0 to 1."""

    random: Callable[[], float]
    first: float = 0.5
    cap: float = 30.0
    failures: int = 0

    def pause(self) -> float:
        """Seconds to wait after one more failure."""
        whole = min(self.cap, self.first * 2.0 ** min(self.failures, 32))
        self.failures += 1
        return whole * (0.5 + self.random() / 2)

    def reset(self) -> None:
        self.failures = 0
