"""A database for code that does not run on trio."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar, TypeVarTuple, Unpack

import pytest
import trio
from attrs import define

from lockbay.postgres.database import open_database
from tests.clock import MovedClock
from tests.ledger.world import World

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@define
class Session:
    """A database that lives in trio in a thread of its own, as a state machine is plain synchronous code."""

    token: trio.lowlevel.TrioToken
    world: World
    clock: MovedClock

    def run(self, function: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts) -> T:
        return trio.from_thread.run(function, *args, trio_token=self.token)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    ready, found, over = threading.Event(), [], []

    async def live() -> None:
        clock = MovedClock()
        async with open_database(database_url, clock=clock) as database:
            over.append(trio.Event())
            found.append(Session(trio.lowlevel.current_trio_token(), World(database), clock))
            ready.set()
            await over[0].wait()

    thread = threading.Thread(target=trio.run, args=(live,))
    thread.start()
    assert ready.wait(30)
    yield found[0]
    found[0].token.run_sync_soon(over[0].set)
    thread.join(30)
