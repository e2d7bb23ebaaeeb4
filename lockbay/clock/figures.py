"""What waits for somebody, counted every half minute: what alarms are made of, whether or not the bot can tell them."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final, NoReturn

from attrs import asdict, frozen
from prometheus_client import Gauge

from lockbay.lookout import Lookout
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement

PERIOD: Final = 30.0  # s
WAITING = Gauge("lockbay_waiting", "What waits, and for whom: updates, notices, people and the staff", ["what"])
OLDEST = Gauge("lockbay_waiting_oldest_seconds", "For how long the oldest of what waits does", ["what"])


@frozen
class Figures:
    """How many of each there are now. Of cash-outs: `to_approve` and `by_hand` wait for the staff, `unknown` for an
    answer that nobody gave yet, `under_way` for a provider. `low_balances` are providers' pots.
    """

    updates: int
    notices: int
    dead_letters: int
    unapplied: int
    differences: int
    to_approve: int
    by_hand: int
    unknown: int
    under_way: int
    payout_alarms: int
    corrections: int
    disputes: int
    tickets: int
    low_balances: int


@frozen
class CountWaiting(Statement[Figures]):
    """Reads only what is open, by indexes: what is over costs nothing."""

    file: ClassVar[str] = "clock/figures"


@frozen
class Oldest:
    """For how many seconds the oldest of each waits, under the same names: that some wait is no trouble, that one waits
    for long is. 0: none does. `timers` wait for the clock, and are counted apart from it, as it may stand still.
    """

    unapplied: int
    differences: int
    to_approve: int
    by_hand: int
    unknown: int
    disputes: int
    timers: int


@frozen
class FindOldest(Statement[Oldest]):
    """As CountWaiting."""

    file: ClassVar[str] = "clock/oldest"


async def count(database: Database) -> None:
    """Once. Raises as the database."""
    for what, number in asdict(await database.run(CountWaiting())).items():
        WAITING.labels(what).set(number)
    for what, seconds in asdict(await database.run(FindOldest())).items():
        OLDEST.labels(what).set(seconds)


async def keep_figures(database: Database, *, period: float = PERIOD) -> NoReturn:
    """Now and every period, for ever. Cancel it at any time."""
    await Lookout("figures", period).keep(partial(count, database))
