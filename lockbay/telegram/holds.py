"""Who must wait because Telegram said so, and for how long: exactly as long as it said."""

from __future__ import annotations

from collections import deque
from typing import Final

import structlog
import trio
from prometheus_client import Counter

MANY_CHATS: Final = 3  # different chats refused within SHORT: it is the bot that is too fast, not one chat
SHORT: Final = 1.0  # s

REFUSED = Counter("lockbay_courier_429_total", "Sends refused because of too many requests", ["scope"])
HELD = Counter("lockbay_courier_hold_seconds_total", "Seconds that Telegram told us to wait, added up")
log = structlog.get_logger()


class Holds:
    """A 429 holds its chat; many chats' 429s in a short time hold everyone. Nothing else is ever throttled here."""

    def __init__(self) -> None:
        self._everyone = 0.0  # trio.current_time() until which nobody sends
        self._recent: deque[tuple[float, int]] = deque()

    @property
    def hold_everyone(self) -> bool:
        return self._everyone > 0 and self._everyone > trio.current_time()

    async def pass_everyone(self) -> None:
        """Waits while everyone is held; at once, without a checkpoint, otherwise."""
        while self.hold_everyone:  # noqa: ASYNC110 - it may be prolonged meanwhile
            await trio.sleep_until(self._everyone)

    async def refused(self, chat_id: int, retry_after: float) -> None:
        """Waits for this chat, and lets everyone wait when it is the whole bot's matter."""
        now = trio.current_time()
        scope = "everyone" if self._many(now, chat_id) else "chat"
        if scope == "everyone":
            self._everyone = max(self._everyone, now + retry_after)
        REFUSED.labels(scope).inc()
        HELD.inc(retry_after)
        log.warning("telegram_too_many_requests", chat_id=chat_id, scope=scope, retry_after=retry_after)
        await trio.sleep_until(now + retry_after)

    def _many(self, now: float, chat_id: int) -> bool:
        self._recent.append((now, chat_id))
        while self._recent[0][0] < now - SHORT:
            self._recent.popleft()
        return len({chat for _, chat in self._recent}) >= MANY_CHATS


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
