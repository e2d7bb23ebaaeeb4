"""A turn asks for nothing any more when its time is over."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

import pytest
import trio
import trio.testing

from lockbay.actors.context import Context
from lockbay.actors.errand import Errand
from lockbay.actors.person import LoadPerson
from lockbay.actors.turn import Turn
from lockbay.areas.balances import Wallet
from lockbay.areas.preferences.records import ReopenAccount
from lockbay.errors import DatabaseUnavailable
from lockbay.postgres.database import Database
from tests.clock import MovedClock

ASKS: dict[str, Callable[[Turn], Awaitable[object]]] = {
    "a view": lambda turn: turn.read(Wallet, ()),
    "an operation": lambda turn: turn.perform(ReopenAccount(1), "1.1.reopen.1"),
    "a statement": lambda turn: turn.run(LoadPerson(1)),
}


@pytest.mark.parametrize("what", ASKS)
async def test_a_turn_whose_time_is_over_asks_the_database_nothing(
    what: str, database: Database, clock: MovedClock
) -> None:
    before = database.statements
    with pytest.raises(trio.TooSlowError):
        await ASKS[what](Turn(1, database, {}, Context(), clock.now(), until=-math.inf))
    assert database.statements == before


class Call(Errand[str]):
    """Takes longer than any turn."""


async def call(errand: object, key: str) -> object:
    await trio.sleep_forever()
    return None


@pytest.mark.parametrize("what", [*ASKS, "an errand"])
async def test_a_database_that_was_slow_is_not_the_turns_fault(
    what: str, database: Database, clock: MovedClock
) -> None:
    """It is waited for like one that is away: the turn is tried again without using up a try."""
    asks: dict[str, Callable[[Turn], Awaitable[object]]]
    asks = {**ASKS, "an errand": lambda turn: turn.perform(Call(), "1.1.call.1")}
    async with trio.open_nursery() as nursery:
        for _ in range(database.pool.limits.connections):
            nursery.start_soon(database.pool.fetch, "takes", "SELECT pg_sleep(0.8)", ())
        await trio.testing.wait_all_tasks_blocked(0.01)
        until = trio.current_time() + 0.4
        turn = Turn(1, database, {Call: call}, Context(), clock.now(), until)
        await turn.run(LoadPerson(1))  # waits for one of them
        assert trio.current_time() > until
        with pytest.raises(DatabaseUnavailable, match="too slow for a turn: it took"):
            await asks[what](turn)


async def test_an_errand_that_is_slow_by_itself_is(database: Database, clock: MovedClock) -> None:
    turn = Turn(1, database, {Call: call}, Context(), clock.now(), trio.current_time() + 0.5)
    await turn.run(LoadPerson(1))  # within its time on a busy machine, too
    with pytest.raises(trio.TooSlowError):
        await turn.perform(Call(), "1.1.call.1")
