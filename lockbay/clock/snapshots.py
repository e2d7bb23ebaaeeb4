"""Snapshots of the ledger: they keep the sums of the system accounts quick to read, however many postings there are."""

from __future__ import annotations

from functools import partial
from typing import Final, NoReturn

from lockbay.audit import SnapshotLedger
from lockbay.lookout import Lookout
from lockbay.postgres.database import Database

PERIOD: Final = 3600.0  # s; an hour's postings are summed in some milliseconds


async def keep_snapshots(database: Database, *, period: float = PERIOD) -> NoReturn:
    """One now and one every period, for ever. One that fails is made up for by the next: none is ever needed."""
    await Lookout("snapshots", period).keep(partial(database.run, SnapshotLedger()))
