"""getUpdates, for ever: one poller at a time, nothing acknowledged before it is stored, no failure without a report.

    poller                    Telegram             intake (router, inbox)
      │ getUpdates(offset=7) ───▶│                     │
      │◀──────── updates 7, 8 ───│                     │
      │ intake([7, 8], 9) ────────────────────────────▶│ routes at once, stores
      │◀──────────────────────────────── committed ────│
      │ getUpdates(offset=9) ───▶│ forgets 7 and 8     │

An update is gone from Telegram as soon as a higher offset is asked for (docs/apis.md §1.4), so that is asked for only
after the commit. A crash in between delivers the batch again: the inbox knows it by its ids.
"""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final, NoReturn, Protocol, TypeAlias, TypeVar

import structlog
import trio
from attrs import define, field, frozen
from prometheus_client import Counter, Gauge

from lockbay.actors.update import Update
from lockbay.errors import LockBayError, OutcomeUnknown, SettingsError, TelegramError, Unavailable
from lockbay.telegram.api import BotApi
from lockbay.telegram.backoff import Backoff
from lockbay.telegram.refusals import Conflict, TooManyRequests, Unauthorized
from lockbay.telegram.types import Batch

TIMEOUT: Final = 10  # s of one long poll (Telegram takes 0 to 50): an empty answer is the only sign that the line lives
SILENCE: Final = 20.0  # s; well above a poll and its way: so long does a line that is dead hold everybody up
SHORTEST_EMPTY: Final = 0.5  # s; a server that answers empty at once must not be asked in a spin
MANY_CONFLICTS: Final = 3  # from here on it is not a restart that overlaps, but a second service
LAST_WORD: Final = 0.3  # s for the acknowledgement when we stop: it counts when it arrives, its answer comes 3 s later

UPDATES = Counter("lockbay_poller_updates_total", "Updates received, for us or not")
SKIPPED = Counter("lockbay_poller_skipped_total", "Updates that could not be read")
FAILURES = Counter("lockbay_poller_failures_total", "Failed steps of polling", ["error"])
RESTARTS = Counter("lockbay_poller_restarts_total", "Polls given up because nothing came for too long")
CONFLICTS = Counter("lockbay_poller_conflicts_total", "Polls refused because somebody else polls")
LAST_SUCCESS = Gauge("lockbay_poller_last_success_timestamp_seconds", "When Telegram last answered the poller")

T = TypeVar("T")
log = structlog.get_logger()


class Intake(Protocol):
    """Routes the updates at once; returns when the batch is committed. Repeated with the same batch after a failure."""

    async def __call__(self, updates: list[Update], next_offset: int, /) -> None: ...


class Lease(Protocol):
    """The right to poll."""

    async def lost(self) -> None:
        """Returns when the right is gone."""


Lock: TypeAlias = Callable[[], AbstractAsyncContextManager[Lease]]


@define
class Pulse:
    """Read by /health: seconds since Telegram last answered the poller, None before the first time."""

    last_success: float | None = None

    def beat(self) -> None:
        self.last_success = trio.current_time()
        LAST_SUCCESS.set(time.time())

    def age(self) -> float | None:
        return None if self.last_success is None else trio.current_time() - self.last_success


@frozen
class Patience:
    """All in seconds. `timeout`: one long poll; `silence`: without any answer the call is given up, and the next one
    after twice that: on a slow line a large batch may need longer.
    """

    timeout: int = TIMEOUT
    silence: float = SILENCE
    longest_silence: float = 90.0
    first_pause: float = 0.5
    longest_pause: float = 30.0


async def poll(
    api: BotApi,
    intake: Intake,
    *,
    lock: Lock,
    offset: int,
    pulse: Pulse | None = None,
    patience: Patience | None = None,
    random: Callable[[], float] = random.random,
) -> NoReturn:
    """Polls until cancelled, whenever the lock is ours. `api` is the poller's alone: a long poll occupies a connection.

    Raises SettingsError (in an ExceptionGroup) when Telegram has never accepted the token; everything else is survived,
    reported and counted.
    When cancelled, what was committed is still acknowledged, within 0.3 s.
    """
    patience = patience or Patience()
    backoff = Backoff(random, patience.first_pause, patience.longest_pause)
    poller = _Poller(api, intake, offset, pulse or Pulse(), patience, backoff)
    while True:
        await poller.poll_under(lock)


