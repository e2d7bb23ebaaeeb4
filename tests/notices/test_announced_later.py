"""Who cannot be told an announcement at once hears it from the outbox, unless it was cancelled by then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import pytest
import trio
import trio.testing

from lockbay import plan
from lockbay.areas.admin.records import AdminDashboard
from lockbay.errors import TelegramUnavailable
from lockbay.notices import broadcaster
from lockbay.notices.broadcaster import AT_ONCE, Broadcaster
from lockbay.notices.outbox import Outbox
from lockbay.notices.records import DueNotices, NoticeFailed, NoticeHeld
from lockbay.notices.teller import Teller
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.telegram.refusals import ChatHeld
from lockbay.web.console.house_records import HouseHealth, Notices
from lockbay.web.health import GetWaiting
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.notices.crowd import MANY, OWNER, Chats, begun, case, counts, crowd, steered

HOUR: Final = timedelta(hours=1)


async def told_by_the_outbox(database: Database, clock: MovedClock, chats: Chats, after: timedelta) -> None:
    """All that is due then."""
    await trio.testing.wait_all_tasks_blocked()  # who is next of the batch that stands still stands still as well
    clock.advance(after)
    chats.fails, chats.stops_after = {}, None
    await Outbox(database, clock, Teller(database, chats, plan.notices("bot", b""), None, "https://t.me/bot")).flush()


@asynccontextmanager
async def halfway(database: Database, clock: MovedClock, chats: Chats, after: int) -> AsyncIterator[int]:
    """One that so many have heard. It has to be stopped in the block."""
    broadcast = await begun(database)
    chats.stops_after = after
    desk = Broadcaster(database, clock, chats)
    database.on_changed = desk.changed
    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(desk.tick)
            await chats.stopped.wait()
            yield broadcast


@pytest.mark.parametrize("trouble", [ChatHeld(3600), TelegramUnavailable("500 for this chat alone")])
async def test_a_chat_that_takes_nothing_holds_up_nobody_and_hears_it_later(
    house: Database, clock: MovedClock, chats: Chats, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """Anybody can bring a 429 upon their own chat, again and again."""
    monkeypatch.setattr(broadcaster, "AWAY", 0.01)
    monkeypatch.setattr(broadcaster, "PATIENCE", 0.05)
    await crowd(house, MANY)
    chats.fails = {OWNER + 1: [trouble] * 1000}
    broadcast = await begun(house)
    with trio.fail_after(10):
        await Broadcaster(house, clock, chats).tick()
    assert (await case(house, broadcast)).state == "done"
    assert len(chats.heard) == MANY + 3
    clock.advance(HOUR)
    told = [
        row for row in await house.run(DueNotices([], chats=True, mails=True, most=100)) if row.kind == "announcement"
    ]
    assert [row.user_id for row in told] == [OWNER + 1]
    await told_by_the_outbox(house, clock, chats, timedelta())
    [shown] = [screen for chat, screen in chats.arrived if chat == OWNER + 1]
    assert sent(shown) == "Hello <all>"


@pytest.mark.parametrize("after", [10, AT_ONCE + 5])  # before it was written how far it is, and after
async def test_what_was_left_to_the_outbox_is_not_told_when_it_is_cancelled(
    house: Database, clock: MovedClock, chats: Chats, after: int
) -> None:
    await crowd(house, MANY)
    chats.fails = {OWNER + 1: [ChatHeld(3600)]}
    async with halfway(house, clock, chats, after) as broadcast:
        await steered(house, broadcast, "cancel")
    assert len(chats.heard) == after
    await told_by_the_outbox(house, clock, chats, HOUR)
    assert OWNER + 1 not in chats.heard
    page = await case(house, broadcast)
    assert page.state == "cancelled"
    assert page.sent <= after


async def test_cancelled_it_counts_whom_the_outbox_has_told_and_not_whom_it_would_have(
    house: Database, clock: MovedClock, chats: Chats
) -> None:
    await crowd(house, MANY)
    chats.fails = {OWNER + 1: [ChatHeld(60)], OWNER + 2: [ChatHeld(3600)]}
    async with halfway(house, clock, chats, AT_ONCE - 2) as broadcast:
        assert (await case(house, broadcast)).sent == AT_ONCE
        await told_by_the_outbox(house, clock, chats, timedelta(minutes=1))
        assert OWNER + 1 in chats.heard
        await steered(house, broadcast, "cancel")
    assert counts(await case(house, broadcast)) == ("cancelled", AT_ONCE - 1, 0, 0, 0)


async def test_paused_and_resumed_everybody_hears_it_once(house: Database, clock: MovedClock, chats: Chats) -> None:
    await crowd(house, MANY)
    chats.fails = {OWNER + 1: [ChatHeld(3600)]}
    async with halfway(house, clock, chats, AT_ONCE - 1) as broadcast:
        await steered(house, broadcast, "pause")
    chats.stops_after = None
    await steered(house, broadcast, "resume")
    await Broadcaster(house, clock, chats).tick()
    assert counts(await case(house, broadcast)) == ("done", MANY + 4, 0, 0, 0)
    await told_by_the_outbox(house, clock, chats, HOUR)
    assert len([chat for chat in chats.heard if chat != OWNER]) == MANY + 3
    assert OWNER + 1 in chats.heard


async def paused_behind(house: Database, clock: MovedClock, chats: Chats, held: set[int]) -> int:
    """After the first batch was told, but for those whose chats take nothing."""
    await crowd(house, MANY)
    chats.fails = {chat: [ChatHeld(3600)] for chat in held}
    async with halfway(house, clock, chats, AT_ONCE - len(held)) as broadcast:
        await steered(house, broadcast, "pause")
    assert len(chats.heard) == AT_ONCE - len(held)
    return broadcast


@pytest.mark.parametrize("after", [AT_ONCE - 2, AT_ONCE + 5])  # while it is handed over to the outbox, and after that
async def test_paused_nobody_hears_it_from_the_outbox_before_it_goes_on(
    house: Database, clock: MovedClock, chats: Chats, after: int
) -> None:
    await crowd(house, MANY)
    chats.fails = {OWNER + 1: [ChatHeld(3600)]}
    async with halfway(house, clock, chats, after) as broadcast:
        await steered(house, broadcast, "pause")
    await told_by_the_outbox(house, clock, chats, 2 * HOUR)
    assert OWNER + 1 not in chats.heard
    await steered(house, broadcast, "resume")
    await told_by_the_outbox(house, clock, chats, timedelta())
    await Broadcaster(house, clock, chats).tick()
    assert counts(await case(house, broadcast)) == ("done", MANY + 4, 0, 0, 0)
    assert chats.heard.count(OWNER + 1) == 1


async def test_what_waits_for_a_paused_one_has_no_time(
    house: Database, clock: MovedClock, chats: Chats, raw: Connection
) -> None:
    """It was due in a hundred years, which the pages of the staff showed. A try that was under way, and failed or found
    that it is night, brought it out of the pause.
    """
    await paused_behind(house, clock, chats, {OWNER + 1, OWNER + 2})
    await raw.fetch("UPDATE outbox SET sent_at = due_at, sent_by = 'telegram' WHERE kind <> 'announcement'")
    [failed, held] = [row["id"] for row in await raw.fetch("SELECT id FROM outbox WHERE kind = 'announcement'")]
    await house.run(NoticeFailed(failed, clock.now(), "away"))
    await house.run(NoticeHeld(held, clock.now()))
    dashboard, health = await house.read(AdminDashboard, OWNER), await house.read(HouseHealth, OWNER)
    notices = await house.read(Notices, OWNER, 0)
    assert dashboard is not None
    assert health is not None
    assert notices is not None
    assert (dashboard.oldest_notice_at, health.outbox_since) == (None, None)
    assert [(each.due_at, each.attempts) for each in notices.waiting] == [(None, 1), (None, 0)]
    for leap in (HOUR, -3 * HOUR):
        clock.advance(leap)
        assert await house.run(DueNotices([], chats=True, mails=True, most=100)) == []
    assert (await house.run(GetWaiting([]))).outbox_since is None


async def test_what_another_release_left_to_the_outbox_is_taken_back_as_well(
    house: Database, clock: MovedClock, chats: Chats, raw: Connection
) -> None:
    """It counted those later than it wrote their rows."""
    broadcast = await begun(house)
    row = "SELECT outbox_notice($1, 'announcement', '{}', $2, $3)"
    await raw.fetch(row, OWNER + 1, f"broadcast.{broadcast}.to.{OWNER + 1}", clock.now())
    await raw.fetch(row, OWNER + 2, f"broadcast.{broadcast}0.to.{OWNER + 2}", clock.now())  # of another one
    await steered(house, broadcast, "cancel")
    assert counts(await case(house, broadcast)) == ("cancelled", 0, 0, 0, 0)
    waiting = await house.run(DueNotices([], chats=True, mails=True, most=10))
    assert [row.user_id for row in waiting if row.kind == "announcement"] == [OWNER + 2]
