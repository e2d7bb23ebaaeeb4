"""The service as seen by whoever lets it die: one life after another, each armed with the failpoint of its death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import trio
from attrs import define, field, frozen

from scripts.chaos.world import World

READY_WITHIN: Final = 30.0  # s
AGAIN: Final = 0.1  # s
LOOK: Final = 0.01  # s
BY_ITSELF: Final = "by itself"
CHANGED: Final = "changed"  # it was ended for another mutant


@frozen
class Failpoint:
    """Coming by a place for the n-th time in a deed."""

    times: int
    place: str


NEVER: Final = Failpoint(0, "")


@define(eq=False)
class Mortal:
    """The service, one life after another. `deaths` holds where each of them ended; `mutant` is what the next will be,
    see mutants.py.
    """

    folder: Path
    process: trio.Process
    mutant: str = "sound"
    deaths: list[str] = field(factory=list)
    lives: int = 0
    _pid: int = 0
    _risen: trio.Event = field(factory=trio.Event)
    _words: bytes = b""

    async def rise(self) -> None:
        """A new life, which watches for its own end and is followed by the next."""
        self._pid = int(await self._ask(f"start {self.mutant}"))
        self.lives += 1
        self._risen.set()

    async def live(self) -> None:
        """Whenever it dies it rises again, for ever."""
        while True:
            descriptor = os.pidfd_open(self._pid)
            try:
                await trio.lowlevel.wait_readable(descriptor)
            finally:
                os.close(descriptor)
            died = self.folder / "died"
            self.deaths.append(died.read_text() if died.exists() else BY_ITSELF)
            died.unlink(missing_ok=True)
            await self._ask(f"bury {self._pid}")
            await self.rise()

    async def become(self, mutant: str) -> None:
        """From now on each life is one of that mutant."""
        self.mutant, self._risen = mutant, trio.Event()
        (self.folder / "died").write_text(CHANGED)
        self.end()
        await self._risen.wait()

    async def arm(self, failpoint: Failpoint) -> list[str]:
        """Dies there, counted from now. The places that it came by before."""
        (self.folder / "armed").write_text(f"{failpoint.times} {failpoint.place}")
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        with trio.fail_after(READY_WITHIN):
            while not ready.exists():  # who has not begun to listen is told again
                with suppress(ProcessLookupError):  # the next rises
                    os.kill(self._pid, signal.SIGUSR1)
                with trio.move_on_after(AGAIN):
                    await _there(ready)
        return (self.folder / "passed").read_text().splitlines()

    def end(self) -> None:
        """kill -9."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    async def _ask(self, words: str) -> str:
        assert self.process.stdin is not None
        await self.process.stdin.send_all(words.encode() + b"\n")
        return await self.answer()

    async def answer(self) -> str:
        assert self.process.stdout is not None
        while b"\n" not in self._words:
            said = await self.process.stdout.receive_some()
            assert said, "the process that forks the service has ended: its log says why"
            self._words += said
        line, _, self._words = self._words.partition(b"\n")
        return line.decode()


@asynccontextmanager
async def open_mortal(world: World) -> AsyncIterator[Mortal]:
    """A service that lives."""
    folder = world.folder / "mortal"
    folder.mkdir()
    with world.service.log.open("ab") as log:
        process = await trio.lowlevel.open_process(
            [sys.executable, "-m", "scripts.chaos.mortal", str(folder)], env=dict(world.service.settings),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=folder,
        )  # fmt: skip
    mortal = Mortal(folder, process)
    try:
        await mortal.answer()
        await mortal.rise()
        yield mortal
    finally:
        mortal.end()
        process.kill()
        with trio.CancelScope(shield=True):  # a killed process ends at once
            await process.wait()


async def _there(path: Path) -> None:
    while not path.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it, in memory
        await trio.sleep(LOOK)
