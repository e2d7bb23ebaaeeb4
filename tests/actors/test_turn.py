"""A turn asks for nothing any more when its time is over."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

import pytest
import trio

from lockbay.actors.context import Context
from lockbay.actors.person import LoadPerson
from lockbay.actors.turn import Turn
from lockbay.areas.balances import Wallet
from lockbay.areas.preferences.records import ReopenAccount
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
