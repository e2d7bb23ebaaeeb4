"""What the local providers tell the service: one queue of deliveries for all, in order, repeated until taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Final, Protocol, TypeAlias

import httpx
import trio
from attrs import evolve, frozen

from lockbay.sandbox.feed import Feed
from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.ways import Telling
from lockbay.sandbox.wire import Object, present

PATIENCE: Final = 30.0  # seconds for an answer: BlockBee's; DynoPay's is 15 to 20
Line: TypeAlias = tuple[str, str]


@frozen
class Delivery:
    """One thing to be told, until it is taken or given up: when it is due, and what came of the tries.

    `uuid` names the payment. `copy` says to which of several URLs. Deliveries of one payment and copy form a line.
    """

    id: int
    uuid: str
    pending: bool
    due: float
    tries: int = 0
    done: float | None = None
    last: str = ""
    provider: str = "blockbee"
    event: str = ""
    copy: str = ""
    forged: bool = False
    failed: bool = False

    @property
    def name(self) -> str:
        return self.event or ("pending" if self.pending else "confirmed")

    @property
    def line(self) -> Line:
        return self.uuid, self.copy

    @property
    def open(self) -> bool:
        return self.done is None and not self.failed

    def known(self, now: float) -> bool:
        """Whether what it tells has happened by now: then it is known to whoever asks, too."""
        return self.tries > 0 or self.due <= now

    def as_json(self) -> Object:
        named: Object = {"id": self.id, "uuid": self.uuid, "provider": self.provider, "event": self.name}
        state: Object = {"pending": self.pending, "tries": self.tries, "due": self.due}
        return {**named, **state, **present(done=self.done, last=self.last, copy=self.copy, failed=self.failed)}


class Verdict(Enum):
    """What a provider makes of an answer."""

    TAKEN = "taken"
    AGAIN = "again"
    NEVER = "never"


class Teller(Protocol):
    """A provider, as far as it tells of payments."""

    @property
    def name(self) -> str: ...

    def request(self, delivery: Delivery) -> httpx.Request | str:
        """What is sent now; or in words why nothing is, and then nothing ever will."""

    def verdict(self, delivery: Delivery, status: int, text: str) -> Verdict: ...

    def pause(self, tries: int) -> float | None:
        """Seconds until the next try after so many; None when that was the last."""


class Callbacks:
    """Deliveries in the order of each line, due ones at once, lines beside each other. Survives restarts."""

    def __init__(self, journal: Journal, counters: Counters, feed: Feed, clock: Callable[[], float]) -> None:
        self._table = journal.table("delivery", Delivery)
        self._counters, self._feed, self._clock = counters, feed, clock
        self._lot = trio.lowlevel.ParkingLot()
        self._open = {delivery.id: delivery for delivery in self._table if delivery.open}
        self._busy: set[Line] = set()
        self._numbers: dict[str, list[int]] = {}
        for delivery in self._table:
            self._numbers.setdefault(delivery.uuid, []).append(delivery.id)

    def plan(self, provider: str, uuid: str, tellings: Iterable[Telling], copies: Iterable[str] = ("",)) -> int:
        """Tell of a payment, each copy in that order. Gives how many deliveries that makes."""
        planned = [(telling, copy) for copy in copies for telling in tellings]
        for telling, copy in planned:
            number = self._counters.next("delivery")
            delivery = Delivery(number, uuid, telling.pending, telling.due, provider=provider, event=telling.event)
            self._keep(evolve(delivery, copy=copy, forged=telling.forged))
            self._numbers.setdefault(uuid, []).append(number)
        self._lot.unpark_all()
        return len(planned)

    def hurry(self, uuid: str) -> int:
        """All that is open for that payment is due now. Gives their number. Looks at the clock in any case."""
        waiting = [delivery for delivery in self.of(uuid) if delivery.open]
        for delivery in waiting:
            self._keep(evolve(delivery, due=self._clock()))
        self._lot.unpark_all()
        return len(waiting)

    def of(self, uuid: str) -> list[Delivery]:
        return [found for number in self._numbers.get(uuid, ()) if (found := self._table.get(number))]

    async def run(self, tellers: Iterable[Teller]) -> None:
        """Deliver until cancelled. One that answers slowly holds up nobody else."""
        named = {teller.name: teller for teller in tellers}
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client, trio.open_nursery() as nursery:
            while True:
                for delivery in self._due():
                    self._busy.add(delivery.line)
                    nursery.start_soon(self._try, client, delivery, named[delivery.provider])
                await self._until_due()

    def _due(self) -> list[Delivery]:
        """Of each line only its first: confirmed is not told beside pending, but after it."""
        first: dict[Line, Delivery] = {}
        for delivery in self._waiting():
            if delivery.due <= self._clock():
                first.setdefault(delivery.line, delivery)
        return list(first.values())

    def _waiting(self) -> list[Delivery]:
        return [self._open[number] for number in sorted(self._open) if self._open[number].line not in self._busy]

    async def _until_due(self) -> None:
        due = min((delivery.due for delivery in self._waiting()), default=math.inf)
        with trio.move_on_after(max(0.0, due - self._clock())):
            await self._lot.park()

    async def _try(self, client: httpx.AsyncClient, delivery: Delivery, teller: Teller) -> None:
        try:
            request = teller.request(delivery)
            if isinstance(request, str):
                tried = evolve(delivery, last=request, failed=True)
            else:
                tried = self._judged(delivery, teller, *await _send(client, request))
            self._keep(tried)
            self._feed.tell("payment", None, tried.as_json())
        finally:
            self._busy.discard(delivery.line)
            self._lot.unpark_all()

    def _judged(self, delivery: Delivery, teller: Teller, status: int, text: str) -> Delivery:
        tried = evolve(delivery, tries=delivery.tries + 1, last=f"{status} {text}" if status else text)
        verdict = teller.verdict(delivery, status, text)
        if verdict is Verdict.TAKEN:
            return evolve(tried, done=self._clock())
        pause = teller.pause(tried.tries)
        if delivery.forged or verdict is Verdict.NEVER or pause is None:
            return evolve(tried, failed=True)
        return evolve(tried, due=self._clock() + pause)

    def _keep(self, delivery: Delivery) -> None:
        self._table.put(delivery.id, delivery)
        if delivery.open:
            self._open[delivery.id] = delivery
        else:
            self._open.pop(delivery.id, None)


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> tuple[int, str]:
    """Status and text of the answer; status 0 and what went wrong when there was none."""
    try:
        with trio.fail_after(PATIENCE):
            response = await client.send(request)
    except (httpx.HTTPError, trio.TooSlowError) as error:
        return 0, f"{type(error).__name__}: {error}"[:200]
    return response.status_code, response.text[:100]


def post(url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Request:
    """A webhook with a JSON body."""
    return httpx.Request("POST", url, content=body, headers={"content-type": "application/json", **headers})