@define
class _Poller:
    api: BotApi
    intake: Intake
    offset: int
    pulse: Pulse
    patience: Patience
    backoff: Backoff
    conflicts: int = 0
    ours: bool = False
    acknowledged: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.acknowledged = self.offset

    async def poll_under(self, lock: Lock) -> None:
        """Polls until the lock is lost. A failure to get it is reported; the caller tries again."""
        try:
            async with lock() as lease, trio.open_nursery() as nursery:
                self.ours = True
                nursery.start_soon(self._stop_when_lost, lease, nursery.cancel_scope)
                await self._poll()
        except (Unavailable, OutcomeUnknown) as error:
            await self._pause(error)

    async def _poll(self) -> NoReturn:
        await self._insist(self.api.delete_webhook)
        self.pulse.beat()  # where nobody writes, the first long poll is not answered for most of a minute
        try:
            while True:
                await self._turn()
        finally:
            await self._acknowledge()

    async def _turn(self) -> None:
        began = trio.current_time()
        batch = await self._insist(self._fetch)
        self._report(batch)
        offset = batch.next_offset
        if offset is None:
            await trio.sleep_until(began + SHORTEST_EMPTY)
            return
        await self._insist(partial(self.intake, batch.updates, offset))
        self.offset = offset

    async def _fetch(self) -> Batch:
        """One long poll. A silent one is cancelled, which closes its connection, and begun anew on another."""
        offset, patience = self.offset, self.patience
        silence = patience.silence
        while True:
            with trio.move_on_after(silence):
                batch = await self.api.get_updates(offset, timeout=patience.timeout, patience=2 * silence)
                self.acknowledged = offset
                self.pulse.beat()
                return batch
            RESTARTS.inc()
            log.warning("poller_restarted", silent_seconds=silence)
            silence = min(2 * silence, patience.longest_silence)

    def _report(self, batch: Batch) -> None:
        UPDATES.inc(len(batch.updates))
        SKIPPED.inc(len(batch.skipped))
        for skipped in batch.skipped:
            log.error("update_skipped", update_id=skipped.update_id, problem=skipped.problem)

    async def _insist(self, step: Callable[[], Awaitable[T]]) -> T:
        """Repeats the step until it succeeds. Raises SettingsError for a token that never was any good."""
        while True:
            try:
                outcome = await step()
            except Unauthorized as error:
                if self.pulse.last_success is None:
                    raise SettingsError("LOCKBAY_BOT_TOKEN is not accepted by Telegram") from None
                await self._pause(error)  # it was good: it is being changed, or Telegram is in trouble
            except (TelegramError, Unavailable, OutcomeUnknown) as error:
                await self._pause(error)
            else:
                self.backoff.reset()
                self.conflicts = 0
                return outcome

    async def _pause(self, error: LockBayError) -> None:
        """Reports a failure and waits: what a 429 says, exactly; else longer from time to time."""
        FAILURES.labels(type(error).__name__).inc()
        seconds = error.retry_after if isinstance(error, TooManyRequests) else self.backoff.pause()
        if isinstance(error, Conflict):
            await self._pause_in_conflict(error, seconds)
            return
        log.warning("poller_failed", error=type(error).__name__, reason=str(error), pause_seconds=round(seconds, 3))
        await trio.sleep(seconds)

    async def _pause_in_conflict(self, error: Conflict, seconds: float) -> None:
        """Two pollers throw each other out for ever (docs/apis.md §1.4): go on, but slowly, and say it loudly."""
        self.conflicts += 1
        CONFLICTS.inc()
        many = self.conflicts >= MANY_CONFLICTS
        if many:
            seconds = self.patience.longest_pause
        report = log.error if many else log.warning
        report("poller_conflict", reason=error.description, in_a_row=self.conflicts, pause_seconds=round(seconds, 3))
        await trio.sleep(seconds)
        if "webhook" in error.description.lower():
            await self._remove_webhook()

    async def _remove_webhook(self) -> None:
        """One try: the next getUpdates tells whether it helped."""
        try:
            await self.api.delete_webhook()
        except LockBayError as error:
            log.warning("webhook_not_removed", error=type(error).__name__)

    async def _acknowledge(self) -> None:
        """The last committed batch, in case the next getUpdates did not get through any more."""
        if not self.ours or self.acknowledged == self.offset:  # not ours: it would throw the new poller out
            return
        with trio.move_on_after(LAST_WORD, shield=True):
            try:
                await self.api.get_updates(self.offset, timeout=0, limit=1)
            except LockBayError as error:
                log.warning("last_acknowledgement_failed", error=type(error).__name__)

    async def _stop_when_lost(self, lease: Lease, polling: trio.CancelScope) -> None:
        await lease.lost()
        self.ours = False
        log.warning("poller_lock_lost")
        polling.cancel()
