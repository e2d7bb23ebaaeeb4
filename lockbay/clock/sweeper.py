"""The clock: once a second it asks for everything that is due, in one statement, and does it.

What fires is a row, and each timer's operation has a request key: whatever is restarted, and however many clocks there
are, it happens once. A clock keeps nothing that is lost with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import structlog
import trio
from prometheus_client import Counter, Histogram

from lockbay.actors.update import DeadlinePassed
from lockbay.areas.trades.timers import DueReminder, DueTimer
from lockbay.clock.heartbeat import give_back
from lockbay.clock.records import AskDue, Due, ForgetConversations, PassedDeadline
from lockbay.errors import OutcomeUnknown, Unavailable
from lockbay.lookout import Lookout
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.wallclock import WallClock

PERIOD: Final = 1.0  # s between two looks
MOST: Final = 100  # of each kind in one statement
AGE: Final = timedelta(hours=24)  # of an idle conversation, until it is over
# What failed, or was handed to an actor who may need its time, comes again after this.
ASIDE: Final = timedelta(seconds=10)

FIRED = Counter("lockbay_timers", "Timers that came due, by what they did", ["kind", "outcome"])
LATENESS = Histogram(
    "lockbay_timer_lateness_seconds",
    "From the deadline to the clock acting on it",
    ["kind"],
    buckets=(1, 2, 5, 10, 30, 60, 300, 3600, 86400),
)
log = structlog.get_logger()

Post: TypeAlias = Callable[[int, DeadlinePassed], None]  # Router.deadline
Keep: TypeAlias = Callable[[], Awaitable[None]]  # Heartbeat.keep


async def sweep(database: Database, clock: WallClock, post: Post, keep: Keep) -> None:
    """Runs a Sweeper for ever. Cancel it at any time."""
    await Sweeper(database, clock, post, keep).run()


class Sweeper:
    """`post` gives an actor a passed deadline, and may lose it: the clock says so again while the row is there. `keep`
    comes before each look at what is due: nobody could act, and deadlines move, or they can, and it is written down.
    """

    def __init__(self, database: Database, clock: WallClock, post: Post, keep: Keep = trio.lowlevel.checkpoint) -> None:
        self._database = database
        self._clock = clock
        self._post = post
        self._keep = keep
        self._trades_aside: dict[int, datetime] = {}
        self._users_aside: dict[int, datetime] = {}

    async def run(self) -> None:
        """Ticks for ever, whatever goes wrong: the rows stay due."""
        await Lookout("clock", PERIOD).keep(self.tick)

    async def tick(self) -> None:
        """Does everything that is due by now. Raises what the database raises when it is away; nothing is lost."""
        self._take_back()
        while True:
            await self._keep()
            due = await self._database.run(self._question())
            await self._do(due)
            if due.owes_time:
                await give_back(self._database)
            elif max(map(len, (due.timers, due.reminders, due.deadlines, due.aged))) < MOST:
                return

    def _take_back(self) -> None:
        """Also what lies further ahead than anything is put: the clock was put back since."""
        now = self._clock.now()
        for aside in (self._trades_aside, self._users_aside):
            for key in [key for key, until in aside.items() if not now < until <= now + ASIDE]:
                del aside[key]

    def _question(self) -> AskDue:
        return AskDue(self._clock.now() - AGE, list(self._trades_aside), list(self._users_aside), MOST)

    async def _do(self, due: Due) -> None:
        for passed in due.deadlines:
            self._hand_over(passed)
        for timer in due.timers:
            await self._fire(timer)
        for reminder in due.reminders:
            await self._fire(reminder)
        if due.aged:
            await self._database.run(ForgetConversations(list(due.aged), self._clock.now() - AGE))
            FIRED.labels("conversation", "done").inc(len(due.aged))

    def _hand_over(self, passed: PassedDeadline) -> None:
        """The row is due until the actor's turn is settled, so it is left alone for a while."""
        self._observe("question", passed.deadline)
        self._users_aside[passed.user_id] = self._clock.now() + ASIDE
        self._post(passed.user_id, DeadlinePassed(passed.conversation, passed.question))
        FIRED.labels("question", "done").inc()

    async def _fire(self, timer: DueTimer | DueReminder) -> None:
        """One after the other: the clock leaves the database's connections to people.

        A timer that fails is put aside, so that it holds up none of the others, and tried again later.
        """
        self._trades_aside[timer.trade_id] = self._clock.now() + ASIDE
        try:
            outcome = await self._database.perform(timer.operation, timer.key)
        except (Unavailable, OutcomeUnknown):
            raise
        except Exception:
            FIRED.labels(timer.kind, "failed").inc()
            log.exception("timer_failed", timer=timer.key)
            return
        self._observe(timer.kind, timer.due_at)
        if isinstance(outcome, Refused):  # somebody was faster
            FIRED.labels(timer.kind, "refused").inc()
            log.info("timer_refused", timer=timer.key, reason=outcome.reason)
            return
        FIRED.labels(timer.kind, "done").inc()
        del self._trades_aside[timer.trade_id]

    def _observe(self, kind: str, due_at: datetime) -> None:
        LATENESS.labels(kind).observe((self._clock.now() - due_at).total_seconds())
