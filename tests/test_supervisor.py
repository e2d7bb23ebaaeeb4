"""systemd hears what it must of a service, and of a loop that hangs it hears nothing."""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio
import trio.testing

from lockbay import supervisor
from lockbay.sandbox import Sandbox
from tests.e2e.conftest import settings_for, world
from tests.process import environment, lockbay

__all__ = ["world"]
SERVED = re.compile(r"READY=1\nSTATUS=serves( WATCHDOG=1)+ STOPPING=1\nSTATUS=stops( WATCHDOG=1)*")


@pytest.fixture(params=["path", "abstract"])
def supervised(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """The socket of who supervises this process."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@lockbay-test-{os.getpid()}"
    with listener(name) as told:
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield told


def listener(name: str) -> socket.socket:
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    told.bind(f"\0{name[1:]}" if name.startswith("@") else name)
    return told


def heard(told: socket.socket) -> list[str]:
    """All that was told by now."""
    words = []
    while True:
        try:
            words.append(told.recv(1000).decode())
        except BlockingIOError:
            return words


def test_what_is_told_is_heard_under_either_kind_of_name(supervised: socket.socket) -> None:
    supervisor.tell(supervisor.READY)
    supervisor.tell(supervisor.STOPPING)
    assert heard(supervised) == ["READY=1\nSTATUS=serves", "STOPPING=1\nSTATUS=stops"]


async def test_it_hears_twice_in_its_time_that_the_loop_turns(
    supervised: socket.socket, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    with trio.move_on_after(61):
        await supervisor.keep_alive()
    assert heard(supervised) == ["WATCHDOG=1"] * 5


@pytest.mark.parametrize(
    ("microseconds", "process"), [("", ""), ("soon", ""), ("30000000", "1")], ids=["nobody", "nonsense", "another"]
)
async def test_who_does_not_want_to_know_hears_nothing(
    supervised: socket.socket, monkeypatch: pytest.MonkeyPatch, microseconds: str, process: str
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    if process:
        monkeypatch.setenv("WATCHDOG_PID", process)
    await supervisor.keep_alive()
    assert heard(supervised) == []


def test_without_a_supervisor_or_with_one_that_is_gone_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    supervisor.tell(supervisor.READY)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    supervisor.tell(supervisor.READY)


async def test_a_service_tells_when_it_serves_turns_and_stops(
    world: Sandbox, database_url: str, tmp_path: Path
) -> None:
    name = str(tmp_path / "notify")
    supervision = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "100000"}
    settings = environment(settings_for(world, database_url)) | supervision
    with listener(name) as told:
        async with lockbay("--poll", environment=settings, folder=tmp_path) as process:
            await process.logs("serving")
            words = await until(told, "READY=1\nSTATUS=serves")
            words += await until(told, "WATCHDOG=1")
            process.signal(signal.SIGTERM)
            assert (await process.ended(within=10)).code == 0
        words += heard(told)
    assert SERVED.fullmatch(" ".join(words[words.index("READY=1\nSTATUS=serves") :]))


async def test_a_standby_has_started_when_it_waits_for_its_turn(
    world: Sandbox, database_url: str, tmp_path: Path
) -> None:
    """Else systemd would end it for taking too long."""
    first, second = (environment(settings_for(world, database_url)) for _ in range(2))
    name = str(tmp_path / "notify")
    with listener(name) as told:
        async with lockbay("--poll", environment=first, folder=tmp_path) as serving:
            await serving.logs("serving")
            standby = second | {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "100000"}
            async with lockbay("--poll", environment=standby, folder=tmp_path):
                await until(told, "READY=1\nSTATUS=waits for another service to end")
                await until(told, "WATCHDOG=1")
                serving.signal(signal.SIGTERM)
                await until(told, "READY=1\nSTATUS=serves")


async def until(told: socket.socket, word: str) -> list[str]:
    """What was told up to that."""
    words: list[str] = []
    with trio.fail_after(30):
        while word not in words:
            await trio.lowlevel.wait_readable(told)
            words.append(told.recv(1000).decode())
    return words
