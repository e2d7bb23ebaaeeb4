"""Dies at every step of a trade and of a cash-out, one after the other, and starts again: each must still be done once.

The failpoints of a deed are counted once, undisturbed: how often it comes by each place. Then the deed is done again,
once for each of them with a death there; the service that rises is the one that dies the next time. Where there is not
time for all, the first time at each place comes before the second, and so on.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

import trio
from attrs import define, field

from lockbay.sandbox.person import NotSeen, Person
from scripts.chaos import aftermath
from scripts.chaos.lives import BY_ITSELF, NEVER, Failpoint, Mortal, open_mortal
from scripts.chaos.people import Deeds, Tally, menu
from scripts.chaos.world import World, open_world
from scripts.report import Figure, Options, Row

LEAST: Final = 8  # deaths in the smallest run
BUDGET: Final = 3600.0  # s in a full run


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
    known: set[str] = field(factory=set)
    failures: list[str] = field(factory=list)


Arm: TypeAlias = Callable[[], Awaitable[object]]
Deed: TypeAlias = Callable[[Arm], Awaitable[None]]  # it arms when the failpoints are to be counted


async def run(options: Options) -> Row:
    """The scenario."""
    began = time.monotonic()
    async with (
        open_world(fsync=options.size >= 1) as there, there.on_a_line() as world, open_mortal(world) as mortal
    ):  # fmt: skip
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
            scene.failures += await aftermath.problems(world, scene.deeds.tally, people)
            nursery.cancel_scope.cancel()
        return Row("failpoints", options.seed, time.monotonic() - began, figures(scene), tuple(scene.failures))


def deeds_of(scene: Scene, people: Sequence[Person]) -> Mapping[str, Deed]:
    buyer, seller, casher = people

    async def trade(arm: Arm) -> None:
        await arm()
        await scene.deeds.trade(buyer, seller, scene.chance, "released")

    async def cash_out(arm: Arm) -> None:
        await arm()
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
    problems: list[str] = []
    try:
        await deed(partial(scene.mortal.arm, failpoint))
    except (NotSeen, AssertionError) as problem:
        problems.append(f"{aftermath.LOST}{problem}")
    problems += await aftermath.ended(scene.world)
    passed = await scene.mortal.arm(NEVER)
    problems += await judged(scene)
    problems += ["the service ended by itself"] * scene.mortal.deaths[before:].count(BY_ITSELF)
    where = ", ".join(scene.mortal.deaths[before:]) or f"not reached: {failpoint.place}"
    scene.failures += [f"{name}, {failpoint.times}. {where}: {problem}" for problem in problems]
    return passed


async def judged(scene: Scene) -> list[str]:
    """What is wrong with the rows, and was not before: nothing is held against the deaths that follow."""
    tally = scene.deeds.tally
    wrong = await aftermath.deeds(scene.world, tally) + await aftermath.trades(scene.world, tally)
    if wrong:
        await aftermath.accept(scene.world, tally)
    wrong += await aftermath.payouts(scene.world)
    found = [problem for problem in wrong if problem not in scene.known]
    scene.known.update(found)
    return found


def figures(scene: Scene) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for name, passed in scene.passed.items():
        places = set(passed)
        found[f"failpoints of a {name}"] = len(passed)
        found[f"died in a {name}"] = scene.deaths[name]
        found[f"places of a {name}"] = len(places)
        found[f"died at, of these, in a {name}"] = len(places & scene.died_at[name])
    paths = Counter(each.split()[0] for each in scene.mortal.deaths)
    found["deaths by path"] = ", ".join(f"{path} {count}" for path, count in sorted(paths.items()))
    found |= {"lives": scene.mortal.lives, "failpoints that did not come again": scene.unreached}
    return found | aftermath.counted(scene.failures)
