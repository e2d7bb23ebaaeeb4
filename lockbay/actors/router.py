"""The router: from a user's id to that user's live actor. Never waits for an actor, nor for the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from typing import Final

import structlog
import trio
from prometheus_client import Gauge

from lockbay.actors.actor import STUCK, Actor
from lockbay.actors.context import LIFETIME
from lockbay.actors.services import Services
from lockbay.actors.update import DeadlinePassed, Update
from lockbay.errors import Superseded
from lockbay.postgres.queries import Change

IDLE: Final = 600.0  # s: must be way over the context's lifetime; waking costs one statement
TENDING: Final = 30.0  # s between looks for idle actors
INBOX: Final = "Inbox"  # of what a committed operation has changed
STRIDE: Final = 500  # actors looked at before others may run

ALIVE = Gauge("lockbay_actors_alive", "Users with a live actor")
DEEPEST = Gauge("lockbay_mailbox_deepest", "Messages in the fullest mailbox, at the last look")
log = structlog.get_logger()


class Router:
    """Owns the map of live actors. Their tasks live in the nursery it is given, not in one of its own."""

    def __init__(self, services: Services, nursery: trio.Nursery) -> None:
        self._services = services
        self._nursery = nursery
        self._actors: dict[int, tuple[Actor, trio.CancelScope]] = {}

    def __len__(self) -> int:
        return len(self._actors)

    def route(self, updates: Iterable[Update]) -> list[Update]:
        """Puts updates into their users' mailboxes. Returns those that did not fit: `stored` must name them later."""
        return [update for update in updates if not self._route(update)]

    def stored(self, skipped: Iterable[Update]) -> None:
        """Updates that `route` returned are in the inbox now; their actors take them from there."""
        for user_id, count in Counter(update.sender.id for update in skipped).items():
            self._actor(user_id).skipped_are_stored(count)

    def deadline(self, user_id: int, passed: DeadlinePassed) -> None:
        """A question's time is over. When the mailbox is full, the clock will say so again."""
        self._actor(user_id).post(passed)

    def changed(self, changes: Iterable[Change]) -> None:
        """A committed operation made these views old. Who has no actor has no view that could be old; but an update
        that was put back into the inbox needs an actor in any case.
        """
        for change in changes:
            if change.view == INBOX:
                self._actor(change.user_id).again()
                continue
            found = self._actors.get(change.user_id)
            if found is not None:
                found[0].changed(change.view)

    def waiting_for(self, chats: Set[int]) -> list[int]:
        """The users whose oldest answer on its way is for one of these chats. A private chat has its user's number, so
        everybody is looked at only when one of them is a group.
        """
        people = self._actors if any(chat_id < 0 for chat_id in chats) else self._actors.keys() & chats
        return [user_id for user_id in people if self._actors[user_id][0].waits_for in chats]

    async def tend(self) -> None:
        """Ends idle actors and drops aged contexts, for ever."""
        while True:
            await trio.sleep(TENDING)
            await self.evict(idle_for=IDLE)

    async def evict(self, *, idle_for: float) -> int:
        """Ends all actors that have been idle for so many seconds. Returns how many."""
        now, evicted, deepest = trio.current_time(), 0, 0
        for number, (user_id, (actor, scope)) in enumerate(list(self._actors.items())):
            if number % STRIDE == STRIDE - 1:
                await trio.lowlevel.checkpoint()
            deepest = max(deepest, actor.depth)
            away = now - actor.last_active
            if away >= idle_for and actor.is_idle:
                del self._actors[user_id]
                scope.cancel()
                evicted += 1
            elif away >= LIFETIME.total_seconds() and actor.is_idle:
                actor.rest()
        ALIVE.set(len(self._actors))
        DEEPEST.set(deepest)
        return evicted

    async def quiesce(self) -> None:
        """Returns once no actor has anything to do. Bound it."""
        while any(not actor.is_idle for actor, _ in self._actors.values()):  # noqa: ASYNC110 once, at the end
            await trio.sleep(0.01)

    def _route(self, update: Update) -> bool:
        actor = self._actor(update.sender.id)
        if actor.is_behind or not actor.post(update):
            actor.skip(update.update_id)
            return False
        return True

    def _actor(self, user_id: int) -> Actor:
        found = self._actors.get(user_id)
        if found is not None:
            return found[0]
        actor, scope = Actor(user_id, self._services), trio.CancelScope()
        self._actors[user_id] = actor, scope
        ALIVE.set(len(self._actors))
        self._nursery.start_soon(self._live, actor, scope)
        return actor

    async def _live(self, actor: Actor, scope: trio.CancelScope) -> None:
        """An actor's failure is data: it is recorded, after a while it goes on with what waits in its mailbox, and the
        others know nothing of it.
        """
        with scope:
            while True:
                try:
                    await actor.run()
                except Superseded:  # no failure of its own: this service has to end
                    raise
                except Exception:
                    log.exception("actor_failed", user_id=actor.user_id)
                    await trio.sleep(STUCK)
