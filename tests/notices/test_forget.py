"""Notices that were over long ago are forgotten, in small batches, whatever the database does."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import trio

from lockbay.notices.forget import KEPT, forget_old
from lockbay.notices.forget import MOST as OLDEST
from lockbay.notices.outbox import Outbox
from lockbay.notices.records import ForgetNotices
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import START, MovedClock
from tests.notices.told import ANN, BEN, CUT, Writer


async def test_notices_are_forgotten_90_days_after_they_were_over_and_no_others(
    database: Database, raw: Connection, writer: Writer, outbox: Outbox, clock: MovedClock
) -> None:
    await writer.tell(ANN, "old")
    await outbox.flush()
    await writer.tell(ANN, "waits")
    clock.advance(timedelta(days=30))
    await writer.tell(BEN, "young")
    await raw.fetch("UPDATE outbox SET sent_at = $1, sent_by = 'telegram' WHERE dedup = 'young'", clock.now())
    clock.advance(timedelta(days=60))
    assert await database.run(ForgetNotices(clock.now() - KEPT, 10)) == 0
    clock.advance(timedelta(seconds=1))
    assert await database.run(ForgetNotices(clock.now() - KEPT, 10)) == 1
    assert [row["dedup"] for row in await raw.fetch("SELECT dedup FROM outbox ORDER BY id")] == ["waits", "young"]


async def test_old_notices_go_in_small_batches_while_the_outbox_runs(
    database: Database, raw: Connection, writer: Writer, clock: MovedClock, outbox: Outbox, nursery: trio.Nursery
) -> None:
    many = 2 * OLDEST + 1
    old = "INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, sent_at, sent_by) "
    await raw.fetch(old + "SELECT $1, 'news', '{}', n::text, $2, $2, $2, 'email' FROM generate_series(1, $3::int) n",
        ANN, START, many)  # fmt: skip
    clock.advance(KEPT + timedelta(days=1))
    assert await database.run(ForgetNotices(clock.now() - KEPT, OLDEST)) == OLDEST
    nursery.start_soon(outbox.run)
    with trio.fail_after(10):
        while await raw.fetch("SELECT FROM outbox LIMIT 1"):
            await trio.lowlevel.checkpoint()


async def test_forgetting_waits_for_the_database_and_goes_on(
    database: Database, raw: Connection, writer: Writer, outbox: Outbox, clock: MovedClock, nursery: trio.Nursery
) -> None:
    await writer.tell(ANN, "old")
    await outbox.flush()
    clock.advance(KEPT + timedelta(days=1))
    await raw.fetch(CUT)
    nursery.start_soon(partial(forget_old, database, clock, period=0.01))
    with trio.fail_after(10):
        while await raw.fetch("SELECT FROM outbox LIMIT 1"):
            await trio.lowlevel.checkpoint()
