"""A bound for a part, whatever happens: one that is over it says where all of its tasks and threads stand, and ends.

First it is cancelled, so that its processes are put away in order. What cannot be cancelled, as a call that blocks, is
ended with all that it started.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import trio
from attrs import define
from trio.lowlevel import Task

T = TypeVar("T")

GRACE: Final = 60.0  # s for putting away what was cancelled
TOLD: Final = 1.0  # s from telling where all stand to cancelling: then they stand there no more
LAST: Final = 10.0  # s more; then not even our threads run any more


class OverBound(Exception):
    """A part took longer than it may: where it stood is on standard error"""


def within(seconds: float, run: Callable[[], Awaitable[T]], *, grace: float = GRACE) -> T:
    """Runs it to its end. Raises OverBound; exits with 1 when it does not even end then."""
    watch = Watch()
    timers = [threading.Timer(seconds, watch.tell), threading.Timer(seconds + grace, end)]
    faulthandler.dump_traceback_later(seconds + grace + LAST, exit=True)
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        return trio.run(partial(_cancelled_after, seconds, run), instruments=[watch])
    finally:
        for timer in timers:
            timer.cancel()
        faulthandler.cancel_dump_traceback_later()


async def _cancelled_after(seconds: float, run: Callable[[], Awaitable[T]]) -> T:
    with trio.move_on_after(seconds + TOLD) as scope:
        found = await run()
        if not scope.cancel_called:
            return found
    raise OverBound(f"not over after {seconds:.0f} s: where it stood is on standard error")


@define(eq=False, slots=False)
class Watch(trio.abc.Instrument):
    """Knows where all tasks are."""

    root: Task | None = None

    def task_spawned(self, task: Task) -> None:
        if task.parent_nursery is None:
            self.root = task

    def tell(self) -> None:
        """From any thread."""
        print("Over its bound. Tasks:", file=sys.stderr)
        for line in [] if self.root is None else stood(self.root):
            print(line, file=sys.stderr)
        print("Threads:", file=sys.stderr, flush=True)
        faulthandler.dump_traceback(all_threads=True)


def stood(task: Task, depth: int = 0) -> Iterator[str]:
    """Where a task and those in its nurseries stand, the innermost line last."""
    margin = "  " * depth
    yield f"{margin}{task.name}"
    for frame, number in task.iter_await_frames():
        yield f"{margin}  {frame.f_code.co_filename}:{number} {frame.f_code.co_name}"
    for nursery in task.child_nurseries:
        for child in nursery.child_tasks:
            yield from stood(child, depth + 1)


def end() -> None:
    """kill -9 of all that this process has started, and of itself."""
    print("It cannot be cancelled: ended.", file=sys.stderr, flush=True)
    for process in descendants(os.getpid()):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    os._exit(1)


def descendants(process: int) -> Iterator[int]:
    """Those below it, as far as they have not been left to somebody else."""
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, tasks.read_text().split()):
            yield from descendants(child)
            yield child
