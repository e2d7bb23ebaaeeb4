"""Notices that were over long ago are deleted: sql/outbox/forget.sql says why none of them can come again."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final, NoReturn

import structlog
import trio

from lockbay.lookout import Lookout
from lockbay.notices.records import ForgetNotices
from lockbay.postgres.database import Database
from lockbay.wallclock import WallClock

KEPT: Final = timedelta(days=90)
MOST: Final = 1000  # in one statement: some milliseconds, and nobody waits for its locks
PERIOD: Final = 3600.0  # s
PAUSE: Final = 0.1  # s between two batches
log = structlog.get_logger()


async def forget_old(database: Database, clock: WallClock, *, period: float = PERIOD) -> NoReturn:
    """Once now and once every period, for ever. What fails is made up for by the next time."""
    await Lookout("old notices", period).keep(partial(_forget, database, clock))


async def _forget(database: Database, clock: WallClock) -> None:
    """All that are old enough, a batch at a time."""
    while True:
        forgotten = await database.run(ForgetNotices(clock.now() - KEPT, MOST))
        if not forgotten:
            return
        log.info("notices_forgotten", notices=forgotten)
        await trio.sleep(PAUSE)
