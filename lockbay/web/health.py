"""Whether LockBay works, as far as it can tell from the inside.

Alive is who answers at all (/health/live): nothing is looked at, so that no supervisor kills a service because its
database is away. Ready is who can serve people (/health): looked at every few seconds, and told out of memory.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final, TypeAlias

import trio
from attrs import evolve, frozen
from prometheus_client import Gauge

from lockbay.errors import LockBayError
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement
from lockbay.wallclock import WallClock

POLLER: Final = timedelta(seconds=120)  # it gives up and starts anew after 20 to 90 s of silence
INBOX: Final = timedelta(minutes=5)
OUTBOX: Final = timedelta(minutes=15)  # a chat may be held by Telegram for a while
PERIOD: Final = 3.0  # s between two looks
BOUND: Final = 6.0  # s for one: whoever has to wait longer for a connection cannot serve people either
OLD: Final = 15.0  # s: what was seen longer ago says nothing any more

INBOX_AGE = Gauge("lockbay_inbox_oldest_seconds", "For how long the oldest update waits")
OUTBOX_AGE = Gauge("lockbay_outbox_oldest_seconds", "For how long the oldest notice is due")
READY = Gauge("lockbay_ready", "1 while /health says 200")


@frozen
class Waiting:
    """Since when the oldest update and the oldest notice wait; None: none does."""

    inbox_since: datetime | None
    outbox_since: datetime | None


@frozen
class GetWaiting(Statement[Waiting]):
    """`held`: of whom it is known what they wait for."""

    file: ClassVar[str] = "web/waiting"
    held: list[int]


@frozen
class Health:
    """`poller`: how long ago Telegram last answered the poller; None: it never has. It counts only if we poll at all.
    `inbox` and `outbox`: for how long their oldest row has been due; None: nothing waits, or nobody can tell.
    `standby`: another service serves, and this one waits for its end. `writes`: PostgreSQL has refused none of late.
    """

    database: bool
    polls: bool
    poller: timedelta | None
    inbox: timedelta | None
    outbox: timedelta | None
    standby: bool = False
    writes: bool = True


UNSEEN: Final = Health(database=False, polls=False, poller=None, inbox=None, outbox=None)
Examine: TypeAlias = Callable[[], Awaitable[Health]]


def complaints(health: Health) -> list[str]:
    """What is wrong; nothing when LockBay is healthy."""
    found = ["standby"] if health.standby else []
    if not health.database:
        found.append("database")
    if not health.writes:
        found.append("writes")
    if health.polls and (health.poller is None or health.poller > POLLER):
        found.append("poller")
    if health.inbox is not None and health.inbox > INBOX:
        found.append("inbox")
    if health.outbox is not None and health.outbox > OUTBOX:
        found.append("outbox")
    return found


def report(health: Health) -> Mapping[str, object]:
    """As /health says it, with ages in seconds."""
    wrong = complaints(health)
    return {
        "status": "unhealthy" if wrong else "healthy",
        "wrong": wrong,
        "database": health.database,
        "poller_seconds": _seconds(health.poller),
        "oldest_inbox_seconds": _seconds(health.inbox),
        "oldest_outbox_seconds": _seconds(health.outbox),
    }


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else round(age.total_seconds(), 3)


def examination(
    database: Database,
    clock: WallClock,
    poller_age: Callable[[], float | None] | None,
    held: Callable[[], list[int]] = list,
) -> Examine:
    """Examines the database and its rows. Never raises; bounded by the database's own limits.

    `poller_age`: for how many seconds Telegram has not answered getUpdates; without it nobody polls. `held`: people
    whose updates wait because Telegram takes nothing for a chat: that is no trouble of ours, and anybody can bring it
    about.
    """

    async def examine() -> Health:
        waiting = await _waiting(database, held())
        now = clock.now()
        return Health(
            database=waiting is not None,
            polls=poller_age is not None,
            poller=_duration(poller_age() if poller_age else None),
            inbox=_age(waiting.inbox_since, now) if waiting else None,
            outbox=_age(waiting.outbox_since, now) if waiting else None,
            writes=database.takes_writes,
        )

    return examine


def standing_by(examine: Examine) -> Examine:
    """The same, of a service that waits for its turn."""

    async def stand_by() -> Health:
        return evolve(await examine(), standby=True)

    return stand_by


class Watch:
    """Looks by itself, so that whoever asks is answered at once: under load an examination of its own took 129 ms,
    nearly all of it waiting for a connection; and nobody can load the database by asking.
    """

    def __init__(self, look: Examine, poller_age: Callable[[], float | None] | None = None) -> None:
        self._look = look
        self._poller_age = poller_age
        self._seen = UNSEEN
        self._seen_at = -math.inf

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Looks for ever; reports as started after the first look. Cancel it at any time."""
        while True:
            with trio.move_on_after(BOUND):
                self._seen, self._seen_at = await self._look(), trio.current_time()
            READY.set(not complaints(await self.examine()))
            INBOX_AGE.set(_gauged(self._seen.inbox))
            OUTBOX_AGE.set(_gauged(self._seen.outbox))
            task_status.started()
            task_status = trio.TASK_STATUS_IGNORED
            await trio.sleep(PERIOD)

    async def examine(self) -> Health:
        """What was seen last; without a look for too long the database counts as away."""
        seen = self._seen
        if trio.current_time() - self._seen_at > OLD:
            seen = evolve(seen, database=False)
        if self._poller_age is None:
            return seen
        return evolve(seen, polls=True, poller=_duration(self._poller_age()))


def _gauged(age: timedelta | None) -> float:
    return 0.0 if age is None else age.total_seconds()


async def _waiting(database: Database, held: list[int]) -> Waiting | None:
    if not await database.is_alive():
        return None
    try:
        return await database.run(GetWaiting(held))
    except LockBayError:
        return None


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _age(since: datetime | None, now: datetime) -> timedelta | None:
    return None if since is None else max(now - since, timedelta())
