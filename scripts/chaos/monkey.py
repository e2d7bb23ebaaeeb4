"""Ten thousand people who press at random for ten minutes, in a world whose laws are written down in law.py.

The real service as its own process, over HTTP: our Telegram (crowd.py, in this process) instead of the sandbox's, as
that one is too slow for so many; providers, rates and mail are the sandbox's. Some are new, some of the staff, some
block the bot. Deadlines are short, so that the clock acts as well. The seed repeats who is drawn and what is wished
for; how it interleaves is the machine's.
"""

from __future__ import annotations

import random
import time
from typing import Final

import httpx
import trio

from lockbay.audit import audit
from lockbay.postgres.database import open_database
from lockbay.sandbox.person import NotSeen
from scripts.chaos.crowd import Member, Shown
from scripts.chaos.span import Span
from scripts.chaos.verdict import figures, reached, verdict
from scripts.chaos.whims import UNHEARD
from scripts.chaos.world import PATIENT, open_world
from scripts.chaos.zoo import Zoo, gather, prepare, settings
from scripts.report import Options, Row

PEOPLE: Final = 10_000
SECONDS: Final = 600.0
ACTS: Final = 40_000  # that a full run has to show; it lasts longer where the machine is too slow for them
AT_ONCE: Final = 48  # people who wait for their answer
BURST: Final = 0.03  # how often somebody does several things without waiting
WRITTEN_TO: Final = 0.4  # how often it is the turn of somebody to whom something was told
DILIGENT: Final = 0.7  # of those who come do what is asked, nearly always
GOES_ON: Final = 0.95  # how often they do one thing more
PAYING: Final = 1.5  # s between two payments from outside
WAYS: Final = (
    "exact",
    "exact",
    "short",
    "over",
    "twice",
    "again",
    "pending",
    "out_of_order",
    "wrong_coin",
    "bad_signature",
)
HEARD_WITHIN: Final = 30.0  # s for any answer, when everybody is pressing
MENU_WITHIN: Final = 5.0  # s for the menu, when nobody is pressing any more
ASKING: Final = 16  # who ask for it at once
SETTLED_WITHIN: Final = 120.0
LEFT: Final = """
SELECT 'update in the inbox', update_id::text FROM inbox
UNION ALL SELECT 'notice not told', kind || ' ' || id FROM outbox WHERE sent_at IS NULL AND due_at < now()
"""
# Who gets the menu when they ask for it; the others get to their gate.
INSIDE: Final = "SELECT id FROM users WHERE onboarded_at IS NOT NULL AND blocked_at IS NULL AND closed_at IS NULL"


async def run(options: Options) -> Row:
    """The scenario."""
    began, count = time.monotonic(), options.number(PEOPLE, 50)
    async with open_world(fsync=False) as world, trio.open_nursery() as nursery:
        await prepare(world, count)
        zoo = gather(world, count, options.seed)
        url = await nursery.start(zoo.crowd.serve)
        world.service.settings = settings(world, url)
        world.service.start()
        seconds = options.lasting(SECONDS)
        await live(zoo, seconds, options.number(ACTS), random.Random(f"{options.seed} drawn"))
        await quiet(zoo)
        menus = await everybody(zoo)
        zoo.failures += await verdict(zoo)
        found = figures(zoo, seconds, menus) | await reached(world)
        nursery.cancel_scope.cancel()
    return Row("monkey", options.seed, time.monotonic() - began, found, tuple(zoo.failures))


