"""The bot's queue of updates, with the semantics of getUpdates.

As in tdlib/telegram-bot-api (process_get_updates_query, do_get_updates, abort_long_poll) and tdlib/td TQueue: an update
is there until a higher offset acknowledges it or its time is over; of two waiting polls the older one ends in 409.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NoReturn

import trio
from attrs import field, frozen, mutable

from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.params import Params
from lockbay.sandbox.refusal import conflict
from lockbay.sandbox.wire import Json, Object, present

LONGEST_POLL: Final = 50
LARGEST_ANSWER: Final = 1 << 22  # bytes, about
DAY: Final = 86400
LIFETIMES: Final = {"callback_query": 150, "inline_query": 30, "chosen_inline_result": 600}
NOT_BY_DEFAULT: Final = ("chat_member", "message_reaction", "message_reaction_count")
CONFLICT_PAUSE: Final = 3.0  # a 409 soon after another is held back this long
SAME_OFFSET_PAUSE: Final = 3
OTHER_POLL: Final = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE: Final = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@frozen
class Queued:
    """An update and the second at which Telegram forgets it. The body is JSON text, as it will be sent."""

    id: int
    expires: float
    body: str


@mutable
class _Poll:
    woken: trio.Event = field(factory=trio.Event)
    conflict: str = ""


@frozen
class Ask:
    """The parameters of getUpdates, clamped as Telegram does."""

    offset: int
    limit: int
    timeout: int

    @classmethod
    def of(cls, params: Params) -> Ask:
        limit, timeout = params.integer("limit", 100), params.integer("timeout")
        return cls(params.integer("offset"), min(max(limit, 1), 100), min(max(timeout, 0), LONGEST_POLL))


class Updates:
    """The queue of the one bot. Survives restarts."""

    def __init__(self, journal: Journal, counters: Counters, clock: Callable[[], float]) -> None:
        self._queue = journal.table("update", Queued)
        self._allowed = journal.table("allowed_updates", list[str])
        self._webhook = journal.table("webhook", str)
        self._counters, self._clock = counters, clock
        self._poll: _Poll | None = None
        self._last_ask = (-1, -10.0)
        self._quiet_until = -1.0

    def put(self, kind: str, body: str) -> int | None:
        """Queue an update for those who may want it; None when its kind is not allowed. `body` is JSON text."""
        if not self._wanted(kind):
            return None
        number = self._counters.next("update", 710_000_001)
        expires = self._clock() + LIFETIMES.get(kind, DAY)
        self._queue.put(number, Queued(number, expires, f'{{"update_id":{number},"{kind}":{body}}}'))
        self._wake()
        return number

    def put_raw(self, body: str) -> int:
        """Queue whatever text, well formed or not, under the next number ({update_id} in it is replaced)."""
        number = self._counters.next("update", 710_000_001)
        self._queue.put(number, Queued(number, self._clock() + DAY, body.replace("{update_id}", str(number))))
        self._wake()
        return number

    async def take(self, ask: Ask) -> str:
        """The answer to getUpdates: JSON text of a list. Waits up to the asked time for the first update.

        Raises Refusal 409 when another poll takes over or a webhook is set.
        """
        if self.webhook:
            await self._refuse(WEBHOOK_ACTIVE)
        offset, limit, timeout = self._without_spinning(ask)
        found = self._take(offset, limit)
        if not found and timeout:
            await self._wait(timeout)
            found = self._take(offset, limit)
        return f"[{','.join(update.body for update in found)}]"

    @property
    def webhook(self) -> str:
        return self._webhook.get("url") or ""

    def set_webhook(self, url: str) -> None:
        """An empty one deletes it. A poll that waits ends in 409."""
        if not url:
            return self._webhook.drop("url")
        self._webhook.put("url", url)
        self._end_poll("terminated by setWebhook request")

    def allow(self, kinds: Json) -> None:
        """Remember what the bot wants; of use for updates to come."""
        if isinstance(kinds, Sequence) and not isinstance(kinds, str):
            self._allowed.put("kinds", [str(kind).lower() for kind in kinds])

    def clear(self) -> None:
        for update in self._queue:
            self._queue.drop(update.id)

    def info(self) -> Object:
        pending: Object = {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": self.pending}
        return {**pending, **present(allowed_updates=self._allowed.get("kinds") or [])}

    @property
    def pending(self) -> int:
        return len(self._live())

    def _wanted(self, kind: str) -> bool:
        allowed = self._allowed.get("kinds")
        return kind in allowed if allowed else kind not in NOT_BY_DEFAULT

    def _live(self) -> list[Queued]:
        for update in self._queue:
            if update.expires < self._clock():
                self._queue.drop(update.id)
        return list(self._queue)

    def _take(self, offset: int, limit: int) -> list[Queued]:
        for update in self._acknowledged(self._live(), offset):
            self._queue.drop(update.id)
        size, found = LARGEST_ANSWER, []
        for update in list(self._queue)[:limit]:
            size -= 50 + len(update.body)
            if size > 0:
                found.append(update)
        return found

    def _acknowledged(self, live: list[Queued], offset: int) -> list[Queued]:
        if offset < 0:
            return live[:offset]
        if offset > self._counters.last("update") + 11:  # "in the future": not resolved, nothing is acknowledged
            return []
        return [update for update in live if update.id < offset]

    def _without_spinning(self, ask: Ask) -> tuple[int, int, int]:
        """The same offset again at once waits longer, then gets one update: so a poisonous one arrives alone."""
        (offset, before), now = self._last_ask, trio.current_time()
        self._last_ask = (ask.offset, now)
        limit, timeout = ask.limit, ask.timeout
        if ask.offset == offset and now < before + SAME_OFFSET_PAUSE:
            timeout = max(timeout, SAME_OFFSET_PAUSE)
        if ask.offset == offset and now < before + 0.5:
            limit = 1
        return ask.offset, limit, timeout

    async def _wait(self, seconds: float) -> None:
        self._end_poll(OTHER_POLL)
        poll = self._poll = _Poll()
        try:
            with trio.move_on_after(seconds):
                await poll.woken.wait()
        finally:
            if self._poll is poll:
                self._poll = None
        if poll.conflict:
            await self._refuse(poll.conflict)

    def _wake(self) -> None:
        if self._poll:
            self._poll.woken.set()

    def _end_poll(self, reason: str) -> None:
        if self._poll:
            self._poll.conflict = reason
            self._poll.woken.set()
            self._poll = None

    async def _refuse(self, reason: str) -> NoReturn:
        if trio.current_time() < self._quiet_until:
            await trio.sleep(CONFLICT_PAUSE)
        else:
            self._quiet_until = trio.current_time() + CONFLICT_PAUSE
        raise conflict(reason)
