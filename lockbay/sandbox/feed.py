"""What happens in the sandbox, numbered, for those who watch: the chat page, and tests that wait for something."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final, TypeVar

import trio
from attrs import frozen

from lockbay.sandbox.journal import Counters
from lockbay.sandbox.wire import Json, Object

KEPT: Final = 5000
RESERVED: Final = 1000  # event numbers a restart may skip

T = TypeVar("T")


@frozen
class Event:
    """`person` is whose chat it happened in; None concerns everybody."""

    number: int
    kind: str
    person: int | None
    data: Json

    def as_json(self) -> Object:
        return {"event": self.number, "kind": self.kind, "person": self.person, "data": self.data}


class Feed:
    """The last events, in order. Numbers rise over restarts; the events themselves are not kept."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._lot = trio.lowlevel.ParkingLot()
        self.latest = self._reserved = counters.next("event", 1, RESERVED)

    def tell(self, kind: str, person: int | None, data: Json) -> int:
        """Number the event, keep it, wake who waits."""
        if self.latest >= self._reserved + RESERVED - 1:
            self._reserved = self._counters.next("event", 1, RESERVED)
        self.latest += 1
        self._events.append(Event(self.latest, kind, person, data))
        self._lot.unpark_all()
        return self.latest

    def since(self, after: int) -> list[Event]:
        """Events with higher numbers, oldest first."""
        found = []
        for event in reversed(self._events):
            if event.number <= after:
                break
            found.append(event)
        return found[::-1]

    async def changed(self, after: int) -> list[Event]:
        """Events after that number; waits until there are some."""
        while self.latest <= after:
            await self._lot.park()
        return self.since(after)

    async def follow(self, after: int) -> AsyncGenerator[Event, None]:
        """Every event after that number, without end. Whoever takes them slowly misses none of those that are kept."""
        while True:
            events = await self.changed(after)
            after = self.latest  # now: what is told while these are being taken is the next round's
            for event in events:
                yield event

    async def first(self, after: int, pick: Callable[[Event], T | None]) -> T:
        """The first thing that `pick` finds in the events after that number; waits for it without end."""
        while True:
            for event in await self.changed(after):
                if (found := pick(event)) is not None:
                    return found
                after = event.number
            after = max(after, self.latest)
