"""How PostgreSQL dies: by kill -9, all of it or a part. Each blocks until what it kills is gone."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

from lockbay.postgres.embedded import EmbeddedPostgres
from scripts.processes import children


def kill_all(server: EmbeddedPostgres, _: random.Random | None = None) -> None:
    """The machine's death."""
    postmaster = _postmaster(server)
    _kill(postmaster, *children(postmaster))
    _gone(server)


def kill_postmaster(server: EmbeddedPostgres, _: random.Random | None = None) -> None:
    """Its children see that it is gone, and end; until then nobody else may start."""
    _kill(_postmaster(server))
    _gone(server)


def kill_backend(server: EmbeddedPostgres, chance: random.Random) -> None:
    """One of those that serve us: the postmaster ends all the others, recovers, and goes on."""
    every = children(_postmaster(server))
    _kill(chance.choice([child for child in every if b"[local]" in _command(child)] or every))


def _postmaster(server: EmbeddedPostgres) -> int:
    postmaster = server.process_id
    assert postmaster is not None
    return postmaster


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _kill(*numbers: int) -> None:
    for number in numbers:
        with suppress(ProcessLookupError):  # it has ended by itself
            os.kill(number, signal.SIGKILL)


def _gone(server: EmbeddedPostgres) -> None:
    while server.process_id is not None:
        time.sleep(0.005)
