"""Cash-outs that do not end: the staff is told of each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Final, NoReturn

import structlog
from attrs import frozen

from lockbay.lookout import Lookout, one_of_many
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused, Statement
from lockbay.wallclock import WallClock

PERIOD: Final = 60.0  # s between two looks
LONGEST: Final = timedelta(hours=1)  # from the request, or the last decision of the staff
log = structlog.get_logger()


@frozen
class Stuck:
    """A cash-out, and the request key under which the staff is told of it once."""

    id: int
    key: str


@frozen
class StuckCashouts(Statement[list[Stuck]]):
    """At most 100 that were requested, decided about or claimed before `since`, have not ended, and were not told of:
    once, and once more for each claim.
    """

    file: ClassVar[str] = "cashout/stuck"
    since: datetime


@frozen
class TellStuck(Operation[str]):
    """Tells the staff of one, and answers its state. Refused: `wrong_state` (it has ended meanwhile)."""

    file: ClassVar[str] = "cashout/tell_stuck"
    cashout_id: int


async def tell_stuck(database: Database, clock: WallClock) -> None:
    """Tells the staff of all that are stuck by now, once each, whoever else does so. Raises what the database raises
    when it is away.
    """
    for stuck in await database.run(StuckCashouts(clock.now() - LONGEST)):
        with one_of_many("payout_not_told_of", cashout_id=stuck.id):
            if not isinstance(await database.perform(TellStuck(stuck.id), stuck.key), Refused):
                log.warning("payout_stuck", cashout_id=stuck.id)


async def watch_payouts(database: Database, clock: WallClock, *, period: float = PERIOD) -> NoReturn:
    """Now and every period, for ever. What failed is told the next time. Cancel it at any time."""
    await Lookout("stuck payouts", period).keep(partial(tell_stuck, database, clock))
