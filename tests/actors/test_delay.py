"""A turn that waits for a row that somebody does not let go: its person is told, once, that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import pytest
import trio
from structlog.testing import capture_logs
from structlog.typing import EventDict
from trio.testing import MockClock

from lockbay.actors.conversation import Chat
from lockbay.actors.delay import LONG, Delay
from lockbay.actors.update import Command, DeadlinePassed, Event, GroupMembership, Membership, Update
from lockbay.areas.trades.views import NewTrade
from lockbay.postgres.bridge import Limits
from lockbay.postgres.database import open_database
from tests.actors.house import ADA, Replies, open_house, say, update
from tests.actors.test_slow_database import trades_are_locked, tries
from tests.clock import MovedClock

Lines: TypeAlias = list[EventDict]


@pytest.fixture(autouse=True)
def lines() -> Iterator[Lines]:
    with capture_logs() as lines:
        yield lines


async def tried() -> None:
    """Again, and in vain."""
    before = tries()
    with trio.fail_after(5):
        while tries() < before + 2:
            await trio.lowlevel.checkpoint()


async def a_view(chat: Chat) -> None:
    await chat.read(NewTrade)
    await chat.show(say(chat, "done"))


async def test_who_waits_long_for_a_lock_is_told_once_that_nothing_is_lost(
    service_url: str, database_url: str, clock: MovedClock, lines: Lines, trio_clock: MockClock
) -> None:
    """As behind a session of psql that was forgotten in the middle of a transaction."""
    async with (
        open_database(service_url, clock=clock, limits=Limits(statement=5, lock=0.1)) as database,
        open_house(database, clock, {"view": a_view}) as house,
    ):
        await house.tell(Command("menu"))
        asked = update(Command("view"))
        async with trades_are_locked(database_url):
            await house.receive(asked)
            await tried()
            assert house.replies.texts() == ["home"]
            trio_clock.jump(LONG)
            await house.replies.until(2)
            trio_clock.jump(LONG)
            await tried()
        await house.replies.until(3)
        await house.quiet()
        assert [said[:25] for said in house.replies.texts()] == ["home", "⏳ This takes longer than ", "done"]
        [line] = [line for line in lines if line["event"] == "turn_delayed"]
        assert (line["user_id"], line["update_id"]) == (ADA.id, asked.update_id)
        assert await house.left() == []


async def test_who_asked_for_nothing_is_told_nothing(trio_clock: MockClock) -> None:
    replies = Replies()
    events: tuple[Event, ...] = Membership(blocked=True), GroupMembership("A group", True, 0)
    messages: list[Update | DeadlinePassed] = [DeadlinePassed(7, 1), *map(update, events)]
    delays = [Delay(message, replies) for message in messages]
    for delay in delays:
        delay.lasts()
    trio_clock.jump(LONG)
    for delay in delays:
        delay.lasts()
    assert replies.sent == []
