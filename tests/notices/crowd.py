"""Announcements to many: a crowd, the chats in which it hears them, and what an owner does."""

from __future__ import annotations

from collections.abc import Callable

import trio
from attrs import define, field

from lockbay.actors.screen import Screen
from lockbay.areas.admin.broadcast_records import BroadcastCase, Move, StartBroadcast, SteerBroadcast
from lockbay.areas.messages import MessageKind
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused
from tests.areas.people import ANA, fresh_key

OWNER = ANA
MANY = 60


@define(eq=False)
class Chats:
    """The courier's side of the world: what arrived, what fails, and after how many it stands still. Whoever comes
    first goes first, as in the courier's pace.
    """

    arrived: list[tuple[int, Screen]] = field(factory=list)
    fails: dict[int, list[Exception]] = field(factory=dict)
    stops_after: int | None = None
    stopped: trio.Event = field(factory=trio.Event)
    turn: trio.Lock = field(factory=trio.Lock)

    async def deliver(self, chat_id: int, screen: Screen, *, edits: int | None = None) -> int:
        return await self._take(chat_id, screen)

    async def deliver_bulk(self, chat_id: int, screen: Screen, *, last_word: Callable[[], float] = lambda: 0.0) -> int:
        return await self._take(chat_id, screen)

    async def _take(self, chat_id: int, screen: Screen) -> int:
        async with self.turn:
            await trio.lowlevel.checkpoint()
        if self.fails.get(chat_id):
            raise self.fails[chat_id].pop(0)
        if self.stops_after is not None and len(self.arrived) >= self.stops_after:
            self.stopped.set()
            await trio.sleep_forever()
        self.arrived.append((chat_id, screen))
        return len(self.arrived)

    @property
    def heard(self) -> list[int]:
        return sorted(chat for chat, _ in self.arrived)


async def crowd(database: Database, people: int) -> None:
    """So many more, in one statement."""
    await database.pool.fetch(
        "test",
        "INSERT INTO users (id, first_name, language, created_at, onboarded_at)"
        " SELECT 20000000000 + n, 'One', 'en', now(), now() FROM generate_series(1, $1::int) n",
        (people,), reads=False,
    )  # fmt: skip


async def done(database: Database, operation: Operation[object]) -> object:
    outcome = await database.perform(operation, fresh_key())
    assert not isinstance(outcome, Refused), outcome
    return outcome


async def begun(
    database: Database, text: str = "Hello <all>", audience: str = "all", kind: MessageKind = "text", file_id: str = ""
) -> int:
    made = await done(database, StartBroadcast(OWNER, kind, text, file_id, audience))
    assert isinstance(made, int)
    return made


async def steered(database: Database, broadcast: int, move: Move) -> None:
    await done(database, SteerBroadcast(OWNER, broadcast, move))


async def case(database: Database, broadcast: int) -> BroadcastCase:
    page = await database.read(BroadcastCase, OWNER, broadcast)
    assert page is not None
    return page


def counts(page: BroadcastCase) -> tuple[str, int, int, int, int]:
    return page.state, page.sent, page.blocked, page.failed, page.muted


async def told(database: Database) -> list[str]:
    found = await database.pool.fetch(
        "test",
        "SELECT data->>'state' AS state FROM outbox WHERE kind = 'broadcast_progress' ORDER BY id",
        (),
        reads=True,
    )
    return [row["state"] for row in found]
