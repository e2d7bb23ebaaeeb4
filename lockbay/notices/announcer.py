"""The announcer: tells groups what they want to hear of.

What happened is one row, written by the statement that made it true, however many groups there are. Here it is handed
to each group that wants it, and what has gathered for a group goes out as one message: the first at once, the next not
before PACE has passed. So a group gets six a minute at most, where Telegram allows 20, however much happens.

At least once, and for an hour: what could not be told by then is no news any more. What Telegram refuses is not tried
again. A group without us in it is left; one that has us read and not write, which may be for a while, is told nothing
for an hour.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

import structlog
import trio
from prometheus_client import Counter

from lockbay.actors.words import words
from lockbay.areas.groups.records import DueNews, GroupNews, LeaveGroup, MoveGroup, NewsTold, SpreadNews
from lockbay.areas.groups.screens import announced
from lockbay.errors import TelegramUnavailable
from lockbay.lookout import Lookout
from lockbay.notices.courier import BulkCourier
from lockbay.notices.marks import Marks
from lockbay.postgres.database import Database
from lockbay.telegram.refusals import AnswerLost, NotAllowed, Refusal, Unauthorized, Unreachable
from lockbay.wallclock import WallClock

PERIOD: Final = 2.0  # s between two looks
PACE: Final = timedelta(seconds=10)  # between two messages to a group
AWAY: Final = timedelta(minutes=1)  # before the next try where Telegram did not answer
SILENCE: Final = timedelta(hours=1)  # where we may not write
MOST: Final = 20  # things that happened, handed on at once: each is written for every group
LANES: Final = 16  # groups at once

ANNOUNCED: Final = Counter("lockbay_announcements", "Messages to groups, by what became of them", ["outcome"])
log = structlog.get_logger()


class Announcer:
    """`run` is its task. One process at a time may run it. Cancelled at any time: what was not told is told again."""

    def __init__(self, database: Database, clock: WallClock, courier: BulkCourier) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier
        self._marks = Marks(database)
        self._busy: set[int] = set()  # groups that are being told
        self._moved: list[tuple[int, int]] = []

    def moved(self, chat_id: int, new_id: int) -> None:
        """Telegram says that a group has another id. Written down at the next look."""
        self._moved.append((chat_id, new_id))

    async def run(self) -> None:
        """For ever. A group that has to wait keeps no other waiting."""
        async with trio.open_nursery() as lanes:
            await Lookout("announcer", PERIOD).keep(partial(self._look, lanes))

    async def tick(self) -> None:
        """Tells all that is due now; returns when it is told. Raises what the database raises when it is away."""
        async with trio.open_nursery() as lanes:
            await self._look(lanes)

    async def _look(self, lanes: trio.Nursery) -> None:
        await self._move()
        while await self._database.run(SpreadNews(MOST)) == MOST:
            pass
        for news in await self._database.run(DueNews(sorted(self._busy), LANES - len(self._busy))):
            self._busy.add(news.group_id)
            lanes.start_soon(self._lane, news)

    async def _move(self) -> None:
        while self._moved:
            chat_id, new_id = self._moved[0]
            await self._database.perform(MoveGroup(chat_id, new_id), f"group.{chat_id}.{new_id}")
            self._moved.pop(0)

    async def _lane(self, news: GroupNews) -> None:
        try:
            outcome = "empty" if news.is_empty else await self._told(news)
            await self._end(news, outcome)
        finally:
            self._busy.discard(news.group_id)

    async def _told(self, news: GroupNews) -> str:
        """What became of the message."""
        try:
            screen = announced(words(news.language, news.time_zone), news)
            await self._courier.deliver_bulk(news.chat_id, screen)
        except Unreachable:
            return "left"
        except AnswerLost:  # it may be there: rather never than twice
            return "lost"
        except (TelegramUnavailable, Unauthorized):
            return "away"
        except NotAllowed:
            return "silenced"
        except Refusal as refused:
            log.warning("announcement_refused", group=news.group_id, reason=refused.description)
            return "refused"
        except Exception:
            log.exception("announcement_failed", group=news.group_id)
            return "failed"
        return "told"

    async def _end(self, news: GroupNews, outcome: str) -> None:
        ANNOUNCED.labels(outcome).inc()
        now = self._clock.now()
        match outcome:
            case "left":
                log.info("group_left", group=news.group_id)
                await self._marks.insist(LeaveGroup(news.group_id))
            case "away":
                await self._marks.insist(NewsTold(news.group_id, 0, now + AWAY))
            case "silenced":
                log.info("group_does_not_let_us_write", group=news.group_id)
                await self._marks.insist(NewsTold(news.group_id, news.last, now + SILENCE))
            case "empty":
                await self._marks.insist(NewsTold(news.group_id, news.last, now))
            case _:
                await self._marks.insist(NewsTold(news.group_id, news.last, now + PACE))
