"""One turn: what an actor does for a conversation while it handles one update. It sends nothing before it is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lockbay.actors.context import Context
from lockbay.actors.errand import Errand, Runner, UnknownErrand
from lockbay.actors.screen import Origin, Screen
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, View


class Turn:
    """The world of a conversation for one update. A turn that fails has shown nothing: it is simply tried again."""

    def __init__(
        self, user_id: int, database: Database, errands: Mapping[type, Runner], context: Context, now: datetime
    ) -> None:
        self.now = now
        self.shown: list[tuple[Screen, Origin | None]] = []
        self._user_id = user_id
        self._database = database
        self._errands = errands
        self._context = context

    async def read(self, view: type[View], keys: tuple[object, ...]) -> View | None:
        """From the context while it is fresh, else by one statement."""
        found = self._context.find(view, keys, self.now)
        if found is not None:
            return found
        drops = self._context.drops
        read = await self._database.read(view, self._user_id, *keys)
        if read is not None:
            self._context.keep(keys, read, self.now, read_at_drops=drops)
        return read

    async def perform(self, operation: Operation[object] | Errand[object], key: str) -> object:
        """Exactly once per key, whatever was sent before. Raises UnknownErrand."""
        if isinstance(operation, Errand):
            try:
                run = self._errands[type(operation)]
            except KeyError:
                raise UnknownErrand(type(operation).__name__) from None
            return await run(operation, key)
        return await self._database.perform(operation, key)

    async def show(self, screen: Screen, origin: Origin | None) -> None:
        """Keeps the screen until the turn is over."""
        self.shown.append((screen, origin))
