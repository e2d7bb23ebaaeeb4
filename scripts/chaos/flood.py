"""One who sends 1 000 updates a second beside others who press: how long the others wait, without and with, in turn.

The real service as a process, and our own Telegram (crowd.py) in this one, which takes part of the same cores: the
flood's own cost is in what is measured. The others press at a steady rate, whatever comes back; their p99 is taken of
all rounds of a kind together. What the flooder has sent is handled, too, before the next round without a flood begins.

Seconds are the machine's as well; fairness is counted: the flooder sends thousands of updates at once, and while they
wait the others press. How many of the flooder's turns are answered between somebody's press and its answer? With one
queue for all it would be as many as wait; where everybody has their turn it is a few, however slow the machine is.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from typing import Final

import trio
from attrs import define, field, frozen

from scripts.chaos.aftermath import BAD
from scripts.chaos.crowd import TOKEN, Crowd, Member
from scripts.chaos.world import FIRST, WEALTH, World, open_world
from scripts.report import Figure, Options, Row
from scripts.seed import make_people

OTHERS: Final = 40
RATE: Final = 40.0  # of the others' presses, a second, all together
FLOOD: Final = 1000  # updates a second
ROUNDS: Final = 4  # without, with, without, with
SECONDS: Final = 15.0  # of a round
MOST: Final = 2.0  # times the p99 without
BURST: Final = 4000  # updates at once
MANY: Final = 1000  # of them still wait when one of the others presses
PASSED_BY: Final = 25  # turns of the flooder during one of the others', at the median
STARTS_WITHIN: Final = 60.0  # s for the service to poll
CALM: Final = 180.0  # s for what the flooder has sent
HEARD_WITHIN: Final = 30.0
STEP: Final = 0.01  # s between two handfuls of the flood


@frozen
class Wait:
    """Of one of the others, for an answer; how many the flooder had had when it `began`, and had meanwhile."""

    seconds: float
    began: int
    passed_by: int


@define
class Tide:
    """A run. `waited`: seconds that others waited, without and with."""

    world: World
    crowd: Crowd
    chance: random.Random
    waited: tuple[list[float], list[float]] = field(factory=lambda: ([], []))
    passed_by: list[int] = field(factory=list)  # turns of the flooder during each of theirs
    p99: list[str] = field(factory=list)
    sent: int = 0
    handled: list[float] = field(factory=list)
    failures: list[str] = field(factory=list)

    @property
    def flooder(self) -> Member:
        return self.crowd.members[FIRST + OTHERS]


async def run(options: Options) -> Row:
    """The scenario."""
    return await play(options)


async def play(options: Options, *, most: float | None = MOST, mutant: str | None = None) -> Row:
    """`most`: how many times the p99 without a flood that with one may be; None: seconds are not judged."""
    began = time.monotonic()
    seconds = options.lasting(SECONDS * ROUNDS) / ROUNDS
    async with open_world(fsync=False) as world, trio.open_nursery() as nursery:
        await make_people(world.url, OTHERS + 1, FIRST, WEALTH)
        tide = Tide(world, Crowd(range(FIRST, FIRST + OTHERS + 1), lambda _, __: []), random.Random(options.seed))
        url = await nursery.start(tide.crowd.serve)
        await begin(tide, url, mutant)
        for number in range(ROUNDS):
            await one_round(tide, seconds, flooded=number % 2 == 1)
        await count_turns(tide)
        tide.failures += [f"logged: {entry}"[:1000] for entry in world.service.logged() if entry.get("level") in BAD]
        nursery.cancel_scope.cancel()
    tide.failures += judged(tide, most)
    return Row("flood", options.seed, time.monotonic() - began, figures(tide, seconds), tuple(tide.failures))


async def begin(tide: Tide, url: str, mutant: str | None) -> None:
    """The service is there, and everybody has been. Raises TooSlowError when it is not, soon."""
    service = tide.world.service
    service.settings = {**service.settings, "LOCKBAY_TELEGRAM_URL": url, "LOCKBAY_BOT_TOKEN": TOKEN}
    if mutant is not None:
        service.program = ("-m", "scripts.chaos.mutants", mutant)
    service.start()
    with trio.fail_after(STARTS_WITHIN):
        await tide.crowd.polled.wait()
        await warm(tide)


def judged(tide: Tide, most: float | None) -> list[str]:
    found = []
    if most is not None and times_as_long(tide) > most:
        found.append(f"the p99 of the others is {times_as_long(tide):.1f} times as long, and {most:.0f} are allowed")
    passed_by = statistics.median(tide.passed_by)
    if passed_by > PASSED_BY:
        found.append(f"{passed_by:.0f} turns of the flooder while one of the others waits, and {PASSED_BY} are allowed")
    return found


async def warm(tide: Tide) -> None:
    """Everybody has been here."""
    for member in tide.crowd.members.values():
        await one_press(tide, member, [])


async def one_round(tide: Tide, seconds: float, *, flooded: bool) -> None:
    waited: list[Wait] = []
    async with trio.open_nursery() as nursery:
        flood = trio.CancelScope()
        if flooded:
            nursery.start_soon(keep_flooding, tide, flood)
        await press_steadily(tide, seconds, waited)
        flood.cancel()
    tide.waited[flooded].extend(each.seconds for each in waited)
    tide.p99.append(f"{p99([each.seconds for each in waited]) * 1000:.0f}")
    began = time.monotonic()
    await calm(tide)
    if flooded:
        tide.handled.append(time.monotonic() - began)


async def keep_flooding(tide: Tide, scope: trio.CancelScope) -> None:
    """The last member's: at a steady rate, whatever comes back."""
    began, sent = trio.current_time(), 0
    with scope:
        while True:
            due = int((trio.current_time() - began) * FLOOD)
            for _ in range(due - sent):
                tide.crowd.say(tide.flooder, text="/menu")
            tide.sent += due - sent
            sent = due
            await trio.sleep(STEP)


