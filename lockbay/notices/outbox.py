"""The outbox: tells people what the committed rows say. At least once.

A row is marked as soon as it is told; one that was told and not marked when the process died is told again. A
recipient's rows go out in order, one at a time; recipients do not wait for each other. One process at a time may run
this: it holds the lock of the service, as two would tell everything twice.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

import structlog
import trio
from attrs import evolve
from prometheus_client import Counter, Histogram

from lockbay.errors import OutcomeUnknown, Unavailable
from lockbay.notices.forget import forget_old
from lockbay.notices.lanes import Lane, Lanes
from lockbay.notices.marks import Mark, Marks
from lockbay.notices.records import DueNotice, DueNotices, NoticeFailed, NoticeHeld, NoticeUnknown
from lockbay.notices.teller import Later, Teller
from lockbay.patience import Wait
from lockbay.postgres.database import Database
from lockbay.postgres.text import storable
from lockbay.telegram.refusals import ChatHeld
from lockbay.wallclock import WallClock

PERIOD: Final = 3.0  # s between looks when there is no news: further attempts come due by themselves
MOST: Final = 200  # rows in one statement
EACH: Final = 3  # of them for each recipient that there is room for: those of the others are read in vain
BREATH: Final = 0.02  # s between two looks when there is much to tell: one finds what each of many would have
FIRST_WAIT: Final = timedelta(seconds=5)  # before the second attempt; doubled for each one after it
LONGEST_WAIT: Final = timedelta(minutes=15)
LIFETIME: Final = timedelta(days=3)  # older news are none
FEWEST: Final = 8  # tries, some 20 minutes, also of what is older when it is tried first: the staff has it told again

TOLD = Counter("lockbay_notices", "Notices that are over, by what they were told", ["by"])
for way in ("telegram", "email", "nobody", "unknown"):
    TOLD.labels(way)  # Prometheus sees no increase in what begins with the first of them
FAILED = Counter("lockbay_notice_failures", "Attempts that will be repeated", ["error"])
DELAY = Histogram(
    "lockbay_notice_delay_seconds",
    "From a notice being written to it being over",
    buckets=(0.05, 0.1, 0.5, 1, 5, 30, 300, 3600, 86400),
)
log = structlog.get_logger()


class Outbox:
    """`run` is its task; all else may be called beside it, in the same thread."""

    def __init__(self, database: Database, clock: WallClock, teller: Teller) -> None:
        self._database = database
        self._clock = clock
        self._teller = teller
        self._marks = Marks(database)
        self._wait = Wait("outbox")
        self._lanes = Lanes()
        self._looking = trio.Lock()
        self._runs = False
        self._news = 0  # counts, so that none is missed between a look and falling asleep
        self._sleepers = trio.lowlevel.ParkingLot()

    def told(self) -> None:
        """An operation has committed notices."""
        self._news += 1
        self._sleepers.unpark_all()

    async def run(self) -> None:
        """Tells for ever. Drain before cancelling it, or what is being told is told again after the restart."""
        if self._teller.mailer is None:
            log.warning("no_email_configured", setting="LOCKBAY_SMTP_URL")
        self._runs = True
        try:
            async with trio.open_nursery() as lanes:
                lanes.start_soon(forget_old, self._database, self._clock)
                await self._keep_looking(lanes)
        finally:
            self._runs = False

    async def _keep_looking(self, lanes: trio.Nursery) -> None:
        while True:
            seen = self._news
            if await self._look(lanes):
                await trio.sleep(BREATH)
                continue
            with trio.move_on_after(PERIOD):
                await self._sleep(seen)

    async def flush(self) -> None:
        """Tells all that is due now; returns once nothing is, and nobody is being told."""
        async with trio.open_nursery() as lanes:
            while True:
                seen = self._news
                if await self._look(lanes):
                    continue
                if not self._lanes.of and self._news == seen:  # else a lane ended while we looked past it
                    return
                await self._sleep(seen)

    async def drain(self, grace: float) -> None:
        """Flushes for at most so many seconds, at the end of the service, unless another process does the telling."""
        if self._runs:
            with trio.move_on_after(grace):
                await self.flush()

    async def _sleep(self, seen: int) -> None:
        if self._news == seen:
            await self._sleepers.park()

    async def _look(self, lanes: trio.Nursery) -> bool:
        """Begins a lane for each recipient who has something due, as far as there is room. Whether it began any."""
        async with self._looking:
            due = await self._due()
            chats, mails = self._lanes.chats(), self._lanes.mails()
            for recipient, rows in due.items():
                by_mail, again = rows[0].by_mail, rows[0].attempts > 0
                if (mails if by_mail else chats).take(again=again):
                    self._lanes.of[recipient] = lane = Lane(by_mail, again)
                    lanes.start_soon(self._lane, lane, rows)
            return bool(due)

    async def _due(self) -> dict[str, list[DueNotice]]:
        """By recipient, whose rows are in order; of whom there is room for. Nothing while the database is away."""
        due: dict[str, list[DueNotice]] = {}
        chats, mails = self._lanes.chats(), self._lanes.mails()
        room = max(chats.lanes, 0) + max(mails.lanes, 0)
        if room == 0:
            return due
        wanted = DueNotices(
            list(self._lanes.of), chats=chats.lanes > 0, mails=mails.lanes > 0, most=min(MOST, EACH * room),
            chats_again=min(chats.lanes, chats.again) > 0, mails_again=min(mails.lanes, mails.again) > 0,
        )  # fmt: skip
        try:
            for row in await self._database.run(wanted):
                due.setdefault(row.recipient, []).append(row)
        except (Unavailable, OutcomeUnknown) as error:
            self._wait.failed(error)
        except Exception:
            log.exception("outbox_cannot_look")
        else:
            self._wait.over()
        return due

    async def _lane(self, lane: Lane, due: list[DueNotice]) -> None:
        """One recipient's rows. Where one has to wait, those behind it wait too."""
        shown: dict[str, int] = {}  # by subject: no row knows of those that were still to be told when it was read
        try:
            for row in due:
                last = None if row.subject is None else shown.get(row.subject)
                mark = await self._tell(lane, row if last is None else evolve(row, edits=last))
                if mark is None:
                    return
                if row.subject is not None and mark.message_id is not None:
                    shown[row.subject] = mark.message_id
        finally:
            del self._lanes.of[due[0].recipient]
            self.told()  # what was written meanwhile was passed over

    async def _tell(self, lane: Lane, row: DueNotice) -> Mark | None:
        """How it ended; None: it has to wait."""
        try:
            mark = await self._asked(lane, row)
        except Exception as problem:
            FAILED.labels(type(problem).__name__).inc()
            return await self._postpone(row, problem)
        if isinstance(mark, Later):
            await self._marks.insist(NoticeHeld(row.id, mark.due_at))
            return None
        await self._end(row, mark)
        return mark

    async def _asked(self, lane: Lane, row: DueNotice) -> Mark | Later:
        if lane.by_mail:
            return await self._teller.tell(row)
        lane.asks_since = trio.current_time()
        try:
            return await self._teller.tell(row)
        finally:  # who only waits for the mark keeps the room: while none can be written, nobody more is to be told
            lane.asks_since = math.inf

    async def _end(self, row: DueNotice, mark: Mark) -> None:
        if mark.by == "unknown":
            await self._marks.insist(NoticeUnknown(row.id, mark.error))
        else:
            await self._marks.sent(mark)
        TOLD.labels(mark.by).inc()
        DELAY.observe((self._clock.now() - row.created_at).total_seconds())

    async def _postpone(self, row: DueNotice, problem: Exception) -> Mark | None:
        """Puts a row off. The problem's own words stay unsaid where they are not ours: they may quote the data."""
        error = str(problem) if isinstance(problem, Unavailable | OutcomeUnknown) else type(problem).__name__
        log.warning("notice_put_off", id=row.id, kind=row.kind, attempt=row.attempts + 1, error=error)
        if self._clock.now() - row.created_at > LIFETIME and row.attempts + 1 >= FEWEST:
            log.error("notice_given_up", id=row.id, kind=row.kind, error=error)
            given_up = Mark(row.id, "nobody", f"given up: {error}")
            await self._end(row, given_up)
            return given_up
        await self._marks.insist(NoticeFailed(row.id, self._clock.now() + _wait(row, problem), storable(error)))
        return None


def _wait(row: DueNotice, problem: Exception) -> timedelta:
    """Telegram says how long it takes nothing for a chat; else longer from time to time."""
    if isinstance(problem, ChatHeld):
        return timedelta(seconds=problem.seconds)
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.attempts, 16))
    return wait
