"""Whether LockBay is open. Held in memory: no update costs a statement for it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar, Final

from attrs import frozen

from lockbay.lookout import Lookout
from lockbay.patience import insist
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Statement

NAME: Final = "Maintenance"  # of what a committed operation has changed
PERIOD: Final = 60.0  # s between two looks when nobody tells
RETRY: Final = 0.2  # s between tries while the database is away


@frozen
class ReadMaintenance(Statement["str | None"]):
    """What the row says."""

    file: ClassVar[str] = "admin/maintenance"


class Maintenance:
    """`message` is what everybody but the staff is told; None: LockBay is open. `run` keeps it as the row is."""

    def __init__(self) -> None:
        self.message: str | None = None
        self._lookout = Lookout("maintenance", PERIOD)

    def changed(self, changes: Iterable[Change]) -> None:
        """A committed operation may have opened or closed it."""
        if any(change.view == NAME for change in changes):
            self._lookout.wake()

    async def load(self, database: Database) -> None:
        """As the row is now, however long the database is away."""
        self.message = await insist(partial(database.run, ReadMaintenance()), "maintenance", pause=RETRY)

    async def run(self, database: Database) -> None:
        """For ever, whatever goes wrong. What changes while it is read is read again."""
        await self._lookout.keep(partial(self.load, database))
