"""Snapshots of the ledger: they keep the sums of the system accounts quick to read, however many postings there are."""

from __future__ import annotations

from typing import Final, NoReturn

import structlog
import trio

from lockbay.audit import SnapshotLedger
from lockbay.errors import LockBayError
from lockbay.postgres.database import Database

PERIOD: Final = 3600.0  # s; an hour's postings are summed in some milliseconds
log = structlog.get_logger()


async def keep_snapshots(database: Database, *, period: float = PERIOD) -> NoReturn:
    """One now and one every period, for ever. One that fails is made up for by the next: none is ever needed."""
    while True:
        try:
            await database.run(SnapshotLedger())
        except LockBayError as error:
            log.warning("snapshot_not_made", error=type(error).__name__, reason=str(error))
        await trio.sleep(period)
