"""A bad network between the service and Telegram, its database, its providers, and between those and its webhooks.

Each has a proxy of ours of its own (faulty.py). People trade, cash out, exchange and are paid meanwhile; who waits in
vain for a screen gives that deed up and begins another. Then the network is good again, and everything that was begun
must end: nobody stuck, no notice lost, nothing doubled. The seed repeats what is wished for and how the faults are
drawn; how it interleaves is the machine's. A stream of PostgreSQL's protocol is never sent twice: that is no fault of
networks but an attack, and TLS keeps it out.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

import httpx
import trio
from attrs import define, evolve, field

from lockbay.sandbox.person import NotSeen, Person
from scripts.chaos import outcome
from scripts.chaos.faulty import Weather
from scripts.chaos.network import stand_between
from scripts.chaos.people import Deeds, Tally, menu
from scripts.chaos.report import Options, Row
from scripts.chaos.world import World, open_world

SECONDS: Final = 180.0
TRADERS, CASHERS, EXCHANGERS, PAID = 8, 5, 4, 4  # pairs, and people, in a full run
ASKED_WITHIN: Final = 75.0  # s for payments that no webhook told of: providers are asked twice a minute
LAST_DEEDS: Final = 60.0  # s for what was begun when it got better
PAUSES: Final = (0.05, 0.6)  # s between two deeds of a person
# By what their messages name it: an invitation shows the trade's description, and no code yet.
TOLD: Final = """
SELECT o.user_id, CASE o.kind WHEN 'trade_invited' THEN t.description ELSE o.slug END, o.kind
FROM (SELECT *, coalesce(data ->> 'slug', data ->> 'trade') AS slug FROM outbox) o LEFT JOIN trades t USING (slug)
WHERE o.sent_by = 'telegram' AND o.user_id IS NOT NULL AND o.slug ~ '^[A-Z]-'
"""
LEFT: Final = """
SELECT 'update in the inbox', update_id::text FROM inbox
UNION ALL SELECT 'notice not told', kind || ' ' || id FROM outbox WHERE sent_at IS NULL
UNION ALL SELECT 'cash-out on its way', slug || ' ' || state FROM cashouts
    WHERE state IN ('requested', 'sending', 'sent')
