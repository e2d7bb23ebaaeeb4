"""Disputes that nobody decides: the staff is told of each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Final, NoReturn

import structlog
from attrs import frozen

from lockbay.lookout import Lookout, one_of_many
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Statement
from lockbay.wallclock import WallClock

PERIOD: Final = 60.0  # s between two looks
LONGEST: Final = timedelta(hours=24)  # from its opening
log = structlog.get_logger()


@frozen
class Waiting:
    """A dispute that waits, and its trade."""

    id: int
    trade_id: int


@frozen
class WaitingDisputes(Statement[list[Waiting]]):
    """At most 100 that were opened before `since`, are open, and were not told of; the oldest first."""

    file: ClassVar[str] = "disputes/waiting"
    since: datetime


@frozen
class AlertDispute(Operation[bool]):
    """Tells support and the owners of one, and answers whether it was still to be told."""

    file: ClassVar[str] = "disputes/alert"
    trade_id: int


async def tell_waiting(database: Database, clock: WallClock) -> None:
    """Tells the staff of all that wait too long by now, once each, whoever else does so. Raises what the database
    raises when it is away.
    """
    for each in await database.run(WaitingDisputes(clock.now() - LONGEST)):
        with one_of_many("dispute_not_told_of", trade_id=each.trade_id):
            if await database.perform(AlertDispute(each.trade_id), f"dispute_waits.{each.id}") is True:
                log.warning("dispute_waits", trade_id=each.trade_id)


async def watch_disputes(database: Database, clock: WallClock, *, period: float = PERIOD) -> NoReturn:
    """Now and every period, for ever. What failed is told the next time. Cancel it at any time."""
    await Lookout("disputes", period).keep(partial(tell_waiting, database, clock))
