"""What was told is written down at once: those that end together, in one statement."""

from __future__ import annotations

from typing import Final

import structlog
import trio
from attrs import frozen

from lockbay.errors import OutcomeUnknown, Unavailable
from lockbay.notices.records import Means, NoticesSent
from lockbay.patience import Wait
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement
from lockbay.postgres.text import storable

RETRY: Final = 0.5  # s between tries while the database is away
WRITING: Final = 5.0  # s that a write under way may take when we are stopped

log = structlog.get_logger()


@frozen
class Mark:
    """A notice is over: `by` whom it was told; the error says why by nobody, why not by Telegram, or why nobody knows.
    `message_id`: of the message that shows it.
    """

    id: int
    by: Means
    error: str | None = None
    message_id: int | None = None


class Marks:
    """Writes to the outbox. Nothing here gives up: telling twice is worse than telling late."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: list[Mark] = []
        self._written = trio.Event()  # of those that are gathered
        self._writes = False
        self._waiting = trio.lowlevel.ParkingLot()

    async def sent(self, mark: Mark) -> None:
        """Returns once the mark is committed, by this call or by another one that took it along. Where nobody else
        writes, no cancellation comes between telling and marking.
        """
        self._gathered.append(mark)
        written = self._written
        while not written.is_set():
            if self._writes:
                await self._waiting.park()
            else:
                await self._write()

    async def _write(self) -> None:
        """Those who wait go on together, or the first of them writes next: one after the other would be a turn each."""
        marks, written, self._writes = self._gathered, self._written, True
        self._gathered, self._written = [], trio.Event()
        try:
            await self.insist(_statement(marks))
        finally:  # cancelled, so are those who wait: they are told again
            self._writes = False
            written.set()
            self._waiting.unpark_all()

    async def insist(self, statement: Statement[None]) -> None:
        """Runs an idempotent statement until it is done. Stopped meanwhile, it lets the try under way end."""
        wait = Wait("outbox", statement=statement.file)
        while True:
            try:
                with trio.CancelScope(shield=True), trio.fail_after(WRITING):
                    await self._database.run(statement)
                return wait.over()
            except (Unavailable, OutcomeUnknown, trio.TooSlowError) as error:
                wait.failed(error)
            except Exception:
                log.exception("outbox_cannot_write", statement=statement.file)
            await trio.sleep(RETRY)


def _statement(marks: list[Mark]) -> NoticesSent:
    return NoticesSent(
        ids=[mark.id for mark in marks],
        sent_by=[mark.by for mark in marks],
        errors=[None if mark.error is None else storable(mark.error) for mark in marks],
        message_ids=[mark.message_id for mark in marks],
    )
