"""How long a load lasts: seconds are the machine's, and what a run has to show is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import trio
from attrs import frozen

PATIENCE: Final = 60.0  # s more, for what it has to show
LOOK: Final = 0.1  # s between two looks


@frozen
class Span:
    """Until `ends`, by trio's clock; and, on a machine so slow that there is not `enough` by then, until there is, but
    no longer than PATIENCE more.
    """

    ends: float
    enough: Callable[[], bool]

    @classmethod
    def of(cls, seconds: float, enough: Callable[[], bool]) -> Span:
        return cls(trio.current_time() + seconds, enough)

    def is_over(self) -> bool:
        now = trio.current_time()
        return now >= self.ends and (self.enough() or now >= self.ends + PATIENCE)

    async def over(self) -> None:
        await trio.sleep_until(self.ends)
        while True:
            if self.is_over():
                return
            await trio.sleep(LOOK)