"""
STAFFS: Final = "SELECT count(*) FROM cashouts WHERE state IN ('unknown', 'waiting')"


@define
class Scene:
    """What happens in a run. `doubtful`: what a deed that was given up may have done or not."""

    world: World
    seed: int
    tally: Tally = field(factory=Tally)
    doubtful: dict[str, Counter[int]] = field(
        factory=lambda: {"bought": Counter(), "cashed": Counter(), "exchanged": Counter()}
    )
    unsure: set[str] = field(factory=set)  # trades
    given_up: int = 0
    left_to_staff: int = 0
    over: trio.Event = field(factory=trio.Event)


async def run(options: Options) -> Row:
    """The scenario."""
    began = time.monotonic()
    async with open_world(fsync=False) as world, trio.open_nursery() as proxies:
        scene = Scene(world, options.seed)
        people = await enter(world, options)
        weathers = await stand_between(world, proxies, random.Random(options.seed))
        world.service.start()
        for person in (each for group in people for each in group):
            await menu(person, 60.0)
        failures = await live(scene, people, weathers, options.lasting(SECONDS))
        failures += await judged(scene, [each for group in people for each in group])
        found = figures(scene, weathers, failures)
        proxies.cancel_scope.cancel()
    return Row("proxy", options.seed, time.monotonic() - began, found, tuple(failures))


async def enter(world: World, options: Options) -> list[list[Person]]:
    """Pairs of traders first, then one by one who cash out, exchange, and are paid."""
    pairs, *others = (options.number(n, 2) for n in (TRADERS, CASHERS, EXCHANGERS, PAID))
    people = iter(await world.enter(2 * pairs + sum(others)))
    return [
        [next(people) for _ in range(2 * pairs)],
        *([next(people) for _ in range(count)] for count in others),
    ]


async def live(scene: Scene, people: list[list[Person]], weathers: list[Weather], seconds: float) -> list[str]:
    """The load under the faults; then without them, until all that was begun has ended."""
    with trio.CancelScope() as patience:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(watch, scene)
            for weather in weathers:
                weather.is_bad = True
            begin(scene, people, nursery)
            await trio.sleep(seconds)
            for weather in weathers:
                weather.clears()
            scene.over.set()
            patience.deadline = trio.current_time() + LAST_DEEDS
    return [f"somebody still waited {LAST_DEEDS:.0f} s after the last fault"] if patience.cancelled_caught else []


async def watch(scene: Scene) -> None:
    """The supervisor: a service that ended is started again, and counted."""
    while not scene.over.is_set():
        await trio.sleep(0.2)
        if not scene.world.service.runs:
            scene.world.service.start()


def begin(scene: Scene, people: list[list[Person]], nursery: trio.Nursery) -> None:
    traders, cashers, exchangers, paid = people
    for buyer, seller in zip(traders[::2], traders[1::2], strict=True):
        nursery.start_soon(keep_doing, scene, buyer, lambda deeds, chance, b=buyer, s=seller: deeds.trade(b, s, chance))
    for person in cashers:
        nursery.start_soon(keep_doing, scene, person, lambda deeds, chance, p=person: deeds.cash_out(p, chance))
    for person in exchangers:
        nursery.start_soon(keep_doing, scene, person, lambda deeds, chance, p=person: deeds.exchange(p, chance))
    for person in paid:
        nursery.start_soon(keep_doing, scene, person, lambda deeds, chance, p=person: be_paid(deeds, p, chance))


async def be_paid(deeds: Deeds, person: Person, chance: random.Random) -> None:
    await deeds.deposit(person, chance, await deeds.address(person))


async def keep_doing(scene: Scene, person: Person, do: Callable[[Deeds, random.Random], Awaitable[None]]) -> None:
    """One deed after another until it is over. Each has a tally of its own, which counts when it came to its end."""
    chance = random.Random(f"{scene.seed} {person.id}")
    while not scene.over.is_set():
        tally = Tally()
        try:
            await do(Deeds(scene.world.town, tally), chance)
        except (NotSeen, AssertionError, httpx.HTTPError):
            give_up(scene, tally)
        add(scene.tally, tally)
        await trio.sleep(chance.uniform(*PAUSES))


def give_up(scene: Scene, tally: Tally) -> None:
    scene.given_up += 1
    scene.unsure |= set(tally.trades)
    for name, counts in scene.doubtful.items():
        counts.update(getattr(tally, name))


def add(to: Tally, tally: Tally) -> None:
    to.trades |= tally.trades
    to.payments += tally.payments
    to.bought.update(tally.bought)
    to.cashed.update(tally.cashed)
    to.exchanged.update(tally.exchanged)


async def judged(scene: Scene, people: list[Person]) -> list[str]:
    """Nearly what the kills are judged by. A provider gives a webhook up that was cut off often enough: then the asking
    finds the payment. And what was lost on its way to a payer is sent by nobody: it waits for the staff.
    """
    world = scene.world
    found = await quiet(world) + await paid(scene)
    found += await outcome.unanswered(people)
    tally = await settled(scene)
    found += await outcome.deeds(world, tally)
    found += await outcome.trades(world, tally)
    found += await outcome.payouts(world)
    scene.left_to_staff = int(str((await world.rows(STAFFS))[0][0]))
    found += [f"dead letter: {error}" for (error,) in await world.rows("SELECT error FROM dead_letters")]
    found += [f"audit: {difference}" for difference in (await world.audited()).differences]
    for person in people:
        found += await unseen(world, person)
    if world.service.starts > 1:
        found.append(f"the service ended by itself {world.service.starts - 1} times")
    return found + outcome.logged(world)


async def quiet(world: World) -> list[str]:
    """Waits until all has ended that ends by itself; what has not."""
    left: list[tuple[object, ...]] = []
    with trio.move_on_after(outcome.SETTLED_WITHIN):
        while True:
            await world.rows(outcome.LATER)
            left = await world.rows(LEFT)
            if not left:
                return []
            await trio.sleep(outcome.LOOK)
    return [f"{what}: {which}" for what, which in left]


async def paid(scene: Scene) -> list[str]:
    """What came in through each provider is what was sent through it: nothing lost, nothing twice."""
    world, town = scene.world, scene.world.town
    for uuid in scene.tally.payments:
        await town.confirm(uuid)
        await town.told(uuid, within=outcome.SETTLED_WITHIN)
    differences: list[str] = []
    with trio.move_on_after(ASKED_WITHIN):
        while differences := await outcome.came(world):
            await world.rows("UPDATE payins SET ask_at = now() WHERE ask_at IS NOT NULL")
            await trio.sleep(1)
    return differences


async def settled(scene: Scene) -> Tally:
    """What must be there: of deeds that were given up, what is there, if it may be."""
    tally = evolve(scene.tally)
    for (name, doubtful), what in zip(scene.doubtful.items(), outcome.BY_USER, strict=True):
        confirmed: Counter[int] = getattr(tally, name)
        made = await outcome.done(scene.world, what)
        for user, doubt in doubtful.items():
            if confirmed[user] - doubt <= made[user] <= confirmed[user]:
                confirmed[user] = made[user]
    tally.trades = {slug: state for slug, state in tally.trades.items() if slug not in scene.unsure}
    return tally


async def unseen(world: World, person: Person) -> list[str]:
    """Notices that count as told by Telegram, and whose subject no message of the chat names."""
    chat = "\n".join(message.text for message in await person.messages())
    rows = await world.rows(TOLD)
    return [
        f"{outcome.LOST}{person.id} was not told {kind} of {subject}"
        for user, subject, kind in rows
        if user == person.id and str(subject) not in chat
    ]


def figures(scene: Scene, weathers: list[Weather], failures: list[str]) -> dict[str, str | int | float]:
    tally, struck = scene.tally, sum((weather.struck for weather in weathers), Counter[str]())
    kinds = Counter[str]()
    places = Counter[str]()
    for name, count in struck.items():
        place, _, kind = name.partition(" ")
        kinds[kind] += count
        places[place] += count
    warnings = Counter(
        str(entry.get("event")) for entry in scene.world.service.logged() if entry.get("level") == "warning"
    )
    return {
        "faults": struck.total(),
        "faults by kind": ", ".join(f"{name} {count}" for name, count in kinds.most_common()),
        "faults by place": ", ".join(f"{name} {count}" for name, count in places.most_common()),
        "trades": tally.bought.total(),
        "cash-outs": tally.cashed.total(),
        "exchanges": tally.exchanged.total(),
        "payments": len(tally.payments),
        "deeds that somebody gave up": scene.given_up,
        "cash-outs left to the staff": scene.left_to_staff,
        "warnings": ", ".join(f"{name} {count}" for name, count in warnings.most_common()) or "none",
        "load average": os.getloadavg()[0],
    }
