"""A database that answers every statement, and too late: who waits for it is served when it is fast again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from lockbay import patience
from lockbay.actors.actor import RETRY, TRIES
from lockbay.actors.conversation import Chat
from lockbay.actors.update import Command
from lockbay.areas.balances import Wallet
from lockbay.areas.trades.views import NewTrade
from lockbay.postgres import bridge
from lockbay.postgres.bridge import Limits
from lockbay.postgres.database import Database, open_database
from tests.actors.house import House, open_house, say, update
from tests.actors.test_intake import waits_for_a_lock
from tests.clock import MovedClock

LIMIT = 0.2  # s that a turn may take


async def two_views(chat: Chat) -> None:
    await chat.read(NewTrade)
    await chat.read(Wallet)
    await chat.show(say(chat, "done"))


@asynccontextmanager
async def trades_are_locked(url: str) -> AsyncIterator[None]:
    """Whoever reads trades waits until the end of the block."""
    async with bridge.open_connection(url) as connection:
        await connection.execute("BEGIN; LOCK TABLE trades IN ACCESS EXCLUSIVE MODE")
        yield
        await connection.execute("COMMIT")


async def test_it_is_waited_for_however_often_a_turn_is_late(
    database: Database, database_url: str, clock: MovedClock, mock_clock: MockClock
) -> None:
    """And the log tells why somebody waits, once. Time passes only when it is moved."""
    async with open_house(database, clock, {"views": two_views}, turn_limit=LIMIT) as house:
        with capture_logs() as lines:
            for times in range(TRIES + 1):
                before = tries()
                async with trades_are_locked(database_url):
                    await begin(house, times, mock_clock)
                    await waits_for_a_lock(database_url)
                    mock_clock.jump(2 * LIMIT)
                while tries() == before:
                    await trio.lowlevel.checkpoint()
            mock_clock.jump(RETRY)
            await house.sent(1)
        assert house.replies.texts() == ["done"]
        [why] = [line["reason"] for line in lines if line["event"] == "actor_waits_for_database"]
        assert "The database was too slow for a turn" in why


def tries() -> float:
    """Turns that had no answer of the database, of all tests."""
    tries: float = patience.TRIES.labels("actor")._value.get()
    return tries


async def begin(house: House, times: int, time: MockClock) -> None:
    """The turn; it is tried again by itself, after a while."""
    if times:
        time.jump(RETRY)
    else:
        await house.receive(update(Command("views")))


async def test_one_statement_that_is_always_too_slow_does_not_lock_anybody_out(
    service_url: str, database_url: str, clock: MovedClock
) -> None:
    """Whatever they send waits behind that turn, /cancel included. All other statements are answered."""
    async with (
        open_database(service_url, clock=clock, limits=Limits(statement=0.3, lock=9)) as database,
        open_house(database, clock, {"views": two_views}) as house,
    ):
        await house.tell(Command("menu"))
        with capture_logs():  # to draw the tracebacks would take seconds
            async with trades_are_locked(database_url):
                await house.receive(update(Command("views")), update(Command("menu")))
                await house.sent(3)
        assert [said[:20] for said in house.replies.texts()] == ["home", "Something went wrong", "home"]
        await house.quiet()
        assert await house.left() == []
