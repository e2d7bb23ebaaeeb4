"""Whether the failpoints would see it: they are played on services with a defect (mutants.py), and on one without.

Somebody confirms a cash-out, and the service dies at a failpoint of that turn: at each of them, one after the other. Of
the mutants, something must be seen at some of them; of LockBay as it is, nothing. What is seen is judged by the same
laws as in `failpoints` and `kill`.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import trio
from attrs import evolve

from lockbay.sandbox.person import Person
from scripts.chaos import aftermath
from scripts.chaos.failpoints import Arm, Scene, once
from scripts.chaos.lives import NEVER, Failpoint, open_mortal
from scripts.chaos.people import WITHIN, Deeds, Tally, menu
from scripts.chaos.world import open_world
from scripts.report import Figure, Options, Row

# The mutants, and what must be seen of each.
SEEN: Final[Mapping[str, str]] = {
    "sound": "", "repeating": aftermath.DOUBLED, "hasty": aftermath.LOST, "careless": aftermath.LOST
}  # fmt: skip
VAIN: Final = 10.0  # s until somebody who waits for a mutant waits in vain: a new life takes two
PATHS: Final = ("poll ", "turn ", "send ", "settle ")
LEAST: Final = 4


async def run(options: Options) -> Row:
    """The scenario."""
    began = time.monotonic()
    figures: dict[str, Figure] = {}
    failures: list[str] = []
    async with (
        open_world(fsync=False) as there, there.on_a_line() as world, open_mortal(world) as mortal,
        trio.open_nursery() as nursery,
    ):  # fmt: skip
        [person] = await world.enter(1)
        scene = Scene(world, mortal, Deeds(world.town, Tally()), random.Random(options.seed))
        await world.town.payouts.always("succeed", delay=0.0)
        nursery.start_soon(mortal.live)
        for mutant, expected in SEEN.items():
            seen = await tried(scene, person, mutant, options)
            figures |= counted(mutant, seen)
            failures += judged(mutant, seen, expected)
        nursery.cancel_scope.cancel()
    return Row("power", options.seed, time.monotonic() - began, figures, tuple(failures))


async def tried(scene: Scene, person: Person, mutant: str, options: Options) -> list[list[str]]:
    """What was seen, of each death."""
    scene.deeds = evolve(scene.deeds, within=WITHIN if mutant == "sound" else VAIN)
    await scene.mortal.become(mutant)
    await menu(person)

    async def cash_out(arm: Arm) -> None:
        await evolve(scene.deeds, confirming=arm).cash_out(person, scene.chance, "USDT")

    await once(scene, mutant, cash_out, NEVER)  # what only the first one does, as preparing statements
    way = await once(scene, mutant, cash_out, NEVER)
    seen: list[list[str]] = []
    for failpoint in chosen(way, options):
        before = len(scene.failures)
        await once(scene, mutant, cash_out, failpoint)
        seen.append(scene.failures[before:])
        if options.size < 1 and is_seen(seen, SEEN[mutant]):
            break
    return seen


def chosen(way: Sequence[str], options: Options) -> list[Failpoint]:
    """Those of the turn, in the order in which it comes by; in a small run the first time at each place which tells.

    A place tells where the database has answered or the screen is on its way: what was asked for is done by then.
    """
    failpoints, times = [], Counter[str]()
    for place in way:
        times[place] += 1
        if place.startswith(PATHS) and (options.size >= 1 or (times[place] == 1 and is_telling(place))):
            failpoints.append(Failpoint(times[place], place))
    return failpoints[: options.number(len(failpoints), LEAST)]


def is_telling(place: str) -> bool:
    return place.startswith("send ") or (place.startswith("turn postgres/") and place.endswith(" goes on"))


def is_seen(seen: Sequence[Sequence[str]], expected: str) -> bool:
    """Anything at all, where nothing is expected."""
    return any(expected in problem for problems in seen for problem in problems)


def judged(mutant: str, seen: Sequence[Sequence[str]], expected: str) -> list[str]:
    if not expected:
        return [problem for problems in seen for problem in problems]
    if is_seen(seen, expected):
        return []
    return [f"{mutant}: died {len(seen)} times, and nobody saw that something is {expected.rstrip(': ')}"]


def counted(mutant: str, seen: Sequence[Sequence[str]]) -> dict[str, Figure]:
    """For the table: at how many of the failpoints something was seen to be doubled or lost."""
    found: dict[str, Figure] = {f"{mutant}: failpoints": len(seen)}
    for kind in (aftermath.DOUBLED, aftermath.LOST):
        found[f"{mutant}: {kind.rstrip(': ')}"] = sum(any(kind in each for each in problems) for problems in seen)
    return found
