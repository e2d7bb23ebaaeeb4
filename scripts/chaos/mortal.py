"""LockBay that dies where it is told to: a process that has everything imported, and forks a service when asked.

    python -m scripts.chaos.mortal FOLDER    a line "start MUTANT" is answered by a service's pid, "bury PID" when it
                                             has ended; "start sound" is LockBay as it is, others are in mutants.py

A failpoint is each step of a trio task at which it stands in one of the paths below: when it has just begun to wait
(what it sent is sent) and when it is about to go on (what it waited for is there, and nothing is made of it). The
product knows nothing of this: an instrument of trio looks at the stacks of the tasks.

SIGUSR1 reads FOLDER/armed, a number and a place: when the service comes by that place for the n-th time from now on (0:
never), it kills itself (kill -9) and leaves the place in FOLDER/died. What it came by since the last SIGUSR1 is left in
FOLDER/passed, a line each time, in order.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

import trio
from attrs import define, field
from trio.lowlevel import Task

from lockbay.__main__ import main as lockbay
from scripts.chaos.mutants import MUTANTS
from scripts.chaos.warm import warm

PATHS: Final = {
    "actors/intake.py": "poll",
    "telegram/poller.py": "poll",
    "actors/inbox.py": "settle",
    "actors/actor.py": "turn",
    "telegram/courier.py": "send",
    "notices/outbox.py": "notice",
    "clock/payouts.py": "payout",
}


def frames(task: Task) -> Iterator[FrameType]:
    """The stack of a task that waits, the outermost first."""
    inner: object = task.coro
    while inner is not None:
        frame = getattr(inner, "cr_frame", None) or getattr(inner, "gi_frame", None) or getattr(inner, "ag_frame", None)
        if frame is not None:
            yield frame
        inner = getattr(inner, "cr_await", None) or getattr(inner, "gi_yieldfrom", None)


def place(task: Task) -> str | None:
    """The path that the task is on, and the innermost line of ours; None: on none of them."""
    path, last = None, ""
    for frame in frames(task):
        _, ours, name = frame.f_code.co_filename.rpartition("/lockbay/")
        if ours:
            path = path or PATHS.get(name)
            last = f"{name}:{frame.f_code.co_name}:{frame.f_lineno}"
    return None if path is None else f"{path} {last}"


@define(eq=False, slots=False)
class Reaper(trio.abc.Instrument):
    """Counts failpoints, and dies at the one that it is armed for."""

    folder: Path
    at: str = ""
    times: int = 0
    passed: Counter[str] = field(factory=Counter)
    way: list[str] = field(factory=list)

    def after_task_step(self, task: Task) -> None:
        self._pass(task, "waits")

    def before_task_step(self, task: Task) -> None:
        self._pass(task, "goes on")

    def _pass(self, task: Task, how: str) -> None:
        where = place(task)
        if where is None:
            return
        failpoint = f"{where} {how}"
        self.passed[failpoint] += 1
        self.way.append(failpoint)
        if failpoint == self.at and self.passed[failpoint] == self.times:
            (self.folder / "died").write_text(failpoint)
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self, *_: object) -> None:
        """What is counted begins anew. Told twice, it hears once."""
        if (self.folder / "ready").exists():
            return
        (self.folder / "passed").write_text("\n".join(self.way))
        self.passed.clear()
        self.way.clear()
        times, self.at = (self.folder / "armed").read_text().split(" ", 1)
        self.times = int(times)
        (self.folder / "ready").touch()


def live(folder: Path, mutant: str) -> None:
    """The service, in this process, to its end."""
    MUTANTS[mutant]()
    reaper = Reaper(folder)
    signal.signal(signal.SIGUSR1, reaper.arm)
    run = trio.run
    trio.run = lambda main, *rest: run(main, *rest, instruments=[reaper])
    lockbay(["--poll"])


def fork(folder: Path, mutant: str) -> int:
    child = os.fork()
    if child:
        return child
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    live(folder, mutant)
    raise AssertionError("it ends by sys.exit")


def main() -> None:
    folder = Path(sys.argv[1])
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # until a service listens
    warm()
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        match line.split():
            case ["start", mutant]:
                print(fork(folder, mutant), flush=True)
            case ["bury", process]:
                os.waitpid(int(process), 0)
                print(process, flush=True)


if __name__ == "__main__":
    main()
