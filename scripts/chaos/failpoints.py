"""Dies at every step of a trade and of a cash-out, one after the other, and starts again: each must still be done once.

The failpoints of a deed are counted once, undisturbed: how often it comes by each place. Then the deed is done again,
once for each of them with a death there; the service that rises is the one that dies the next time. Where there is not
time for all, the first time at each place comes before the second, and so on.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import trio
from attrs import define, field, frozen

from lockbay.sandbox.person import NotSeen, Person
from scripts.chaos import outcome
from scripts.chaos.people import Deeds, Tally, menu
from scripts.chaos.report import Options, Row
from scripts.chaos.world import World, open_world

LEAST: Final = 8  # deaths in the smallest run
READY_WITHIN: Final = 30.0  # s
AGAIN: Final = 0.5  # s
LOOK: Final = 0.01  # s
BY_ITSELF: Final = "by itself"
BUDGET: Final = 3600.0  # s in a full run


@frozen
class Failpoint:
    """Coming by a place for the n-th time in a deed."""

    times: int
    place: str


NEVER: Final = Failpoint(0, "")


@define(eq=False)
class Mortal:
    """The service, one life after another. `deaths` holds where each of them ended."""

    folder: Path
    process: trio.Process
    deaths: list[str] = field(factory=list)
    lives: int = 0
    _pid: int = 0
    _words: bytes = b""

    async def rise(self) -> None:
        """A new life, which watches for its own end and is followed by the next."""
        self._pid = int(await self._ask("start"))
        self.lives += 1

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

    async def arm(self, failpoint: Failpoint) -> list[str]:
        """Dies there, counted from now. The places that it came by before."""
        (self.folder / "armed").write_text(f"{failpoint.times} {failpoint.place}")
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        with trio.fail_after(READY_WITHIN):
            while not ready.exists():  # who has not begun to listen is told again
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
            self._words += await self.process.stdout.receive_some()
        line, _, self._words = self._words.partition(b"\n")
        return line.decode()


@define
class Scene:
    """What happens in a run. `passed`: the places that each deed comes by, as often as it does."""

    world: World
    mortal: Mortal
    deeds: Deeds
    chance: random.Random
    passed: dict[str, list[str]] = field(factory=dict)
    died_at: dict[str, set[str]] = field(factory=dict)
    deaths: dict[str, int] = field(factory=dict)
    unreached: int = 0
    failures: list[str] = field(factory=list)


Deed = Callable[[], Awaitable[None]]


async def run(options: Options) -> Row:
    """The scenario."""
    began = time.monotonic()
    async with open_world(fsync=options.size >= 1) as world, open_mortal(world) as mortal:
        people = await world.enter(3)
        scene = Scene(world, mortal, Deeds(world.town, Tally()), random.Random(options.seed))
        await world.town.payouts.always("succeed", delay=0.0)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(mortal.live)
            for person in people:
                await menu(person)
            deeds = deeds_of(scene, people)
            for name, deed in deeds.items():
                await count(scene, name, deed)
            await exhaust(scene, deeds, options)
            scene.failures += await outcome.problems(world, scene.deeds.tally, people)
            nursery.cancel_scope.cancel()
        return Row("failpoints", options.seed, time.monotonic() - began, figures(scene), tuple(scene.failures))


def deeds_of(scene: Scene, people: Sequence[Person]) -> Mapping[str, Deed]:
    buyer, seller, casher = people

    async def trade() -> None:
        await scene.deeds.trade(buyer, seller, scene.chance, "released")

    async def cash_out() -> None:
        await scene.deeds.cash_out(casher, scene.chance, "USDT")

    return {"trade": trade, "cash-out": cash_out}


async def count(scene: Scene, name: str, deed: Deed) -> None:
    """What the deed comes by when nobody dies."""
    await once(scene, name, deed, NEVER)  # what only the first one does, as preparing statements
    scene.passed[name] = await once(scene, name, deed, NEVER)
    scene.died_at[name], scene.deaths[name] = set(), 0


async def exhaust(scene: Scene, deeds: Mapping[str, Deed], options: Options) -> None:
    """Dies at every failpoint of every deed, while there is time."""
    over = trio.current_time() + options.lasting(BUDGET)
    every = [(each, name) for name, passed in scene.passed.items() for each in failpoints(passed)]
    scene.chance.shuffle(every)
    every.sort(key=lambda pair: pair[0].times)
    for failpoint, name in every[: options.number(len(every), LEAST)]:
        if trio.current_time() > over:
            return
        before = len(scene.mortal.deaths)
        await once(scene, name, deeds[name], failpoint)
        died = scene.mortal.deaths[before:]
        scene.died_at[name].update(died)
        scene.deaths[name] += len(died)
        scene.unreached += not died


def failpoints(passed: Sequence[str]) -> list[Failpoint]:
    return [Failpoint(n, place) for place, times in Counter(passed).items() for n in range(1, times + 1)]


async def once(scene: Scene, name: str, deed: Deed, failpoint: Failpoint) -> list[str]:
    """The deed with a death in it, to its end; what it came by. Whatever is wrong is a failure of that failpoint."""
    before = len(scene.mortal.deaths)
    await scene.mortal.arm(failpoint)
    problems: list[str] = []
    try:
        await deed()
    except (NotSeen, AssertionError) as problem:
        problems.append(str(problem))
    problems += await outcome.ended(scene.world)
    passed = await scene.mortal.arm(NEVER)
    problems += await outcome.deeds(scene.world, scene.deeds.tally)
    problems += await outcome.payouts(scene.world)
    problems += ["the service ended by itself"] * scene.mortal.deaths[before:].count(BY_ITSELF)
    where = ", ".join(scene.mortal.deaths[before:]) or f"not reached: {failpoint.place}"
    scene.failures += [f"{name}, {failpoint.times}. {where}: {problem}" for problem in problems]
    return passed


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


def figures(scene: Scene) -> dict[str, str | int | float]:
    found: dict[str, str | int | float] = {}
    for name, passed in scene.passed.items():
        places = set(passed)
        found[f"failpoints of a {name}"] = len(passed)
        found[f"died in a {name}"] = scene.deaths[name]
        found[f"places of a {name}"] = len(places)
        found[f"died at, of these, in a {name}"] = len(places & scene.died_at[name])
    paths = Counter(each.split()[0] for each in scene.mortal.deaths)
    found["deaths by path"] = ", ".join(f"{path} {count}" for path, count in sorted(paths.items()))
    return found | {"lives": scene.mortal.lives, "failpoints that did not come again": scene.unreached}
