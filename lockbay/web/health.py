"""Whether LockBay works, as far as it can tell from the inside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final, TypeAlias

from attrs import frozen

from lockbay.errors import LockBayError
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement
from lockbay.wallclock import WallClock

POLLER: Final = timedelta(seconds=120)  # it gives up and starts anew after 90 s of silence
INBOX: Final = timedelta(minutes=5)
OUTBOX: Final = timedelta(minutes=15)  # a chat may be held by Telegram for a while


@frozen
class Waiting:
    """Since when the oldest update and the oldest notice wait; None: none does."""

    inbox_since: datetime | None
    outbox_since: datetime | None


@frozen
class GetWaiting(Statement[Waiting]):
    file: ClassVar[str] = "web/waiting"


@frozen
class Health:
    """`poller`: how long ago Telegram last answered the poller; None: it never has. It counts only if we poll at all.
    `inbox` and `outbox`: for how long their oldest row has been due; None: nothing waits, or nobody can tell.
    """

    database: bool
    polls: bool
    poller: timedelta | None
    inbox: timedelta | None
    outbox: timedelta | None


Examine: TypeAlias = Callable[[], Awaitable[Health]]


def complaints(health: Health) -> list[str]:
    """What is wrong; nothing when LockBay is healthy."""
    found = [] if health.database else ["database"]
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


def examination(database: Database, clock: WallClock, poller_age: Callable[[], float | None] | None) -> Examine:
    """Examines the database and its rows. Never raises; bounded by the database's own limits.

    `poller_age`: for how many seconds Telegram has not answered getUpdates; without it nobody polls.
    """

    async def examine() -> Health:
        waiting = await _waiting(database)
        now = clock.now()
        return Health(
            database=waiting is not None,
            polls=poller_age is not None,
            poller=_duration(poller_age() if poller_age else None),
            inbox=_age(waiting.inbox_since, now) if waiting else None,
            outbox=_age(waiting.outbox_since, now) if waiting else None,
        )

    return examine


async def _waiting(database: Database) -> Waiting | None:
    if not await database.is_alive():
        return None
    try:
        return await database.run(GetWaiting())
    except LockBayError:
        return None


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _age(since: datetime | None, now: datetime) -> timedelta | None:
    return None if since is None else max(now - since, timedelta())
