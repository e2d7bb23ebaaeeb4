"""Patience: whoever asks the database again until it answers says so when it begins to wait, and when that is over.

A line at each try would be a hundred thousand a minute with some hundred people who wait, and hide what matters.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog
import trio
from prometheus_client import Counter

from lockbay.errors import OutcomeUnknown, Unavailable

SAID_AGAIN: Final = 600.0  # s: whoever opens the log during a long outage sees that it lasts

T = TypeVar("T")
TRIES = Counter("lockbay_database_waits", "Tries that had no answer of the database and are made again", ["who"])
log = structlog.get_logger()


class Wait:
    """Somebody who may have to wait, again and again. `told` is what the log says with it."""

    def __init__(self, who: str, **told: object) -> None:
        self._who = who
        self._told = told
        self._tries = 0
        self._since = self._said = 0.0

    def failed(self, error: Exception) -> None:
        """In vain; it will be tried again."""
        TRIES.labels(self._who).inc()
        self._tries += 1
        now = trio.current_time()
        if self._tries == 1:
            self._since = now
        elif now - self._said < SAID_AGAIN:
            return
        self._said = now
        seconds = round(now - self._since)
        log.warning(f"{self._who}_waits_for_database", **self._told, reason=_reason(error), seconds=seconds)

    def over(self) -> None:
        """It was answered, or need not be any more."""
        if self._tries:
            seconds = round(trio.current_time() - self._since, 1)
            log.info("database_answers_again", who=self._who, **self._told, seconds=seconds, tries=self._tries)
            self._tries = 0


async def insist(ask: Callable[[], Awaitable[T]], who: str, *, pause: float, **told: object) -> T:
    """Asks until there is an answer, however long the database is away; `pause` s between two tries. What is asked must
    be right to ask again.
    """
    wait: Wait | None = None
    while True:
        try:
            answer = await ask()
        except (Unavailable, OutcomeUnknown) as error:
            wait = wait or Wait(who, **told)
            wait.failed(error)
            await trio.sleep(pause)
        else:
            if wait is not None:
                wait.over()
            return answer


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
