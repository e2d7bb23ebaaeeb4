"""A part of the chaos that hangs says where, and ends."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANGING = """
import subprocess, sys, time
import trio
from scripts.chaos.bound import within

async def waiting_in_vain():
    child = subprocess.Popen(["sleep", "1000"])
    print(child.pid, flush=True)
    try:
        {hang}
    finally:
        print("put away", flush=True)
        child.kill()

within(0.5, waiting_in_vain, grace={grace})
"""


def played(hang: str, grace: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", HANGING.format(hang=hang, grace=grace)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def ends(process: int) -> bool:
    """Who was killed runs on until the kernel has come to it. Its descriptor is readable when it is over."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    with open(watched) as over:
        return bool(select.select([over], [], [], 60.0)[0])


@pytest.mark.parametrize("hang", ["await trio.sleep_forever()", "await trio.to_thread.run_sync(time.sleep, 3)"])
def test_what_waits_for_ever_says_where_and_is_put_away(hang: str) -> None:
    done = played(hang, grace=30.0)
    assert done.returncode == 1
    assert "put away" in done.stdout
    assert "waiting_in_vain" in done.stderr.partition("Threads:")[0]
    assert "OverBound: not over after" in done.stderr


def test_what_cannot_be_cancelled_is_ended_with_all_that_it_started() -> None:
    done = played("time.sleep(1000)", grace=1.0)
    assert done.returncode == 1
    assert "put away" not in done.stdout
    assert "in waiting_in_vain" in done.stderr.partition("Threads:")[2]
    assert ends(int(done.stdout))
