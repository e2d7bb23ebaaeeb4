"""Whether LockBay is open. Held in memory: no update costs a statement for it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar, Final

import structlog
import trio
from attrs import frozen

from lockbay.patience import insist
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Statement

NAME: Final = "Maintenance"  # of what a committed operation has changed
RETRY: Final = 0.2  # s between tries while the database is away
log = structlog.get_logger()


@frozen
class ReadMaintenance(Statement["str | None"]):
    """What the row says."""

    file: ClassVar[str] = "admin/maintenance"


class Maintenance:
    """`message` is what everybody but the staff is told; None: LockBay is open. `run` keeps it as the row is."""

    def __init__(self) -> None:
        self.message: str | None = None
        self._news = trio.Event()

    def changed(self, changes: Iterable[Change]) -> None:
        """A committed operation may have opened or closed it."""
        if any(change.view == NAME for change in changes):
            self._news.set()

    async def load(self, database: Database) -> None:
        """As the row is now, however long the database is away."""
        self.message = await insist(partial(database.run, ReadMaintenance()), "maintenance", pause=RETRY)

    async def run(self, database: Database) -> None:
        """For ever. What changes while it is read is read again."""
        while True:
            await self._news.wait()
            self._news = trio.Event()
            await self.load(database)
