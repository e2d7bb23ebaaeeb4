"""What the staff looks at first, on a database of 400 days: scripts/seed_big.py makes it."""

from __future__ import annotations

import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

import trio

from lockbay.areas.admin.records import AdminDashboard
from lockbay.postgres.bridge import Limits
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.embedded import EmbeddedPostgres
from lockbay.postgres.queries import View
from lockbay.web.console.house_records import Activity, HouseHealth
from lockbay.web.console.ledger_records import HouseAccounts
from scripts.bench.targets import Target, missed
from scripts.report import Figure, Options, Row
from scripts.seed_big import seed

OWNER: Final = 1000002  # scripts/seed_big.sql
USERS, TRADES = 100_000, 300_000
TIMES: Final = 25
PATIENT: Final = Limits(connections=1, statement=600.0)
VIEWS: Final[tuple[type[View], ...]] = (AdminDashboard, Activity, HouseAccounts, HouseHealth)
TARGETS: Final = tuple(Target(f"{view.__name__} ms, median", most=50) for view in VIEWS)


def run(options: Options) -> Row:
    began = time.monotonic()
    users, trades = options.number(USERS, 1000), options.number(TRADES, 3000)
    folder = Path(tempfile.mkdtemp(prefix="lockbay-bench-"))
    folder.chmod(0o711)  # as root, the server runs as somebody else
    server = EmbeddedPostgres(folder / "postgres", fsync=False)
    try:
        server.start()
        trio.run(seed, server.url(), users, trades, datetime.now(UTC))
        times = trio.run(looked, server.url())
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    figures: dict[str, Figure] = {"users": users, "trades": trades, **times}
    return Row("dashboard", options.seed, time.monotonic() - began, figures, missed(options, figures, TARGETS))


async def looked(url: str) -> dict[str, Figure]:
    """By view, from asking to the record, in ms: the median and the longest."""
    found: dict[str, Figure] = {}
    async with open_database(url, limits=PATIENT) as database:
        for view in VIEWS:
            times = sorted([await timed(database, view) for _ in range(TIMES)])
            found[f"{view.__name__} ms, median"] = median(times)
            found[f"{view.__name__} ms, longest"] = times[-1]
    return found


async def timed(database: Database, view: type[View]) -> float:
    began = time.perf_counter()
    seen = await database.read(view, OWNER)
    assert seen is not None, "the owner may see it"
    return (time.perf_counter() - began) * 1000
