"""Who cannot be told an announcement at once hears it from the outbox, unless it was cancelled by then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

import pytest
import trio
import trio.testing

from lockbay import plan
from lockbay.areas.admin.broadcast_records import Move
from lockbay.areas.admin.records import AdminDashboard
from lockbay.errors import TelegramUnavailable
from lockbay.notices import broadcaster
from lockbay.notices.broadcaster import AT_ONCE, Broadcaster
from lockbay.notices.outbox import Outbox
from lockbay.notices.records import DueNotices, NoticeFailed, NoticeHeld, NoticesSent
from lockbay.notices.teller import Teller
from lockbay.postgres import bridge, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.telegram.refusals import ChatHeld
from lockbay.web.console.house_records import HouseHealth, Notices
from lockbay.web.health import GetWaiting
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.notices.crowd import MANY, OWNER, Chats, begun, case, counts, crowd, steered
from tests.notices.told import WAITING

HOUR: Final = timedelta(hours=1)
LEFT: Final = "SELECT due_at FROM outbox WHERE kind = 'announcement' AND sent_at IS NULL"
IDS: Final = "SELECT id FROM outbox WHERE kind = 'announcement' ORDER BY id"


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


@pytest.mark.parametrize("move", ["pause", "cancel"])
@pytest.mark.parametrize("moment", ["attempts = attempts + 1, due_at", "due_at"])  # a failed try, the end of a night
async def test_who_is_put_off_at_the_moment_at_which_it_is_stopped_is_stopped_as_well(
    house: Database, raw: Connection, database_url: str, clock: MovedClock, chats: Chats, moment: str, move: Move
) -> None:
    """Their row was passed over, and stayed due."""
    await crowd(house, MANY)
    chats.fails = {OWNER + 1: [ChatHeld(60)]}
    async with (
        halfway(house, clock, chats, AT_ONCE + 5) as broadcast,
        put_off(database_url, moment) as locker,
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(steered, house, broadcast, move)
        await waits_or_is(raw, broadcast, {"pause": "paused", "cancel": "cancelled"}[move])
        await locker.execute("COMMIT")
    await told_by_the_outbox(house, clock, chats, 2 * HOUR)
    assert OWNER + 1 not in chats.heard
    assert {row["due_at"] for row in await raw.fetch(LEFT)} == ({None} if move == "pause" else set())


@asynccontextmanager
async def put_off(database_url: str, moment: str) -> AsyncIterator[Connection]:
    """As sql/outbox/failed.sql and hold.sql do it, not committed yet."""
    async with bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as locker:
        await locker.execute(f"BEGIN; UPDATE outbox SET {moment} = due_at + interval '9 s' WHERE kind = 'announcement'")
        yield locker


async def waits_or_is(raw: Connection, broadcast: int, state: str) -> None:
    """Returns when somebody waits for the locker, or does not."""
    is_over = f"SELECT FROM broadcasts WHERE id = {broadcast} AND state = '{state}'"
    with trio.fail_after(10):
        while not (await raw.fetch(WAITING) or await raw.fetch(is_over)):
            await trio.lowlevel.checkpoint()


async def test_who_is_marked_as_told_while_it_is_paused_is_told_once_and_counted(
    house: Database, raw: Connection, database_url: str, clock: MovedClock, chats: Chats
) -> None:
    """The marks of many and the pause take the same rows: in one order, else each waits for the other."""
    await crowd(house, MANY)
    held = [OWNER + 1, OWNER + 2, OWNER + 3]
    chats.fails = {chat: [ChatHeld(60)] for chat in held}
    async with (
        halfway(house, clock, chats, AT_ONCE + 5) as broadcast,
        bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as locker,
    ):
        first, *_, last = [row["id"] for row in await raw.fetch(IDS)]
        await locker.execute(f"BEGIN; SELECT FROM outbox WHERE id = {last} FOR UPDATE")
        async with trio.open_nursery() as nursery:
            for number, ask in enumerate((
                partial(house.run, NoticesSent([last, first], ["telegram"] * 2, [None] * 2, [1, 2])),
                partial(steered, house, broadcast, "pause"),
            )):  # fmt: skip
                nursery.start_soon(ask)
                with trio.fail_after(10):
                    while len(await raw.fetch(WAITING)) <= number:
                        await trio.lowlevel.checkpoint()
            await locker.execute("COMMIT")
    await steered(house, broadcast, "resume")
    await told_by_the_outbox(house, clock, chats, timedelta())
    assert [chat for chat in held if chat in chats.heard] == [OWNER + 2]


async def test_what_is_paused_after_a_try_in_vain_keeps_nothing_else_from_its_person(
    house: Database, raw: Connection, clock: MovedClock
) -> None:
    """While there was no room for what is tried again, their other news waited behind it."""
    broadcast = await begun(house)
    for kind, dedup in (("announcement", f"broadcast.{broadcast}.to.{OWNER + 1}"), ("unblocked", "news")):
        await raw.fetch("SELECT outbox_notice($1, $2, '{}', $3, $4)", OWNER + 1, kind, dedup, clock.now())
    await raw.execute("UPDATE outbox SET attempts = 1 WHERE kind = 'announcement'")
    await steered(house, broadcast, "pause")
    for again in (True, False):
        due = await house.run(DueNotices([], chats=True, mails=True, most=9, chats_again=again))
        assert [row.kind for row in due if row.user_id == OWNER + 1] == ["unblocked"]