async def count_turns(tide: Tide) -> None:
    """What the others wait for while many updates of the flooder do."""
    waited: list[Wait] = []
    until = tide.flooder.heard + BURST - MANY
    for _ in range(BURST):
        tide.crowd.say(tide.flooder, text="/menu")
    with trio.move_on_after(CALM):
        while tide.flooder.heard < until:
            await press_steadily(tide, 1.0, waited)
    tide.passed_by += [each.passed_by for each in waited if each.began < until]
    await calm(tide)


async def press_steadily(tide: Tide, seconds: float, waited: list[Wait]) -> None:
    """One after another of the others, whether or not those before have their answer."""
    others = [tide.crowd.members[FIRST + number] for number in range(OTHERS)]
    began, number = trio.current_time(), 0
    async with trio.open_nursery() as nursery:
        while (at := began + number / RATE) < began + seconds:
            await trio.sleep_until(at)
            nursery.start_soon(one_press, tide, others[number % OTHERS], waited)
            number += 1


async def one_press(tide: Tide, member: Member, waited: list[Wait]) -> None:
    """Wallet, or back to the menu. The time runs from when the update is there to be taken."""
    since, flood, began, latest = member.heard, tide.flooder.heard, time.perf_counter(), member.latest
    if latest is None:
        tide.crowd.say(member, text="/menu")
    else:
        data = "l:wallet" if any(data == "l:wallet" for _, data in latest.presses) else "l:menu"
        tide.crowd.press(member, data, latest.id)
    with trio.move_on_after(HEARD_WITHIN):
        while member.heard == since:
            await member.news.park()
        waited.append(Wait(time.perf_counter() - began, flood, tide.flooder.heard - flood))
        return
    tide.failures.append(f"{member.id} heard nothing for {HEARD_WITHIN:.0f} s")


async def calm(tide: Tide) -> None:
    """Until all that was sent is handled."""
    with trio.move_on_after(CALM):
        while True:
            left = await tide.world.rows("SELECT count(*) FROM inbox")
            if not tide.crowd.unread and left == [(0,)]:
                return
            await trio.sleep(0.2)
    inbox = (await tide.world.rows("SELECT count(*) FROM inbox"))[0][0]
    tide.failures.append(
        f"{CALM:.0f} s later {inbox} updates of the flood are in the inbox, {tide.crowd.unread} not taken yet"
    )


def p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def times_as_long(tide: Tide) -> float:
    return p99(tide.waited[1]) / p99(tide.waited[0])


def figures(tide: Tide, seconds: float) -> dict[str, Figure]:
    passed_by = sorted(tide.passed_by)
    medians = [f"{statistics.median(each) * 1000:.0f} ms" for each in tide.waited]
    return {
        "rounds": f"{ROUNDS} of {seconds:.0f} s",
        "presses of the others": sum(map(len, tide.waited)),
        "updates of the flood": tide.sent,
        "a second": round(tide.sent / (seconds * ROUNDS / 2)),
        "p99 of each round, without and with in turn": " ms, ".join(tide.p99) + " ms",
        "p99 without and with": f"{p99(tide.waited[0]) * 1000:.0f} ms, {p99(tide.waited[1]) * 1000:.0f} ms",
        "median without and with": ", ".join(medians),
        "times as long": round(times_as_long(tide), 2),
        "presses while many updates of the flooder wait": len(passed_by),
        "turns of the flooder during one of these, median and p99": (
            f"{passed_by[len(passed_by) // 2]}, {passed_by[len(passed_by) * 99 // 100]}"
        ),
        "seconds until the flood was handled": ", ".join(f"{each:.1f}" for each in tide.handled),
        "load average": os.getloadavg()[0],
    }
