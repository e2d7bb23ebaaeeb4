"""A bad network between the service and Telegram, its database, its providers, and between those and its webhooks.

Each has a proxy of ours of its own (faulty.py). People trade, cash out, exchange and are paid meanwhile; whoever waits
in vain for a screen gives that deed up and begins another. Then the network is good again, and everything that was
begun must end: nobody stuck, no notice lost, nothing doubled. The seed repeats what is wished for and how the faults
are drawn; how it interleaves is the machine's. A stream of PostgreSQL's protocol is never sent twice: that is no fault
of networks but an attack, and TLS keeps it out.
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
from attrs import define, field

from lockbay.sandbox.person import NotSeen, Person
from scripts.chaos import aftermath
from scripts.chaos.deed import Deed, total
from scripts.chaos.faulty import Weather
from scripts.chaos.network import by_part, stand_between, struck
from scripts.chaos.people import ASKED_WITHIN, WITHIN, Deeds, Tally, menu
from scripts.chaos.span import Span
from scripts.chaos.world import World, open_world
from scripts.report import Options, Row

SECONDS: Final = 180.0
FAULTS: Final = 200  # that a full run has to show; it lasts longer where the machine is too slow for them
TRADERS, CASHERS, EXCHANGERS, PAID = 8, 5, 4, 4  # pairs, and people, in a full run
# s since it got better: who gives up by then may have begun to wait while it was bad, or for what was not asked yet.
EXCUSED: Final = ASKED_WITHIN + WITHIN
AGAIN: Final = 1.0  # s between two times that providers are made to tell, and LockBay to ask
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
    """What happens in a run. `clear_at`: by trio's clock, when the network got better."""

    world: World
    seed: int
    deeds: list[Deed] = field(factory=list)
    stuck: list[str] = field(factory=list)
    left_to_staff: int = 0
    clear_at: float = 0.0
    over: trio.Event = field(factory=trio.Event)

    @property
    def tally(self) -> Tally:
        """All that was confirmed and paid."""
        return total(self.deeds)

    @property
    def doubtful(self) -> Tally:
        """What of it may have happened or not."""
        return total([deed for deed in self.deeds if not deed.ended])

    def clears(self, weathers: list[Weather]) -> None:
        for weather in weathers:
            weather.clears()
        self.clear_at = trio.current_time()
        self.over.set()


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
        least = options.number(FAULTS)
        failures = await live(scene, people, weathers, options.lasting(SECONDS), least)
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


async def live(
    scene: Scene, people: list[list[Person]], weathers: list[Weather], seconds: float, least: int = 0
) -> list[str]:
    """The load under the faults, of which there must be `least`; then without them, until all that was begun has ended.
    Every wait has a bound of its own (people.py), so this has none.
    """
    async with trio.open_nursery() as beside:
        beside.start_soon(watch, scene)
        for weather in weathers:
            weather.is_bad = True
        async with trio.open_nursery() as deeds:
            begin(scene, people, deeds)
            await Span.of(seconds, lambda: struck(weathers).total() >= least).over()
            scene.clears(weathers)
            beside.start_soon(keep_telling, scene)
        beside.cancel_scope.cancel()
    faults = struck(weathers).total()
    return scene.stuck + ([f"{faults} faults show nothing, and {least} are asked for"] if faults < least else [])


async def keep_telling(scene: Scene) -> None:
    """What was lost while it was bad is told or asked soon, and not after the pauses of some minutes that both sides
    make. For ever.
    """
    while True:
        await tell(scene)
        await trio.sleep(AGAIN)


async def tell(scene: Scene) -> None:
    for uuid in scene.tally.payments:
        await scene.world.town.confirm(uuid)
    await scene.world.rows("UPDATE payins SET ask_at = now() WHERE ask_at IS NOT NULL")


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
    """One deed after another until it is over."""
    chance = random.Random(f"{scene.seed} {person.id}")
    while not scene.over.is_set():
        deed = Deed()
        scene.deeds.append(deed)
        try:
            await do(Deeds(scene.world.town, deed.tally), chance)
            deed.ended = True
        except NotSeen as problem:
            if scene.over.is_set() and trio.current_time() > scene.clear_at + EXCUSED:
                scene.stuck.append(f"{aftermath.LOST}all was well again, and {problem}")
        except (AssertionError, httpx.HTTPError):
            pass
        await trio.sleep(chance.uniform(*PAUSES))


