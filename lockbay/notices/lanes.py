"""The lanes in which people are told: one for each recipient, and so many at once.

Those by Telegram and those by mail take no room from each other: while one of both is slow or away, and takes a minute
for each, the other has to go on. Nor do those that Telegram gives no answer, up to a bound: what it accepts and does
not answer is known when it has a lane, and half a minute may pass until it is given up.
"""

from __future__ import annotations

import math
from typing import Final

import trio
from attrs import define, field

LANES: Final = 32  # recipients at once by Telegram
MAILS: Final = 8  # and by mail
AGAIN: Final = 0.75  # of either for what was tried before: it is older, and who is never reached would keep all lanes
SLOW: Final = 2.0  # s without an answer of Telegram: usual are 0.05 to 0.3
HANGING: Final = 64  # recipients who wait longer than that, beside the others: each has a connection


@define(eq=False)
class Lane:
    """What one recipient is told. `again`: it began with what was tried before; `asks_since`: when Telegram was asked
    to show what is being told (trio.current_time()).
    """

    by_mail: bool
    again: bool
    asks_since: float = math.inf


@define
class Room:
    """For so many lanes more; `again`: of what was tried before."""

    lanes: int
    again: int

    def take(self, *, again: bool) -> bool:
        """Whether there was room for one."""
        if self.lanes <= 0 or (again and self.again <= 0):
            return False
        self.lanes -= 1
        self.again -= again
        return True


@define
class Lanes:
    """Who has one."""

    of: dict[str, Lane] = field(factory=dict, init=False)

    def chats(self) -> Room:
        """Room for those by Telegram."""
        long_ago = trio.current_time() - SLOW
        hanging = sum(lane.asks_since <= long_ago for lane in self.of.values())
        return self._room(LANES, min(hanging, HANGING), by_mail=False)

    def mails(self) -> Room:
        """Room for those by mail."""
        return self._room(MAILS, 0, by_mail=True)

    def _room(self, most: int, beside: int, *, by_mail: bool) -> Room:
        again = [lane.again for lane in self.of.values() if lane.by_mail == by_mail]
        return Room(most + beside - len(again), int(most * AGAIN) - sum(again))
