"""A first turn that fails, rows that change while they are read: nothing that somebody is in the middle of is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
import trio
from structlog.testing import capture_logs

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import text
from lockbay.actors.person import Person
from lockbay.actors.update import Command, Typed
from lockbay.areas.exchange.records import QuoteExchange
from lockbay.clock.sweeper import Sweeper
from lockbay.errors import DatabaseUnavailable, TimedOut
from lockbay.postgres import bridge
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from tests.actors.house import ADA, open_house, say, update
from tests.actors.test_intake import waits_for_a_lock
from tests.clock import MovedClock


@pytest.mark.parametrize("hiccup", [DatabaseUnavailable(), trio.TooSlowError(), ZeroDivisionError()])
async def test_a_new_actor_whose_first_turn_fails_once_goes_on_where_the_person_was(
    database: Database, clock: MovedClock, hiccup: Exception
) -> None:
    hiccups: list[Exception] = []

    async def form(chat: Chat) -> None:
        if hiccups:
            raise hiccups.pop()
        name = await chat.ask("name", say(chat, "name?"), parse=text(chat.words, most=20))
        colour = await chat.ask("colour", say(chat, f"{name}, colour?"), parse=text(chat.words, most=20))
        await chat.show(say(chat, f"{name} likes {colour}"))

    async with open_house(database, clock, {"form": form}) as house:
        await house.tell(Command("form"))
        await house.tell(Typed("Ada"))
        await house.restart()
        hiccups.append(hiccup)
        await house.tell(Typed("green"))
        assert house.replies.texts()[-1] == "Ada likes green"


async def test_who_waits_for_the_database_says_so_once(database: Database, clock: MovedClock) -> None:
    hiccups = [DatabaseUnavailable() for _ in range(3)]

    async def form(chat: Chat) -> None:
        if hiccups:
            raise hiccups.pop()
        await chat.show(say(chat, "x"))

    async with open_house(database, clock, {"form": form}) as house:
        with capture_logs() as lines:
            await house.tell(Command("form"))
    told = [line["event"] for line in lines if "wait" in line["event"] or "again" in line["event"]]
    assert told == ["actor_waits_for_database", "database_answers_again"]


async def test_time_that_is_over_is_told_after_a_first_turn_that_fails(database: Database, clock: MovedClock) -> None:
    hiccups: list[Exception] = []

    async def timed(chat: Chat) -> None:
        if hiccups:
            raise hiccups.pop()
        try:
            minutes = timedelta(minutes=5)
            await chat.ask("name", say(chat, "name?"), parse=text(chat.words, most=20), within=minutes)
        except TimedOut:
            await chat.show(say(chat, "too late"))

    async with open_house(database, clock, {"timed": timed}) as house:
        await house.tell(Command("timed"))
        await house.restart()
        hiccups.append(DatabaseUnavailable())
        clock.advance(timedelta(minutes=6))
        await Sweeper(database, clock, house.router.deadline).tick()
        await house.quiet()
        assert house.replies.texts()[-1] == "too late"


@asynccontextmanager
async def people_are_locked(url: str) -> AsyncIterator[None]:
    """Whoever asks who somebody is waits until the end of the block."""
    async with bridge.open_connection(url) as connection:
        await connection.execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        yield
        await connection.execute("COMMIT")


async def test_who_changes_while_they_are_looked_up_is_looked_up_again(
    database: Database, database_url: str, clock: MovedClock
) -> None:
    seen: list[bool] = []

    async def look(chat: Chat) -> None:
        seen.append(chat.person.blocked)
        await chat.show(say(chat, "x"))

    async with open_house(database, clock, {"look": look}) as house:
        await house.tell(Command("menu"))
        await house.restart()
        async with people_are_locked(database_url):
            await house.receive(update(Command("look")))
            await waits_for_a_lock(database_url)
            database.on_changed([Change(ADA.id, Person.__name__)])  # committed, but later than what is being read
        await house.quiet()
        await database.pool.fetch("test", "UPDATE users SET blocked_at = now() WHERE id = $1", (ADA.id,))
        await house.tell(Command("look"))
        assert seen == [False, True]


async def test_a_deed_that_reads_otherwise_when_it_is_replayed_closes_the_conversation_and_buries_nothing(
    database: Database, clock: MovedClock
) -> None:
    amounts = [Decimal(1), Decimal(2)]

    async def deed(chat: Chat) -> None:
        await chat.do("quote", QuoteExchange(chat.user_id, "USDT", "BTC", amounts[0]))
        await chat.ask("sure", say(chat, "sure?"), parse=text(chat.words, most=20))

    async with open_house(database, clock, {"deed": deed}) as house:
        await house.tell(Command("deed"))
        await house.restart()
        amounts.pop(0)
        await house.tell(Typed("yes"))
        assert "so what you were doing was closed" in house.replies.texts()[-1]
        assert await database.pool.fetch("test", "SELECT FROM dead_letters", (), reads=True) == []