async def judged(scene: Scene, people: list[Person]) -> list[str]:
    """Nearly what the kills are judged by. A provider gives a webhook up that was cut off often enough: then the asking
    finds the payment. And what was lost on its way to a payer is sent by nobody: it waits for the staff.
    """
    world = scene.world
    found = await quiet(world) + await paid(scene)
    found += await aftermath.unanswered(people)
    tally = await settled(scene)
    found += await aftermath.deeds(world, tally)
    found += await aftermath.trades(world, tally)
    found += await aftermath.payouts(world)
    scene.left_to_staff = int(str((await world.rows(STAFFS))[0][0]))
    found += [f"dead letter: {error}" for (error,) in await world.rows("SELECT error FROM dead_letters")]
    found += [f"audit: {difference}" for difference in (await world.audited()).differences]
    for person in people:
        found += await unseen(world, person)
    if world.service.starts > 1:
        found.append(f"the service ended by itself {world.service.starts - 1} times")
    return found + aftermath.logged(world)


async def quiet(world: World) -> list[str]:
    """Waits until all has ended that ends by itself; what has not."""
    left: list[tuple[object, ...]] = []
    with trio.move_on_after(aftermath.SETTLED_WITHIN):
        while True:
            await world.rows(aftermath.LATER)
            left = await world.rows(LEFT)
            if not left:
                return []
            await trio.sleep(aftermath.LOOK)
    return [f"{what}: {which}" for what, which in left]


async def paid(scene: Scene) -> list[str]:
    """What came in through each provider is what was sent through it: nothing lost, nothing twice."""
    endless = await untold(scene)
    differences: list[str] = []
    with trio.move_on_after(ASKED_WITHIN):
        while differences := await aftermath.came(scene.world):
            await tell(scene)
            await trio.sleep(AGAIN)
    return endless + differences


async def untold(scene: Scene) -> list[str]:
    """Payments that their provider neither has told nor has given up, after a time for all of them together."""
    until, found = trio.current_time() + aftermath.SETTLED_WITHIN, []
    for uuid in scene.tally.payments:
        await scene.world.town.confirm(uuid)
        try:
            await scene.world.town.told(uuid, within=max(0.0, until - trio.current_time()))
        except NotSeen as problem:
            found.append(f"{aftermath.LOST}a payment whose telling does not end: {problem}")
    return found


async def settled(scene: Scene) -> Tally:
    """What must be there: of deeds that did not come to their end, what is there, if it may be."""
    tally, doubtful = scene.tally, scene.doubtful
    for name, what in zip(("bought", "cashed", "exchanged"), aftermath.BY_USER, strict=True):
        confirmed: Counter[int] = getattr(tally, name)
        made = await aftermath.done(scene.world, what)
        for user, doubt in getattr(doubtful, name).items():
            if confirmed[user] - doubt <= made[user] <= confirmed[user]:
                confirmed[user] = made[user]
    tally.trades = {slug: state for slug, state in tally.trades.items() if slug not in doubtful.trades}
    return tally


async def unseen(world: World, person: Person) -> list[str]:
    """Notices that count as told by Telegram, and whose subject no message of the chat names."""
    chat = "\n".join(message.text for message in await person.messages())
    rows = await world.rows(TOLD)
    return [
        f"{aftermath.LOST}{person.id} was not told {kind} of {subject}"
        for user, subject, kind in rows
        if user == person.id and str(subject) not in chat
    ]


def figures(scene: Scene, weathers: list[Weather], failures: list[str]) -> dict[str, str | int | float]:
    tally, faults = scene.tally, struck(weathers)
    warnings = Counter(
        str(entry.get("event")) for entry in scene.world.service.logged() if entry.get("level") == "warning"
    )
    return {
        "faults": faults.total(),
        "faults by kind": by_part(faults, 1),
        "faults by place": by_part(faults, 0),
        "trades": tally.bought.total(),
        "cash-outs": tally.cashed.total(),
        "exchanges": tally.exchanged.total(),
        "payments": len(tally.payments),
        "deeds that somebody gave up": sum(not deed.ended for deed in scene.deeds),
        "cash-outs left to the staff": scene.left_to_staff,
        "warnings": ", ".join(f"{name} {count}" for name, count in warnings.most_common()) or "none",
        "load average": os.getloadavg()[0],
    }
