"""kill -9 of the service and of PostgreSQL at random moments, while people trade, cash out, exchange and are paid.

The supervisor is played by this: whatever dies is started again at once. Every other moment is soon after somebody has
confirmed something, as there is most to lose and to double then. While all is down somebody presses a button; how long
its answer takes, from the kill, is how long LockBay was away. In the end everybody gets to the menu, and the rows are
compared with what was confirmed. The seed repeats the moments and what people want; how it all interleaves is the
machine's.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import trio
from attrs import define, field, frozen

from lockbay.audit import audit
from lockbay.errors import DatabaseUnavailable, OutcomeUnknown
from lockbay.postgres.bridge import LOST
from lockbay.postgres.database import open_database
from lockbay.postgres.embedded import EmbeddedPostgres
from lockbay.sandbox.person import NotSeen, Person
from scripts.chaos import aftermath
from scripts.chaos.back import Back
from scripts.chaos.people import Deeds, Tally, menu
from scripts.chaos.world import PATIENT, World, open_world
from scripts.deaths import kill_all, kill_backend, kill_postmaster
from scripts.report import Figure, Options, Row

SERVICE_KILLS: Final = 50
DATABASE_KILLS: Final = 20
TRADERS, CASHERS, EXCHANGERS, PAID = 10, 6, 4, 6  # pairs, and people, in a full run
WORST: Final = 5.0  # s until a button is answered again
LONGEST: Final = 90.0  # s for that, and for any screen: one that comes late, after several kills, is not lost
LAST_DEEDS: Final = 180.0  # s for what was begun to end, when nothing is killed any more
AUDITS: Final = 3.0  # s between two
LATEST: Final = 100  # payments that somebody may wait for
MOMENTS: Final = (0.05, 3.0)  # s from the answer to the next kill
AIMED: Final = (-3.0, -0.7)  # from a confirmation to the kill that is aimed at it, as powers of ten: 1 to 200 ms
AGAIN: Final = 0.15  # how often it is killed once more while it comes back
PAUSES: Final = (0.05, 0.6)  # s between two deeds of a person
WAYS: Final[dict[str, Callable[[EmbeddedPostgres, random.Random], None]]] = {
    "all": kill_all,
    "postmaster": kill_postmaster,
    "backend": kill_backend,
}


@define
class Scene:
    """What happens in a run."""

    world: World
    deeds: Deeds
    chance: random.Random
    seed: int
    back: Back = field(factory=Back)
    confirming: trio.lowlevel.ParkingLot = field(factory=trio.lowlevel.ParkingLot)
    audits: int = 0
    failures: list[str] = field(factory=list)
    over: trio.Event = field(factory=trio.Event)


@frozen
class Cast:
    """Who plays. `canary` only presses buttons."""

    canary: Person
    pairs: tuple[tuple[Person, Person], ...]
    cashers: tuple[Person, ...]
    exchangers: tuple[Person, ...]
    paid: tuple[Person, ...]

    def __iter__(self) -> Iterator[Person]:
        yield self.canary
        for pair in self.pairs:
            yield from pair
        yield from (*self.cashers, *self.exchangers, *self.paid)


async def run(options: Options) -> Row:
    """The scenario."""
    service, database = options.number(SERVICE_KILLS, 3), options.number(DATABASE_KILLS, 2)
    return await play(options, service, database)


async def play(
    options: Options, service: int, database: int, *, worst: float = WORST, mutant: str | None = None
) -> Row:
    """So many kills of each. `worst`: s that may pass until a button is answered again. `mutant`: see mutants.py."""
    began, chance = time.monotonic(), random.Random(options.seed)
    async with open_world(fsync=options.size >= 1) as world:
        if mutant is not None:
            world.service.program = ("-m", "scripts.chaos.mutants", mutant)
        scene = staged(world, chance, options.seed)
        cast = await enter(world, options)
        world.service.start()
        async with trio.open_nursery() as beside:
            beside.start_soon(keep_auditing, scene)
            beside.start_soon(scene.back.keep_looking_at_itself)
            beside.start_soon(keep_telling, scene)
            await live(scene, cast, ["service"] * service + ["postgres"] * database)
            beside.cancel_scope.cancel()
        scene.failures += await aftermath.problems(world, scene.deeds.tally, list(cast))
        found = figures(scene, len(list(cast)))
    if scene.back.worst > worst:
        scene.failures.append(f"back after {scene.back.worst:.1f} s at worst, and {worst:.0f} s are allowed")
    return Row("kill", options.seed, time.monotonic() - began, found, tuple(scene.failures))


def staged(world: World, chance: random.Random, seed: int) -> Scene:
    lot = trio.lowlevel.ParkingLot()

    async def confirming() -> None:
        lot.unpark_all()

    return Scene(world, Deeds(world.town, Tally(), LONGEST, confirming), chance, seed, confirming=lot)


async def enter(world: World, options: Options) -> Cast:
    traders, cashers, exchangers, paid = (options.number(n, 2) for n in (TRADERS, CASHERS, EXCHANGERS, PAID))
    people = iter(await world.enter(1 + 2 * traders + cashers + exchangers + paid))
    return Cast(
        next(people),
        tuple((next(people), next(people)) for _ in range(traders)),
        tuple(next(people) for _ in range(cashers)),
        tuple(next(people) for _ in range(exchangers)),
        tuple(people),
    )


async def live(scene: Scene, cast: Cast, victims: list[str]) -> None:
    """The load, and the kills in it; returns when all that was begun has ended."""
    scene.chance.shuffle(victims)
    for person in cast:  # the bot may write to whoever has written to it
        await menu(person, LONGEST)
    with trio.CancelScope() as patience:
        async with trio.open_nursery() as nursery:
            begin(scene, cast, nursery)
            for number, victim in enumerate(victims):
                await (soon_after_a_confirmation(scene) if number % 2 else some_time(scene))
                await kill(scene, cast.canary, victim)
            scene.over.set()
            patience.deadline = trio.current_time() + LAST_DEEDS
    if patience.cancelled_caught:
        scene.failures.append(f"somebody was still waiting {LAST_DEEDS:.0f} s after the last kill")


def begin(scene: Scene, cast: Cast, nursery: trio.Nursery) -> None:
    deeds = scene.deeds
    for buyer, seller in cast.pairs:
        nursery.start_soon(keep_doing, scene, buyer, lambda chance, b=buyer, s=seller: deeds.trade(b, s, chance))
    for person in cast.cashers:
        nursery.start_soon(keep_doing, scene, person, lambda chance, p=person: deeds.cash_out(p, chance))
    for person in cast.exchangers:
        nursery.start_soon(keep_doing, scene, person, lambda chance, p=person: deeds.exchange(p, chance))
    for person in cast.paid:
        nursery.start_soon(keep_being_paid, scene, person)


async def keep_doing(scene: Scene, person: Person, do: Callable[[random.Random], Awaitable[None]]) -> None:
    """One deed after another until it is over; whoever waits in vain is a failure, and does nothing more."""
    chance = random.Random(f"{scene.seed} {person.id}")
    try:
        while not scene.over.is_set():
            await do(chance)
            await trio.sleep(chance.uniform(*PAUSES))
    except (NotSeen, AssertionError) as problem:
        scene.failures.append(f"{aftermath.LOST}{person.id}: {problem}")


async def keep_being_paid(scene: Scene, person: Person) -> None:
    address = ""

    async def paid(chance: random.Random) -> None:
        nonlocal address
        address = address or await scene.deeds.address(person)
        await scene.deeds.deposit(person, chance, address)

    await keep_doing(scene, person, paid)


async def some_time(scene: Scene) -> None:
    await trio.sleep(scene.chance.uniform(*MOMENTS))


async def soon_after_a_confirmation(scene: Scene) -> None:
    """That is somewhere between the press and what follows its answer; nobody need confirm anything."""
    with trio.move_on_after(MOMENTS[1]):
        await scene.confirming.park()
    await trio.sleep(10 ** scene.chance.uniform(*AIMED))


async def kill(scene: Scene, canary: Person, victim: str) -> None:
    """Kills, starts again, and waits for a button to be answered that was pressed meanwhile: since the kill."""
    async with trio.open_nursery() as supervisor:
        since = float(await supervisor.start(kill_service if victim == "service" else kill_database, scene))
        await answered(canary, "Wallet", "available")
        scene.back.after[victim].append(time.monotonic() - since)
    if victim == "service":
        scene.back.burnt.append(scene.world.service.burnt)
    again = time.monotonic()
    await answered(canary, "Back", "Hello")
    scene.back.calm.append(time.monotonic() - again)


async def kill_service(scene: Scene, *, task_status: trio.TaskStatus[float]) -> None:
    """Reports when it was killed last."""
    service, since = scene.world.service, time.monotonic()
    await trio.to_thread.run_sync(service.kill)
    service.start()
    if scene.chance.random() < AGAIN:  # while it takes up what was left
        await trio.sleep(scene.chance.uniform(0.2, 2.0))
        since = time.monotonic()
        await trio.to_thread.run_sync(service.kill)
        service.start()
    scene.back.was_killed(time.monotonic() - since)
    task_status.started(since)


async def kill_database(scene: Scene, *, task_status: trio.TaskStatus[float]) -> None:
    """Reports when it was killed; the button is pressed while it is started."""
    way, since = WAYS[scene.chance.choice(list(WAYS))], time.monotonic()
    await trio.to_thread.run_sync(way, scene.world.server, scene.chance)
    task_status.started(since)
    await trio.to_thread.run_sync(scene.world.server.start)
    if not scene.world.service.runs:
        scene.failures.append("the service ended by itself after a kill of PostgreSQL")
        scene.world.service.start()


async def answered(canary: Person, label: str, shown: str) -> None:
    """A press, and the screen that it leads to."""
    await canary.press(label, within=LONGEST)
    await canary.sees(shown, within=LONGEST)


async def keep_auditing(scene: Scene) -> None:
    """While all is in motion, too. What cannot be read because the database is away is read the next time."""
    async with open_database(scene.world.url, limits=PATIENT) as database:
        while True:
            await trio.sleep(AUDITS)
            try:
                report = await audit(database)
            except (DatabaseUnavailable, OutcomeUnknown, *LOST):
                continue
            scene.audits += 1
            scene.failures += [f"audit while running: {each}" for each in report.differences]


async def keep_telling(scene: Scene) -> None:
    """When nothing is killed any more, providers need not wait for their next try, which may be minutes off."""
    await scene.over.wait()
    while True:
        for uuid in scene.deeds.tally.payments[-LATEST:]:
            await scene.world.town.confirm(uuid)
        await trio.sleep(AUDITS)


def figures(scene: Scene, people: int) -> dict[str, Figure]:
    tally, after = scene.deeds.tally, scene.back.after
    return {
        "kills of the service": len(after["service"]),
        "kills of PostgreSQL": len(after["postgres"]),
        "people": people,
        "trades": tally.bought.total(),
        "cash-outs": tally.cashed.total(),
        "exchanges": tally.exchanged.total(),
        "payments": len(tally.payments),
        "audits while running": scene.audits,
        **aftermath.counted(scene.failures),
        **scene.back.figures(scene.world.service),
        "load average": os.getloadavg()[0],
    }
