"""The lookout: looks for work at once when somebody tells it of news, and every so often in any case.

What there is to do are rows, and whoever commits one tells its lookout. News that come during a look make another look
follow; news that nobody told are found by the next one. So is what failed: its row is due still.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import structlog
import trio

from lockbay.errors import OutcomeUnknown, Unavailable
from lockbay.patience import Wait

log = structlog.get_logger()


class Lookout:
    """`keep` and `woken` are for one task at a time, `wake` for everybody in the thread. Keeps nothing but its news."""

    def __init__(self, name: str, period: float) -> None:
        """`name` is how the log calls it, `period` the seconds between two looks when nobody wakes it."""
        self._name = name
        self._period = period
        self._wait = Wait("lookout", lookout=name)
        self._news = trio.Event()

    def wake(self) -> None:
        """There is news. Told more than once before a look, it is one."""
        self._news.set()

    async def woken(self) -> None:
        """Waits for news, told by now or later, and takes them. Cancelled, it takes none."""
        await self._news.wait()
        self._news = trio.Event()

    async def keep(self, look: Callable[[], Awaitable[None]]) -> NoReturn:
        """Looks now and for ever, whatever `look` raises. Cancel it whenever `look` can be cancelled."""
        while True:
            await self._survive(look)
            with trio.move_on_after(self._period):
                await self.woken()

    async def _survive(self, look: Callable[[], Awaitable[None]]) -> None:
        try:
            await look()
        except (Unavailable, OutcomeUnknown) as error:
            self._wait.failed(error)
        except Exception:
            log.exception("lookout_failed", lookout=self._name)
        else:
            self._wait.over()


@contextmanager
def one_of_many(event: str, **about: object) -> Iterator[None]:
    """One of the things that a look finds to do: its failure is logged as `event`, and hinders none of the others. That
    the database is away is raised, as it hinders them all.
    """
    try:
        yield
    except (Unavailable, OutcomeUnknown):
        raise
    except Exception:
        log.exception(event, **about)
