"""One service at a time on a database: whoever has the tenure polls, handles, tells and keeps the deadlines; others
wait.

    first    ══ takes the lock ══ serves ═══ stops: turns finished, inbox settled ══ lets go
    second        waits ································································· ══ takes up what is left

The tenure is an advisory lock and a name in a row. The lock is lost with its connection, as when PostgreSQL restarts;
the name then tells whether somebody else has served meanwhile. If nobody has, everything goes on as if nothing had
happened; else what we know of conversations is old, and this service ends, to be started again.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar, Final

import structlog
import trio
from attrs import frozen

from lockbay.errors import OutcomeUnknown, Superseded, Unavailable
from lockbay.postgres.database import Database
from lockbay.postgres.locks import Lock
from lockbay.postgres.queries import Statement

PAUSE: Final = 0.5  # s between tries to get the lock back
LOOK: Final = 2.0  # s: whoever waits longer for the lock says so, or looks who has it
log = structlog.get_logger()


@frozen
class TakeTenure(Statement[None]):
    file: ClassVar[str] = "inbox/take_tenure"
    bot_id: int
    holder: str


@frozen
class Holder(Statement["str | None"]):
    file: ClassVar[str] = "inbox/holder"
    bot_id: int


class Tenure:
    """`keep` is its task; under `name` the inbox is written.

    `turn` is the lock of whatever must pause while the tenure is in doubt.
    """

    def __init__(self, database: Database, bot_id: int) -> None:
        self._database = database
        self._bot_id = bot_id
        self.name = secrets.token_hex(8)
        self._lock: Lock | None = None
        self._news = trio.Event()
        self._is_ours = False  # as far as the row said last
        self._is_reported = False

    async def keep(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Waits for the tenure, reports as started when it is ours, and holds it until cancelled.

        Raises Superseded.
        """
        while True:
            try:
                await self._hold(task_status)
            except (Unavailable, OutcomeUnknown) as error:
                log.warning("tenure_in_doubt", error=str(error))
            await trio.sleep(PAUSE)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Lock]:
        """Waits until the lock is ours. The block must end when it is lost."""
        while self._lock is None or self._lock.is_lost:
            await self._news.wait()
        yield self._lock

    async def _hold(self, task_status: trio.TaskStatus[None]) -> None:
        """Holds the lock until it is lost; or gives up, after LOOK seconds of waiting for it."""
        if self._is_ours:
            await self._refuse_successor()
        with trio.move_on_after(LOOK) as bound:
            async with self._database.advisory_lock("service") as lock:
                bound.deadline = math.inf
                await self._begin(task_status)
                self._hand_out(lock)
                try:
                    await lock.lost()
                finally:
                    self._hand_out(None)
        if bound.cancelled_caught:
            self._report_waiting()

    def _report_waiting(self) -> None:
        """Once: it may last for weeks."""
        if not self._is_reported:
            log.info("waiting_for_another_service")
            self._is_reported = True

    async def _begin(self, task_status: trio.TaskStatus[None]) -> None:
        if self._is_ours:
            return await self._refuse_successor()
        await self._database.run(TakeTenure(self._bot_id, self.name))
        self._is_ours = True
        task_status.started()

    async def _refuse_successor(self) -> None:
        if await self._database.run(Holder(self._bot_id)) != self.name:
            raise Superseded

    def _hand_out(self, lock: Lock | None) -> None:
        self._lock = lock
        self._news.set()
        self._news = trio.Event()