async def live(zoo: Zoo, seconds: float, least: int, chance: random.Random) -> None:
    """The pressing, for so long, counted from when the service is there; there must be `least` acts."""
    with trio.fail_after(60):
        await zoo.crowd.polled.wait()
    span = Span.of(seconds, lambda: zoo.court.pages > 0 and zoo.acts.total() >= least)
    async with trio.open_nursery() as aside:
        aside.start_soon(keep_auditing, zoo, max(3.0, seconds / 20))
        aside.start_soon(keep_paying, zoo, random.Random(f"{chance.random()}"))
        async with trio.open_nursery() as nursery:
            for _ in range(min(AT_ONCE, len(zoo.crowd.members) // 2)):
                nursery.start_soon(one_after_another, zoo, span, chance)
        aside.cancel_scope.cancel()
    if zoo.acts.total() < least:
        zoo.failures.append(f"{zoo.acts.total()} acts show nothing, and {least} are asked for")


async def one_after_another(zoo: Zoo, span: Span, chance: random.Random) -> None:
    """Each does some things before the next comes."""
    while not span.is_over():
        member = drawn(zoo, chance)
        diligent = chance.random() < DILIGENT
        zoo.street.busy.add(member.id)
        try:
            while await turn(zoo, member, chance, diligent) and chance.random() < GOES_ON and not span.is_over():
                continue
        finally:
            zoo.street.busy.discard(member.id)


def drawn(zoo: Zoo, chance: random.Random) -> Member:
    """Somebody who does not wait for an answer; rather often somebody who was written to."""
    while True:
        written = zoo.street.fresh and chance.random() < WRITTEN_TO
        number = zoo.street.fresh.popleft() if written else chance.choice(zoo.crowd.ids)
        if number not in zoo.street.busy:
            return zoo.crowd.members[number]


async def turn(zoo: Zoo, member: Member, chance: random.Random, diligent: bool) -> bool:
    """One act, or some at once; then there must be an answer. Whether there was."""
    since, began = member.heard, trio.current_time()
    many = chance.randrange(2, 9) if chance.random() < BURST else 1
    names = [zoo.whims.act(member, diligent=diligent) for _ in range(many)]
    zoo.acts.update(names)
    if set(names) & set(UNHEARD) or member.blocked:
        return True
    answered = await heard(member, since, HEARD_WITHIN)
    zoo.waited.append(trio.current_time() - began)
    if not answered:
        zoo.failures.append(f"{member.id} heard nothing for {HEARD_WITHIN:.0f} s after {names}")
    return answered


async def heard(member: Member, since: int, within: float) -> bool:
    with trio.move_on_after(within):
        while member.heard == since:
            await member.news.park()
        return True
    return False


async def sees_menu(member: Member, since: int, within: float) -> bool:
    """Not what may come before it, as that they have their keyboard back."""
    with trio.move_on_after(within):
        while member.heard == since or not is_menu(member.latest):
            await member.news.park()
        return True
    return False


async def keep_auditing(zoo: Zoo, period: float) -> None:
    async with open_database(zoo.world.url, limits=PATIENT) as database:
        while True:
            await trio.sleep(period)
            report = await audit(database)
            zoo.audits += 1
            zoo.failures += [f"audit while running: {each}" for each in report.differences]


async def keep_paying(zoo: Zoo, chance: random.Random) -> None:
    """Some of the addresses that are shown are paid to: less, more, as much, twice."""
    while True:
        await trio.sleep(PAYING * chance.random())
        if zoo.street.payable:
            address, amount = zoo.street.payable.pop()
            how = chance.choice(WAYS)
            try:
                await zoo.world.town.pay(address, amount, how, 1.0 if how == "pending" else None)
                zoo.payments += 1
            except (NotSeen, AssertionError, httpx.HTTPError):
                continue  # an address of the LockBay's own, or one that nobody knows: people copy those, too


async def quiet(zoo: Zoo) -> None:
    """What was begun ends by itself."""
    left: list[tuple[object, ...]] = []
    with trio.move_on_after(SETTLED_WITHIN):
        while True:
            left = await zoo.world.rows(LEFT)
            if not left and not zoo.crowd.unread:
                return
            await trio.sleep(0.3)
    zoo.failures += [f"{what}: {which}" for what, which in left]


async def everybody(zoo: Zoo) -> list[float]:
    """Each of them asks for the menu, whatever they are in the middle of. How long each waited."""
    inside = {int(str(number)) for (number,) in await zoo.world.rows(INSIDE)}
    waited: list[float] = []
    members = iter(list(zoo.crowd.members.values()))

    async def ask() -> None:
        for member in members:
            if member.blocked:
                zoo.crowd.block(member, False)
            since, began = member.heard, trio.current_time()
            zoo.crowd.say(member, text="/menu")
            reached = await (sees_menu if member.id in inside else heard)(member, since, MENU_WITHIN)
            waited.append(trio.current_time() - began)
            if not reached:
                problem = f"{member.id} does not reach the menu within {MENU_WITHIN:.0f} s, and sees: {member.latest}"
                zoo.failures.append(problem[:500])

    async with trio.open_nursery() as nursery:
        for _ in range(ASKING):
            nursery.start_soon(ask)
    return waited


def is_menu(shown: Shown | None) -> bool:
    return shown is not None and {"l:wallet", "l:new_trade"} <= {data for _, data in shown.presses}
