"""The way in: a batch of updates is routed at once, and is stored before Telegram is told that it has arrived."""

from __future__ import annotations

from typing import Final

import structlog
import trio

from lockbay.actors.inbox import Inbox
from lockbay.actors.router import INBOX, Router
from lockbay.actors.services import Services
from lockbay.actors.update import Update
from lockbay.postgres.queries import Change

PORTION: Final = 16  # updates routed before others may run: fifty turns in one pass hold the loop for 10 ms at times
log = structlog.get_logger()


async def take_up(services: Services, router: Router) -> None:
    """What an earlier run left unsettled, in order, before anything new. What is to be tried again is left to its
    actors: some of it may have been put in just now, and they ask for each once.
    """
    last = -1
    while rows := await services.inbox.unsettled(last):
        updates = [update for row in rows if (update := services.parse_update(row.body)) is not None]
        log.info("updates_taken_up", updates=len(updates))
        router.stored(router.route(updates))
        last = rows[-1].update_id
    router.changed([Change(user_id, INBOX) for user_id in await services.inbox.retried()])


class Intake:
    """Call it with each batch. `nursery` must outlive who calls: what was routed is stored also when they are stopped
    meanwhile, as no turn is settled before its update is stored.

    The acknowledgement of a batch may not get through; what then comes again is neither handled nor stored again: its
    turns may be settled already, and a row stored after that would be handled after the next start. It may come in
    parts: Telegram gives one update alone to whoever asks for the same again at once, and that may be none of ours.
    """

    def __init__(self, router: Router, inbox: Inbox, nursery: trio.Nursery) -> None:
        self._router = router
        self._inbox = inbox
        self._nursery = nursery
        self._latest: frozenset[int] = frozenset()  # update ids; nothing older comes again
        self._stored = trio.Event()
        self._stored.set()

    async def __call__(self, updates: list[Update], next_offset: int) -> None:
        """Returns when the batch is stored. Until there is room for it, it stays with Telegram."""
        await self._inbox.room()
        fresh = [update for update in updates if update.update_id not in self._latest]
        if fresh or not updates:
            self._latest = frozenset(update.update_id for update in updates) or self._latest
            before, self._stored = self._stored, trio.Event()
            self._inbox.expect(fresh)
            skipped = await self._route(fresh)
            self._nursery.start_soon(self._store, fresh, next_offset, skipped, before, self._stored)
        await self._stored.wait()

    async def _route(self, updates: list[Update]) -> list[Update]:
        """All of them: whoever calls may be stopped, but these do not come again. Before any of them is stored, as what
        is in the inbox may be handled out of it.
        """
        skipped: list[Update] = []
        for start in range(0, len(updates), PORTION):
            skipped += self._router.route(updates[start : start + PORTION])
            await trio.lowlevel.cancel_shielded_checkpoint()
        return skipped

    async def _store(
        self, updates: list[Update], next_offset: int, skipped: list[Update], before: trio.Event, stored: trio.Event
    ) -> None:
        await before.wait()
        await self._inbox.put(updates, next_offset)
        self._router.stored(skipped)
        stored.set()
