"""LockBay as a process of its own, followed line by line: for what only a process can do, as being killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import orjson
import trio
from attrs import define, field, frozen

from lockbay.settings import Settings

REPOSITORY: Final = Path(__file__).parent.parent
PATIENCE: Final = 30.0  # s for a line or the end; Python alone takes a second to start on a loaded machine


class NotSaid(AssertionError):
    """The process did not say what was waited for."""


@frozen
class Ended:
    """A process that is over, and all that it said."""

    code: int
    out: str
    err: str


@define(eq=False)
class Process:
    """`python -m lockbay …` that runs. Its log goes to `lines`, as JSON."""

    _process: trio.Process
    lines: list[str] = field(factory=list)
    out: list[str] = field(factory=list)
    _news: trio.Event = field(factory=trio.Event)
    _open_pipes: int = 2

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    async def logs(self, event: str, *, times: int = 1) -> dict[str, object]:
        """Waits until it has logged the event so often; the last of them. Raises NotSaid."""
        found: list[dict[str, object]] = []
        with trio.move_on_after(PATIENCE):
            while len(found := self.logged(event)) < times and self._open_pipes:
                await self._news.wait()
        if len(found) < times:
            raise NotSaid(f"no {event} in:\n" + "\n".join(self.lines[-30:]))
        return found[times - 1]

    def logged(self, event: str) -> list[dict[str, object]]:
        """What it has logged so far of that event."""
        return [entry for entry in map(_entry, self.lines) if entry.get("event") == event]

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """kill -9: nothing of it runs when this returns. Raises NotSaid when it had ended by itself."""
        if self.code is not None:
            raise NotSaid("it had ended:\n" + "\n".join(self.lines[-30:]))
        self._process.kill()
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    async def ended(self, within: float = PATIENCE) -> Ended:
        """Waits for its end. Raises trio.TooSlowError."""
        with trio.fail_after(within):
            code = await self._process.wait()
            while self._open_pipes:
                await self._news.wait()
        return Ended(code, "\n".join(self.out), "\n".join(self.lines))

    async def follow(self, stream: trio.abc.ReceiveStream, lines: list[str]) -> None:
        """Takes its lines until it closes the stream."""
        rest = b""
        async for chunk in stream:
            *whole, rest = (rest + chunk).split(b"\n")
            lines += [line.decode(errors="replace") for line in whole]
            self._wake()
        lines += [rest.decode(errors="replace")] if rest else []
        self._open_pipes -= 1
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = trio.Event()


@asynccontextmanager
async def lockbay(
    *arguments: str, environment: Mapping[str, str], folder: Path, limits: tuple[str, ...] = ()
) -> AsyncIterator[Process]:
    """Runs `python -m lockbay` with these settings and no other; killed at the end of the block if it still runs.

    `limits` is a command that runs the rest in its world: ("prlimit", "--fsize=1000").
    """
    process = await trio.lowlevel.open_process(
        [*limits, sys.executable, "-m", "lockbay", *arguments],
        env={**_plain(), **environment},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    running = Process(process)
    async with process.stdout, process.stderr, trio.open_nursery() as nursery:  # closed when nobody reads any more
        nursery.start_soon(running.follow, process.stdout, running.out)
        nursery.start_soon(running.follow, process.stderr, running.lines)
        try:
            yield running
        finally:
            with trio.CancelScope(shield=True):  # a killed process ends at once
                process.kill()
                await process.wait()
            nursery.cancel_scope.cancel()


async def run(*arguments: str, environment: Mapping[str, str], folder: Path, limits: tuple[str, ...] = ()) -> Ended:
    """Runs it to its end."""
    async with lockbay(*arguments, environment=environment, folder=folder, limits=limits) as process:
        return await process.ended()


def _plain() -> dict[str, str]:
    """This process's environment without settings of LockBay, and without proxies: all is on this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOCKBAY_")}
    return kept | {"PYTHONPATH": str(REPOSITORY), "NO_PROXY": "127.0.0.1", "PYTHONUNBUFFERED": "1"}


def _entry(line: str) -> dict[str, object]:
    try:
        entry = orjson.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def environment(settings: Settings) -> dict[str, str]:
    """The same settings, as an operator gives them to a process."""
    return {
        "LOCKBAY_BOT_TOKEN": settings.bot_token,
        "LOCKBAY_TELEGRAM_URL": settings.telegram_url,
        "LOCKBAY_DATABASE_URL": settings.database_url,
        "LOCKBAY_SMTP_URL": settings.smtp_url,
        "LOCKBAY_ADMIN_IDS": settings.admin_ids,
        "LOCKBAY_WEB_BIND": settings.web_bind,
        "LOCKBAY_BLOCKBEE_URL": settings.blockbee.url,
        "LOCKBAY_BLOCKBEE_API_KEY": settings.blockbee.api_key,
        "LOCKBAY_BLOCKBEE_PUBLIC_KEY": settings.blockbee.public_key,
        "LOCKBAY_RATES_URL": settings.rates.url,
        "LOCKBAY_RATES_KEY": settings.rates.key,
        "LOCKBAY_FASTFOREX_URL": settings.fastforex.url,
        "LOCKBAY_FASTFOREX_KEY": settings.fastforex.key,
        "LOCKBAY_KRAKEN_RATES_URL": settings.kraken_rates.url,
        "LOCKBAY_BINANCE_URL": settings.binance.url,
    }


def is_one_clear_line(ended: Ended, *words: str) -> None:
    """The last line is for the operator, and says what it is about; nothing looks like a crash."""
    assert "Traceback" not in ended.err
    last = ended.err.splitlines()[-1]
    assert last.startswith("lockbay: ")
    for word in words:
        assert word in last
