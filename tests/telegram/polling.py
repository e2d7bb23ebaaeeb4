"""The poller between a scripted Telegram, an inbox and a lock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
import structlog
import trio

from lockbay.actors.update import Update
from lockbay.telegram.api import BotApi
from lockbay.telegram.poller import Patience, Pulse, poll
from tests.telegram.stub import Silence, Stub

Logs = list[structlog.typing.EventDict]
QUICK = Patience(first_pause=0.001, longest_pause=0.01)


def text(update_id: int, words: str = "hi") -> dict[str, object]:
    sender = {"id": 5, "is_bot": False, "first_name": "Ada"}
    message = {"message_id": 1, "from": sender, "chat": {"id": 5, "type": "private"}, "date": 1, "text": words}
    return {"update_id": update_id, "message": message}


class Inbox:
    """Keeps what it is given; fails as it is told first."""

    def __init__(self) -> None:
        self.batches: list[tuple[list[int], int]] = []
        self.failures: list[Exception] = []
        self.offered = 0
        self.commit = trio.Event()
        self.commit.set()
        self.committed: Callable[[], None] = lambda: None

    async def __call__(self, updates: list[Update], next_offset: int) -> None:
        self.offered += 1
        if self.failures:
            raise self.failures.pop(0)
        await self.commit.wait()
        self.batches.append(([update.update_id for update in updates], next_offset))
        self.committed()


class Leases:
    """A lock that is free, or fails as it is told first; `lose` takes the present lease away."""

    def __init__(self) -> None:
        self.taken = 0
        self.failures: list[Exception] = []
        self.free = trio.Event()
        self.free.set()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Leases]:
        if self.failures:
            raise self.failures.pop(0)
        await self.free.wait()
        self.taken += 1
        self._gone = trio.Event()
        yield self

    async def lost(self) -> None:
        await self._gone.wait()

    def lose(self) -> None:
        self._gone.set()


class Polling:
    def __init__(self, api: BotApi, stub: Stub) -> None:
        self.inbox, self.leases, self.pulse, self.stub = Inbox(), Leases(), Pulse(), stub
        self._poll = partial(poll, api, self.inbox, lock=self.leases, pulse=self.pulse, random=lambda: 0.0)

    @asynccontextmanager
    async def __call__(
        self, *answers: object, offset: int = 0, patience: Patience = QUICK
    ) -> AsyncIterator[trio.CancelScope]:
        """Polls a Telegram that gives these answers to getUpdates and then falls silent."""
        self.stub.script("getUpdates", *answers, *[Silence()] * 3)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(partial(self._poll, offset=offset, patience=patience))
            yield nursery.cancel_scope
            nursery.cancel_scope.cancel()


@pytest.fixture
def polling(api: BotApi, stub: Stub) -> Polling:
    return Polling(api, stub)


def events(logs: Logs, name: str) -> Logs:
    return [entry for entry in logs if entry["event"] == name]
