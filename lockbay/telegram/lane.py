"""What waits to be sent to one chat."""

from __future__ import annotations

from collections import deque

from attrs import define, field

from lockbay.errors import TelegramUnavailable
from lockbay.telegram.parcel import Parcel


@define(eq=False)
class Lane:
    """One chat's parcels. Bulk goes when nothing else waits."""

    parcels: deque[Parcel] = field(factory=deque)
    bulk: deque[Parcel] = field(factory=deque)
    was_refused: bool = False  # with a 429

    def next(self) -> Parcel | None:
        while queue := self.parcels or self.bulk:
            parcel = queue.popleft()
            if not parcel.withdrawn:
                return parcel
        return None

    def abandon(self) -> None:
        """Whoever waits for a delivery must not wait for ever."""
        for parcel in (*self.parcels, *self.bulk):
            parcel.stopped(TelegramUnavailable("the courier was stopped"))

    def turn_away(self, why: TelegramUnavailable) -> None:
        """Who brings something is told to come again later; replies stay, in their order."""
        brought = [parcel for parcel in (*self.parcels, *self.bulk) if not parcel.is_reply]
        self.parcels = deque(parcel for parcel in self.parcels if parcel.is_reply)
        self.bulk.clear()
        for parcel in brought:
            parcel.stopped(why)
