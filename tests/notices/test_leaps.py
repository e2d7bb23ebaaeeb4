"""When the machine's clock leaps back, what waits for a time ahead of it does not wait until it has caught up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.areas.admin.dead_letter_records import Retell
from lockbay.areas.admin.records import SaveStaff
from lockbay.errors import TelegramUnavailable
from lockbay.notices.outbox import FIRST_WAIT, Outbox
from lockbay.notices.records import DueNotices, NoticeHeld
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.telegram.refusals import ChatHeld
from tests.areas.people import fresh_key
from tests.clock import START, MovedClock
from tests.notices.told import ANN, BEN, Telegram, Writer

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("failure", [TelegramUnavailable(), ChatHeld(60)])
async def test_what_was_tried_in_vain_ahead_of_the_clock_is_tried_at_once(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock, failure: Exception
) -> None:
    """And what waits behind it is told, too: both waited for the hour."""
    clock.advance(HOUR)
    telegram.fails[ANN] = [failure, TelegramUnavailable()]
    for text in ("first", "second"):
        await writer.tell(ANN, text)
    await outbox.flush()
    clock.advance(-HOUR)
    await writer.tell(ANN, "third")
    await outbox.flush()  # a second time in vain: from now on it waits as ever
    assert (await writer.row("first"))[2:4] == (2, START + 2 * FIRST_WAIT)
    assert telegram.arrived == []
    clock.advance(2 * FIRST_WAIT)
    await outbox.flush()
    assert telegram.arrived == [(ANN, "first"), (ANN, "second"), (ANN, "third")]


async def test_what_waited_for_a_morning_ahead_of_the_clock_does_not_wait_for_it(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock, raw: Connection, database: Database
) -> None:
    """The clock said that it was next year."""
    await writer.tell(ANN, "low")
    clock.advance(timedelta(days=400))
    [row] = await database.run(DueNotices([], chats=True, mails=True, most=9))
    await database.run(NoticeHeld(row.id, clock.now() + 9 * HOUR))
    assert await database.run(DueNotices([], chats=True, mails=True, most=9)) == []
    clock.advance(timedelta(days=-400))
    await outbox.flush()
    assert telegram.arrived == [(ANN, "low")]


async def test_what_the_staff_had_told_again_ahead_of_the_clock_is_told(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock, raw: Connection, database: Database
) -> None:
    await database.run(SaveStaff([BEN]))
    await writer.tell(ANN, "news")
    await raw.fetch("UPDATE outbox SET sent_at = created_at, sent_by = 'nobody'")
    [row] = await raw.fetch("SELECT id FROM outbox")
    clock.advance(HOUR)
    assert await database.perform(Retell(BEN, row["id"]), fresh_key()) == row["id"]
    clock.advance(-HOUR)
    await outbox.flush()
    assert (ANN, "news") in telegram.arrived
