"""kill -9 of the service and of PostgreSQL while providers tell of payments.

The senders do as providers do: an event is told again until it is acknowledged (200); some are told twice, at the same
time by two connections, or late. Afterwards every acknowledged payment must have been applied once, or be unapplied.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from decimal import Decimal
from functools import partial
from typing import Final

import trio
from attrs import define, field, frozen

from lockbay.audit import Report
from lockbay.postgres import bridge
from scripts.deaths import kill_all
from scripts.webhooks.events import Event, events
from scripts.webhooks.senders import NOBODY, length
from scripts.webhooks.town import Service, Town, audited

SENDERS: Final = 8
TWICE, LATE = 0.1, 0.1  # how many are told by two connections at once, and how many again at the end
PAUSE: Final = 0.05  # s before an event is told again
PATIENCE: Final = 60.0  # s for all to be acknowledged in the end
ANSWER: Final = 10.0
WORST: Final = 5.0  # s until the service is back
BETWEEN: Final = 10  # payments that are acknowledged before each kill, however slow the machine is
APPLIED: Final = """
SELECT e.event_id, count(*) FILTER (WHERE e.moved <> 0 OR x.id IS NOT NULL) AS times,
    sum(e.moved + coalesce(x.amount, 0)) AS amount
FROM provider_events e LEFT JOIN unapplied x ON x.event_id = e.id
GROUP BY e.event_id
"""


@frozen
class Survived:
    """What is left. `wrong`: payments that were not applied exactly once; `back`: s from each start to the next 200."""

    acknowledged: int
    told: int
    statuses: Counter[int]
    back: tuple[float, ...]
    wrong: tuple[str, ...]
    report: Report

    @property
    def passed(self) -> bool:
        return not self.wrong and self.report.passed and max(self.back, default=0.0) < WORST


@define
class Storm:
    """Providers that tell, and what they were answered."""

    town: Town
    chance: random.Random
    told: dict[str, Event] = field(factory=dict)
    acknowledged: Counter[str] = field(factory=Counter)
    statuses: Counter[int] = field(factory=Counter)
    late: list[Event] = field(factory=list)
    news: trio.Event = field(factory=trio.Event)  # set by the next 200

    async def send(self, fresh: Iterator[Event], over: trio.Event) -> None:
        while not over.is_set():
            event = next(fresh)
            self.told[event.id] = event
            copies = 2 if self.chance.random() < TWICE else 1
            async with trio.open_nursery() as nursery:
                for _ in range(copies):
                    nursery.start_soon(self.tell, event)
            if self.chance.random() < LATE:
                self.late.append(event)

    async def tell(self, event: Event) -> None:
        """Until it is acknowledged."""
        while (status := await self._ask(self.town.secrets.request(event))) != 200:
            self.statuses[status] += 1
            await trio.sleep(PAUSE)
        self.statuses[status] += 1
        self.acknowledged[event.id] += 1
        self.news.set()

    async def _ask(self, request: bytes) -> int:
        """The answer's status, on a connection of its own."""
        answer = b""
        try:
            with trio.fail_after(ANSWER):
                async with await trio.open_tcp_stream(*self.town.service.address) as stream:
                    await stream.send_all(request)
                    async with aclosing(stream.__aiter__()) as pieces:
                        async for piece in pieces:
                            answer += piece
                            head, end, body = answer.partition(b"\r\n\r\n")
                            if end and len(body) >= length(head):
                                return int(answer[9:12])
        except (OSError, trio.BrokenResourceError, trio.TooSlowError):
            return NOBODY
        return NOBODY

    async def acknowledges(self, count: int) -> None:
        """So many payments more."""
        enough = len(self.acknowledged) + count
        while len(self.acknowledged) < enough:
            await self.answers(0.0)

    async def answers(self, since: float) -> float:
        """How long it took from `since` to the next acknowledgement."""
        self.news = trio.Event()
        await self.news.wait()
        return time.monotonic() - since


async def storm(town: Town, kills: int, chance: random.Random) -> Survived:
    """So many kills of each, at moments by chance, under load."""
    playing = Storm(town, chance)
    fresh = iter(events(town.places, 200_000, f"storm{chance.randrange(10**9)}", chance))
    over, back = trio.Event(), list[float]()
    async with trio.open_nursery() as nursery:
        for _ in range(SENDERS):
            nursery.start_soon(playing.send, fresh, over)
        victims = ["service", "postgres"] * kills
        for victim in victims:
            await playing.acknowledges(BETWEEN)
            await trio.sleep(chance.uniform(0.05, 1.5))  # the moment of the kill
            back.append(await kill(playing, victim))
        over.set()
        with trio.fail_after(PATIENCE):
            async with trio.open_nursery() as late:
                for event in playing.late:
                    late.start_soon(playing.tell, event)
    return await survived(playing, tuple(back))


async def kill(playing: Storm, victim: str) -> float:
    """How long nobody was answered after it was started again."""
    if victim == "service":
        service: Service = playing.town.service
        await trio.to_thread.run_sync(service.kill)
        since = time.monotonic()
        await trio.to_thread.run_sync(service.start)
        return await playing.answers(since)
    await trio.to_thread.run_sync(kill_all, playing.town.server)
    await trio.to_thread.run_sync(playing.town.server.start)
    return await playing.answers(time.monotonic())


async def survived(playing: Storm, back: tuple[float, ...]) -> Survived:
    """Compares what was acknowledged with the rows."""
    async with bridge.open_connection(playing.town.url) as connection:
        rows = {row["event_id"]: (row["times"], row["amount"]) for row in await connection.fetch(APPLIED)}
    wrong = [
        f"{name}: acknowledged {playing.acknowledged[name]} times, applied {rows.get(name)}, worth {event.place.value}"
        for name, event in playing.told.items()
        if not is_right(playing.acknowledged[name], rows.get(name), event.place.value)
    ]
    wrong += [f"{name}: told by nobody" for name in rows.keys() - playing.told.keys()]
    report = await audited(playing.town.url)
    acknowledged = len(playing.acknowledged)
    return Survived(acknowledged, sum(playing.acknowledged.values()), playing.statuses, back, tuple(wrong), report)


def is_right(acknowledged: int, applied: tuple[int, Decimal] | None, worth: Decimal) -> bool:
    """All were told until they were acknowledged."""
    return acknowledged > 0 and applied == (1, worth)


def play(town: Town, kills: int, seed: int) -> Survived:
    return trio.run(partial(storm, town, kills, random.Random(seed)))
