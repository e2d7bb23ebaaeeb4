"""Processes on this machine, for what starts LockBay and the world around it: where they listen, what they may know of
us, what they take of the processor.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import orjson

HOST: Final = "127.0.0.1"
ROOT: Final = Path(__file__).parent.parent
EPHEMERAL: Final = 32_768  # where Linux begins with the ports for whoever asks for any
ENDS_WITHIN: Final = 20.0  # s for the sandbox, which nobody needs any more
TICK: Final = os.sysconf("SC_CLK_TCK")


def plain_environment() -> dict[str, str]:
    """This process's, without settings of LockBay and without proxies: all is on this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOCKBAY_")}
    return kept | {"PYTHONPATH": str(ROOT), "NO_PROXY": HOST, "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    """One below those that the kernel gives to whoever asks for any: nobody takes it while the service is dead."""
    while True:
        with suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, random.randrange(10_000, EPHEMERAL)))
            port: int = probe.getsockname()[1]
            return port


@contextmanager
def open_sandbox(folder: Path, *options: str) -> Iterator[Mapping[str, object]]:
    """A local Telegram with its providers as a process of its own: what it tells of itself."""
    command = [sys.executable, "-m", "lockbay.sandbox", "--bind", f"{HOST}:0", "--data-dir", str(folder), *options]
    process = subprocess.Popen(command, env=plain_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        yield orjson.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def children(process: int) -> list[int]:
    """Those that its first thread has started."""
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def burnt(process: int, *, dead_too: bool = False) -> float:
    """CPU seconds so far, with those of its children that have ended; 0 for those that have ended meanwhile."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11 : 15 if dead_too else 13]) / TICK
