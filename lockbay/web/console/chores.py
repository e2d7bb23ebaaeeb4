"""What the console has to do besides answering: the audit, on demand, one run at a time, and sums of what happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog
import trio

from lockbay.audit import Report, as_json
from lockbay.errors import LockBayError
from lockbay.lookout import Lookout
from lockbay.postgres.database import Database
from lockbay.web.console.house_records import RollActivity
from lockbay.web.console.ledger_records import EndAudit

ROLL_PERIOD: Final = 600.0  # s between two sums of what happened
TRIES: Final = 5
PAUSE: Final = 2.0  # s
log = structlog.get_logger()


class Chores:
    """`run` is their task. `audit` may take minutes; it has a connection of its own."""

    def __init__(self, database: Database, audit: Callable[[], Awaitable[Report]]) -> None:
        self._database = database
        self._audit = audit
        self._runs: set[int] = set()
        self._nursery: trio.Nursery | None = None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled. A run that is cut off is written down as stopped by the next one."""
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            task_status.started()
            await Lookout("activity", ROLL_PERIOD).keep(partial(self._database.run, RollActivity()))

    def begin_audit(self, run_id: int) -> None:
        """Once for each run, however often it is asked."""
        if self._nursery is not None and run_id not in self._runs:
            self._runs.add(run_id)
            self._nursery.start_soon(self._prove, run_id)

    async def _prove(self, run_id: int) -> None:
        report, problem = "", ""
        try:
            report = as_json(await self._audit())
        except LockBayError as error:
            problem = f"{type(error).__name__}: {error}"[:500]
            log.error("audit_not_made", run_id=run_id, problem=problem)
        for _ in range(TRIES):
            try:
                return await self._database.run(EndAudit(run_id, report, problem))
            except LockBayError as error:
                log.warning("audit_not_kept", run_id=run_id, error=type(error).__name__)
                await trio.sleep(PAUSE)
