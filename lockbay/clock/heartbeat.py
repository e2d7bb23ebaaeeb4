"""Whether people can act: written down every minute, so that nobody loses a deadline to an outage.

    people act ── written ── written ─ ✗ ······ nobody can ······ ✓ written: open trades get all this time back
                                       the clock acts upon none        portion by portion, then it acts again

The database away, this service dead, or Telegram not answering: it is one gap between two times that were written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar, Final

import structlog
from attrs import frozen

from lockbay.errors import OutcomeUnknown, Unavailable
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement
from lockbay.wallclock import WallClock

PERIOD: Final = timedelta(minutes=1)
SILENCE: Final = 120.0  # s without an answer of Telegram, as /health has it: nobody reaches us by then
log = structlog.get_logger()


@frozen
class Given:
    """A time in which nobody could act. `is_over`: all open trades have it back; else only the first have."""

    since: datetime
    until: datetime
    is_over: bool


@frozen
class Beat(Statement[Given | None]):
    """People can act now. Answers as GiveBack, which it does first; repeated, it gives nothing twice."""

    file: ClassVar[str] = "clock/beat"


@frozen
class GiveBack(Statement[Given | None]):
    """Gives the next open trades a time in which nobody could act, each once; None: all have what they are owed."""

    file: ClassVar[str] = "clock/give_back"


class Heartbeat:
    """`silence`: for how many seconds Telegram has not answered; None: it never has."""

    def __init__(self, database: Database, clock: WallClock, silence: Callable[[], float | None]) -> None:
        self._database = database
        self._clock = clock
        self._silence = silence
        self._beaten: datetime | None = None

    async def begin(self) -> None:
        """At a start, before anybody is told that it is too late for what they did meanwhile. What fails now, the clock
        makes up for before it acts.
        """
        try:
            await self.beat()
        except (Unavailable, OutcomeUnknown) as error:
            log.warning("heartbeat_waits_for_database", reason=str(error))

    async def keep(self) -> None:
        """Before the clock acts: writes it down if it is time to, and people can act. Raises as the database."""
        silence = self._silence()
        is_reached = silence is not None and silence < SILENCE
        if is_reached and (self._beaten is None or abs(self._clock.now() - self._beaten) >= PERIOD):
            await self.beat()

    async def beat(self) -> None:
        """Writes it down, and gives back what is owed. Raises as the database."""
        now = self._clock.now()
        given = await self._database.run(Beat())
        self._beaten = now
        if given is not None:
            _report(given)
            await give_back(self._database)


async def give_back(database: Database) -> None:
    """Until all open trades have the time that they are owed. Raises as the database, and may be cancelled: whoever has
    it keeps it, and the others get it the next time.
    """
    while (given := await database.run(GiveBack())) is not None:
        _report(given)


def _report(given: Given) -> None:
    if given.is_over:
        seconds = round((given.until - given.since).total_seconds())
        log.warning("outage_given_back", since=given.since.isoformat(), seconds=seconds)
