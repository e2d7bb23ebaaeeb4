"""Who must wait because Telegram said so, and for how long.

A 429 does not say whom it is about: one chat that is too fast, or the whole bot. Anybody can bring it upon a chat of
their own, so no number of refused chats alone may hold others. The whole bot is refused when nobody gets through.
"""

from __future__ import annotations

from typing import Final

import structlog
import trio
from prometheus_client import Counter

MANY_CHATS: Final = 10  # different chats refused within SHORT, and nothing shown to anybody in between
SHORT: Final = 1.0  # s
TRY: Final = 0.1  # s; while everyone is held one goes all the same this often, and finds out whether that is right

REFUSED = Counter("lockbay_courier_429_total", "Sends refused because of too many requests", ["scope"])
HELD = Counter("lockbay_courier_hold_seconds_total", "Seconds that Telegram told us to wait, added up")
log = structlog.get_logger()


class Holds:
    """A 429 holds its chat, exactly as long as it says. When many chats are refused one after the other, everyone is
    held, but for one every TRY s: the first who gets through ends it. So whoever floods chats of their own costs
    others a TRY for each at most. Nothing else is ever throttled here.
    """

    def __init__(self) -> None:
        self._chats: dict[int, float] = {}  # trio.current_time() until which each must wait
        self._in_a_row: dict[int, float] = {}  # who was refused when, since something was shown to anybody
        self._everyone = 0.0
        self._next_try = 0.0
        self._trying = trio.Lock()  # who waits for the hold of everyone goes in turn: of thousands a try wakes one
        self._most = MANY_CHATS

    def holds(self, chat_id: int) -> bool:
        return (self._everyone > 0 and self._everyone > trio.current_time()) or self.left(chat_id) > 0

    def left(self, chat_id: int) -> float:
        """The seconds for which Telegram takes nothing for this chat."""
        return max(0.0, self._chats[chat_id] - trio.current_time()) if chat_id in self._chats else 0.0

    async def turn(self, chat_id: int) -> None:
        """Waits until this chat may be sent to; at once, without a checkpoint, where nobody is held."""
        if not (self._chats or self._everyone):
            return
        while self.left(chat_id) > 0:  # noqa: ASYNC110 - may change
            await trio.sleep_until(self._chats[chat_id])
        if self._everyone > trio.current_time():
            async with self._trying:
                await self._try()

    def refused(self, chat_id: int, retry_after: float) -> None:
        """A chat was told to wait; so is everyone when it is the whole bot's matter."""
        now = trio.current_time()
        scope = "everyone" if self._everyone > now or self._many(now, chat_id) else "chat"
        self._chats[chat_id] = now + retry_after
        self._forget(now)
        if scope == "everyone":
            self._everyone = max(self._everyone, now + retry_after)
            self._next_try = now + TRY
        REFUSED.labels(scope).inc()
        HELD.inc(retry_after)
        log.warning("telegram_too_many_requests", chat_id=chat_id, scope=scope, retry_after=retry_after)

    def passed(self) -> None:
        """Something was shown to somebody: it is not the whole bot that Telegram refuses."""
        if self._in_a_row:
            self._in_a_row.clear()
            self._everyone = 0.0

    async def _try(self) -> None:
        """Waits until one may find out, or need not any more."""
        while (until := min(self._next_try, self._everyone)) > trio.current_time():  # noqa: ASYNC110 - may change
            await trio.sleep_until(until)
        self._next_try = trio.current_time() + TRY

    def _forget(self, now: float) -> None:
        """Those who are held no more, seldom enough that many cost as little as few."""
        if len(self._chats) > self._most:
            self._chats = {chat: until for chat, until in self._chats.items() if until > now}
            self._most = MANY_CHATS + 2 * len(self._chats)

    def _many(self, now: float, chat_id: int) -> bool:
        self._in_a_row = {chat: at for chat, at in self._in_a_row.items() if at >= now - SHORT}
        self._in_a_row[chat_id] = now
        return len(self._in_a_row) >= MANY_CHATS


class Pace:
    """At most `rate` turns a second, evenly, in the order of asking."""

    def __init__(self, rate: float) -> None:
        self._interval = 1 / rate
        self._next = 0.0

    async def turn(self) -> None:
        """A cancelled turn stays used."""
        at = max(self._next, trio.current_time())
        self._next = at + self._interval
        await trio.sleep_until(at)
