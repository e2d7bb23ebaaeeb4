"""The inbox: put (durable before it is acknowledged), take (a user's updates, in order), settle (many turns at once).

This is the seam past one machine: whoever offers these verbs may stand here, and nothing else knows how many processes
there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import ClassVar, Final

import orjson
import structlog
import trio
from attrs import frozen
from prometheus_client import Histogram

from lockbay.actors.journal import Journal
from lockbay.actors.update import GroupEvent, Update
from lockbay.errors import Superseded
from lockbay.patience import insist
from lockbay.postgres.bridge import StatementFailed
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement

GATHERING: Final = 0.003  # s: turns of many users that end together are settled in one statement
RETRY: Final = 0.2  # s between tries while the database is away
REFUSED: Final = 5.0  # s, while it refuses what only an operator can have it take
MOST: Final = 500  # rows taken at once
FULL: Final = 2000  # turns that wait to be settled, some MB: until it is fewer nothing is taken in

BATCH = Histogram("lockbay_settled_turns", "Turns settled by one statement", buckets=(1, 2, 5, 10, 20, 50, 100, 200))
log = structlog.get_logger()


@frozen
class PutUpdates(Statement[bool]):
    file: ClassVar[str] = "inbox/put"
    bot_id: int
    holder: str
    next_offset: int
    update_ids: list[int]
    user_ids: list[int]
    bodies: list[bytes]


@frozen
class TakeUpdates(Statement[list[bytes]]):
    file: ClassVar[str] = "inbox/take"
    user_id: int
    update_ids: list[int]


@frozen
class StoredUpdate:
    update_id: int
    body: bytes


@frozen
class TakeAgain(Statement[list[StoredUpdate]]):
    file: ClassVar[str] = "inbox/again"
    user_id: int


@frozen
class RetriedPeople(Statement[list[int]]):
    file: ClassVar[str] = "inbox/retried"


@frozen
class UnsettledUpdates(Statement[list[StoredUpdate]]):
    file: ClassVar[str] = "inbox/unsettled"
    after: int
    most: int = MOST


@frozen
class Reached(Statement["int | None"]):
    file: ClassVar[str] = "inbox/reach"
    bot_id: int


@frozen
class BuryUpdate(Statement[bool]):
    file: ClassVar[str] = "inbox/bury"
    bot_id: int
    holder: str
    update_id: int
    user_id: int
    body: bytes
    error: str
    ends: bool = True  # the conversation


@frozen
class SettleTurns(Statement[bool]):
    file: ClassVar[str] = "inbox/settle"
    bot_id: int
    holder: str
    update_ids: list[int]
    ended: list[int]
    user_ids: list[int]
    ids: list[int]
    flows: list[str]
    args: list[str]
    entries: list[str]
    questions: list[int]
    deadlines: list[datetime | None]


class Unchanged:
    """The turn left the journal as it was."""


UNCHANGED: Final = Unchanged()


@frozen(eq=False)
class Settled:
    """A turn that is over: its update may leave the inbox, its journal (None: the conversation ended) is to be kept."""

    user_id: int
    update_id: int | None
    journal: Journal | Unchanged | None
    confirm: Callable[[], None]


class Inbox:
    """The three verbs over one table. `settle` never waits: `run` writes what has gathered, every few milliseconds.

    `holder` is who writes: whoever has lost the tenure writes nothing, and what should have written raises Superseded.
    """

    def __init__(self, database: Database, bot_id: int, holder: str = "") -> None:
        self._database = database
        self._bot_id = bot_id
        self._holder = holder
        self._turns: list[Settled] = []
        self._writing = trio.Lock()
        self._unstored: set[int] = set()  # update ids that are under way, at most a batch or two
        self._given_out: set[int] = set()  # update ids that `again` has answered; their turns are not settled yet
        self._news = trio.lowlevel.ParkingLot()

    def expect(self, updates: Iterable[Update]) -> None:
        """These are routed and not stored yet: no turn of theirs is settled before. Their `put` must follow."""
        self._unstored.update(update.update_id for update in updates)

    async def put(self, updates: list[Update], next_offset: int) -> None:
        """Returns once the batch is committed, however long the database is away. Idempotent."""
        statement = PutUpdates(
            self._bot_id,
            self._holder,
            next_offset,
            [update.update_id for update in updates],
            [update.sender.id for update in updates],
            [update.raw for update in updates],
        )
        await self._persist(statement)
        self._unstored.difference_update(statement.update_ids)
        self._news.unpark_all()

    async def reached(self) -> int:
        """The offset of the next getUpdates, 0: where Telegram likes to begin."""
        return await self._database.run(Reached(self._bot_id)) or 0

    async def take(self, user_id: int, update_ids: list[int]) -> list[bytes]:
        """These stored updates of one user, in this order."""
        return await self._database.run(TakeUpdates(user_id, update_ids))

    async def again(self, user_id: int) -> list[bytes]:
        """One user's updates that were in the dead letters and are to be tried again, each once."""
        known = set(self._given_out)  # as it is now: what is settled meanwhile may be in the answer
        rows = [row for row in await self._database.run(TakeAgain(user_id)) if row.update_id not in known]
        self._given_out.update(row.update_id for row in rows)
        return [row.body for row in rows]

    async def retried(self) -> list[int]:
        """Who has such updates."""
        return await self._database.run(RetriedPeople())

    async def unsettled(self, after: int) -> list[StoredUpdate]:
        """All other stored updates, in order: what a stopped service left behind."""
        return await self._database.run(UnsettledUpdates(after))

    async def bury(self, update: Update, error: str) -> None:
        """Moves an update to the dead letters and ends its user's conversation, unless it is a group's. Idempotent."""
        while update.update_id in self._unstored:  # its row would come after its deletion
            await self._news.park()
        ends = not isinstance(update.event, GroupEvent)
        await self._insist(
            BuryUpdate(self._bot_id, self._holder, update.update_id, update.sender.id, update.raw, error, ends)
        )
        self._given_out.discard(update.update_id)

    async def room(self) -> None:
        """Returns when so little waits to be settled that more may be taken in."""
        if len(self._turns) >= FULL:
            log.error("inbox_full", turns=len(self._turns))
        while len(self._turns) >= FULL:
            await self._news.park()

    def settle(self, turn: Settled) -> None:
        """Turns of one user must come in order. `turn.confirm` is called once they are committed."""
        if turn.update_id is None and isinstance(turn.journal, Unchanged):
            return turn.confirm()  # nothing is to be written: while nothing can be, these would gather without end
        self._turns.append(turn)
        if self._news:
            self._news.unpark_all()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Settles for ever. Cancel it only after `drain`."""
        task_status.started()
        while True:
            while not (self._turns and self._is_stored(self._turns[0])):
                await self._news.park()
            await trio.sleep(GATHERING)
            await self._settle_gathered()

    async def drain(self) -> None:
        """Settles all that can be settled. Safe beside `run`."""
        await self._settle_gathered()

    async def _settle_gathered(self) -> None:
        async with self._writing:
            turns = self._stored_turns()
            if turns:
                BATCH.observe(len(turns))
                await self._persist(_settlement(self._bot_id, self._holder, turns))
                for turn in turns:
                    self._given_out.discard(turn.update_id or 0)
                    turn.confirm()

    def _stored_turns(self) -> list[Settled]:
        """Takes those whose updates are stored. A turn can be over before the `put` of its update is. Settled then, it
        would delete nothing, and the row that comes later would be handled again after a restart. Each update is known
        by its id, not by how far the ids reach: after a silent week Telegram may count on from a lower number.
        """
        ready = list(takewhile(self._is_stored, self._turns))
        del self._turns[: len(ready)]
        self._news.unpark_all()  # there is room
        return ready

    def _is_stored(self, turn: Settled) -> bool:
        return turn.update_id not in self._unstored

    async def _persist(self, statement: Statement[bool]) -> None:
        """Goes on trying even where PostgreSQL refuses the statement, say because a right was taken from us. A service
        that ended then would be started again, and tell everybody once more what was told and could not be settled.
        """
        while True:
            try:
                return await self._insist(statement)
            except StatementFailed as refused:
                log.error("inbox_refused", statement=refused.file, code=refused.code)
            await trio.sleep(REFUSED)

    async def _insist(self, statement: Statement[bool]) -> None:
        """These statements are idempotent: after any doubt they are simply sent again."""
        run = partial(self._database.run, statement)
        if not await insist(run, "inbox", pause=RETRY, statement=statement.file):
            raise Superseded


def _settlement(bot_id: int, holder: str, turns: Iterable[Settled]) -> SettleTurns:
    """One statement for many turns: of several turns of one user the last journal counts."""
    updates = [turn.update_id for turn in turns if turn.update_id is not None]
    last = {turn.user_id: turn.journal for turn in turns if not isinstance(turn.journal, Unchanged)}
    kept = [(user, journal) for user, journal in last.items() if journal is not None]
    return SettleTurns(
        bot_id=bot_id,
        holder=holder,
        update_ids=updates,
        ended=[user for user, journal in last.items() if journal is None],
        user_ids=[user for user, _ in kept],
        ids=[journal.conversation for _, journal in kept],
        flows=[journal.flow for _, journal in kept],
        args=[_json(journal.args) for _, journal in kept],
        entries=[_json(journal.plain()) for _, journal in kept],
        questions=[journal.question for _, journal in kept],
        deadlines=[journal.deadline for _, journal in kept],
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
