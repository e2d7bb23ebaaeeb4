"""Is the event loop held up? Everybody waits for whoever computes too long in one go.

A task that only sleeps measures how late it wakes. A thread beside the loop looks at it every few milliseconds, and
writes down what the loop is doing when it has not come back to waiting for I/O for too long.
"""

from __future__ import annotations

import sys
import threading
from itertools import islice
from time import perf_counter, sleep, thread_time
from traceback import walk_stack
from typing import Final

import structlog
import trio
from prometheus_client import Counter, Histogram

INTERVAL: Final = 0.05  # s between two measurements
LIMIT: Final = 0.010  # s that the loop may be held
PAUSE: Final = 10.0  # s between two warnings: they are expensive, and the first says enough
DEEPEST: Final = 12  # innermost frames in a warning

LAG = Histogram(
    "lockbay_loop_lag_seconds",
    "How much later than asked for a sleeping task wakes",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
)
HELD = Counter(
    "lockbay_loop_held",
    "Passes of the event loop that took too long: our own `code` computed, or it `waited` for a processor or a call",
    ["by"],
)
BY_CODE, BY_WAITING = HELD.labels("code"), HELD.labels("waited")
log = structlog.get_logger()


class Pulse(trio.abc.Instrument):
    """Knows since when the loop has been running tasks. Two calls a pass, nothing per task."""

    def __init__(self, limit: float) -> None:
        self.since: float | None = None  # perf_counter of the pass under way, None while the loop waits for I/O
        self._limit = limit
        self._burnt = 0.0  # seconds of the processor, as the pass began

    def after_io_wait(self, timeout: float) -> None:
        self.since = perf_counter()
        self._burnt = thread_time()

    def before_io_wait(self, timeout: float) -> None:
        if self.since is not None and perf_counter() - self.since > self._limit:
            (BY_CODE if thread_time() - self._burnt > self._limit else BY_WAITING).inc()
        self.since = None


async def watch_lag(
    *,
    limit: float = LIMIT,
    pause: float = PAUSE,
    interval: float = INTERVAL,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Measures and warns until cancelled; then the thread has ended too. All times in seconds."""
    pulse, stop = Pulse(limit), threading.Event()
    watchdog = threading.Thread(
        target=_watch, args=(pulse, threading.get_ident(), stop, limit, pause), name="lag-watchdog", daemon=True
    )
    trio.lowlevel.add_instrument(pulse)
    watchdog.start()
    try:
        task_status.started()
        await _measure(interval)
    finally:
        stop.set()
        watchdog.join(timeout=1.0)
        trio.lowlevel.remove_instrument(pulse)


async def _measure(interval: float) -> None:
    while True:
        asked = perf_counter()
        await trio.sleep(interval)
        LAG.observe(max(0.0, perf_counter() - asked - interval))


def _watch(pulse: Pulse, loop: int, stop: threading.Event, limit: float, pause: float) -> None:
    """The thread. It must not look as often as it likes: each look takes the interpreter's lock, and waiting for the
    event instead of sleeping takes it for ten times as long.
    """
    quiet_until = 0.0
    while not stop.is_set():
        sleep(limit / 2)
        since, now = pulse.since, perf_counter()
        if since is not None and now - since > limit and now >= quiet_until:
            quiet_until = now + pause
            log.warning("loop_held", milliseconds=round((now - since) * 1000), doing=_stack(loop))


def _stack(thread: int) -> list[str]:
    """Where a thread is: "file:line function", the innermost last."""
    frame = sys._current_frames().get(thread)
    # Not extract_stack: it reads all sources that the stack is in, and keeps them for ever.
    frames = list(islice(walk_stack(frame), DEEPEST)) if frame is not None else []
    return [f"{each.f_code.co_filename}:{line} {each.f_code.co_name}" for each, line in reversed(frames)]
