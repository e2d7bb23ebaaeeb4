"""One turn: what an actor does for a conversation while it handles one update. It sends nothing before it is over."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import TypeVar

import trio

from lockbay.actors.context import Context
from lockbay.actors.errand import Errand, Runner, UnknownErrand
from lockbay.actors.screen import Origin, Screen
from lockbay.errors import DatabaseUnavailable
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Statement, View

T = TypeVar("T")


class Turn:
    """The world of a conversation for one update. A turn that fails has shown nothing: it is simply tried again.

    Whatever it asks for after `until` (trio.current_time()) raises trio.TooSlowError; or DatabaseUnavailable if it was
    the database that took so long, because then waiting helps. A cancel scope costs as much as three sentences, so
    there is none for the turn, nor for statements: these have bounds of their own.
    """

    def __init__(
        self,
        user_id: int,
        database: Database,
        errands: Mapping[type, Runner],
        context: Context,
        now: datetime,
        until: float = math.inf,
    ) -> None:
        self.now = now
        self.shown: list[tuple[Screen, Origin | None]] = []
        self.has_acted = False  # as far as a conversation can
        self._user_id = user_id
        self._database = database
        self._errands = errands
        self._context = context
        self._until = until
        self._in_database = 0.0  # s

    async def read(self, view: type[View], keys: tuple[object, ...]) -> View | None:
        """From the context while it is fresh, else by one statement."""
        found = None if view.passes else self._context.find(view, keys, self.now)
        if found is not None:
            return found
        drops = self._context.drops
        self._refuse_late()
        read = await self._timed(self._database.read(view, self._user_id, *keys))
        if read is not None and not view.passes:
            self._context.keep(keys, read, self.now, read_at_drops=drops)
            for name in view.carries:
                self._context.keep((), getattr(read, name), self.now, read_at_drops=drops)
        return read

    async def perform(self, operation: Operation[object] | Errand[object], key: str) -> object:
        """Exactly once per key, whatever was sent before. Raises UnknownErrand."""
        self._refuse_late()
        self.has_acted = True
        if isinstance(operation, Errand):
            try:
                run = self._errands[type(operation)]
            except KeyError:
                raise UnknownErrand(type(operation).__name__) from None
            return await self._in_time(run(operation, key))
        return await self._timed(self._database.perform(operation, key))

    async def run(self, statement: Statement[T]) -> T:
        """One statement."""
        self._refuse_late()
        return await self._timed(self._database.run(statement))

    async def show(self, screen: Screen, origin: Origin | None) -> None:
        """Keeps the screen until the turn is over."""
        self.shown.append((screen, origin))

    def _refuse_late(self) -> None:
        now = trio.current_time()
        if now > self._own_until:
            raise trio.TooSlowError
        if now > self._until:
            raise DatabaseUnavailable(f"The database was too slow for a turn: it took {self._in_database:.1f} s.")

    @property
    def _own_until(self) -> float:
        """Errands and code are to blame when they alone took longer than a turn may."""
        return self._until + self._in_database

    async def _timed(self, asking: Awaitable[T]) -> T:
        """What the database answers. How long it took is not the turn's fault."""
        began = trio.current_time()
        try:
            return await asking
        finally:
            self._in_database += trio.current_time() - began

    async def _in_time(self, waiting: Awaitable[T]) -> T:
        with trio.CancelScope(deadline=self._own_until):  # half the cost of fail_at
            return await waiting
        raise trio.TooSlowError
