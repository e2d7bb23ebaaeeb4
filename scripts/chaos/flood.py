"""One who sends 1 000 updates a second beside others who press: how long the others wait, without and with, in turn.

The real service as a process, and our own Telegram (crowd.py) in this one, which takes part of the same cores: the
flood's own cost is in what is measured. The others press at a steady rate, whatever comes back; their p99 is taken of
all rounds of a kind together. What the flooder has sent is handled, too, before the next round without a flood begins.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from typing import Final

import trio
from attrs import define, field

from scripts.chaos.crowd import TOKEN, Crowd, Member
from scripts.chaos.outcome import BAD
from scripts.chaos.report import Options, Row
from scripts.chaos.world import FIRST, WEALTH, World, open_world
from scripts.webhook_town import SEED

OTHERS: Final = 40
RATE: Final = 40.0  # of the others' presses, a second, all together
FLOOD: Final = 1000  # updates a second
ROUNDS: Final = 4  # without, with, without, with
SECONDS: Final = 15.0  # of a round
MOST: Final = 2.0  # times the p99 without
CALM: Final = 180.0  # s for what the flooder has sent
HEARD_WITHIN: Final = 30.0
STEP: Final = 0.01  # s between two handfuls of the flood


@define
class Tide:
    """A run. `waited`: seconds that others waited, without and with."""

    world: World
    crowd: Crowd
    chance: random.Random
    waited: tuple[list[float], list[float]] = field(factory=lambda: ([], []))
    p99: list[str] = field(factory=list)
    sent: int = 0
    handled: list[float] = field(factory=list)
    failures: list[str] = field(factory=list)


async def run(options: Options) -> Row:
    """The scenario."""
    return await play(options)


async def play(options: Options, *, most: float = MOST) -> Row:
    """`most`: how many times the p99 without a flood that with one may be."""
    began = time.monotonic()
    seconds = options.lasting(SECONDS * ROUNDS) / ROUNDS
    async with open_world(fsync=False) as world, trio.open_nursery() as nursery:
        await SEED(world.url, OTHERS + 1, FIRST, WEALTH)
        tide = Tide(world, Crowd(range(FIRST, FIRST + OTHERS + 1), lambda _, __: []), random.Random(options.seed))
        url = await nursery.start(tide.crowd.serve)
        world.service.settings = {
            **world.service.settings, "LOCKBAY_TELEGRAM_URL": url, "LOCKBAY_BOT_TOKEN": TOKEN
        }  # fmt: skip
        world.service.start()
        await tide.crowd.polled.wait()
        await warm(tide)
        for number in range(ROUNDS):
            await one_round(tide, seconds, flooded=number % 2 == 1)
        tide.failures += [f"logged: {entry}"[:1000] for entry in world.service.logged() if entry.get("level") in BAD]
        nursery.cancel_scope.cancel()
    ratio = p99(tide.waited[1]) / p99(tide.waited[0])
    if ratio > most:
        tide.failures.append(f"the p99 of the others is {ratio:.1f} times as long, and {most:.0f} times are allowed")
    return Row("flood", options.seed, time.monotonic() - began, figures(tide, seconds, ratio), tuple(tide.failures))


async def warm(tide: Tide) -> None:
    """Everybody has been here."""
    for member in tide.crowd.members.values():
        await one_press(tide, member, [])


async def one_round(tide: Tide, seconds: float, *, flooded: bool) -> None:
    waited: list[float] = []
    async with trio.open_nursery() as nursery:
        flood = trio.CancelScope()
        if flooded:
            nursery.start_soon(keep_flooding, tide, flood)
        await press_steadily(tide, seconds, waited)
        flood.cancel()
    tide.waited[flooded].extend(waited)
    tide.p99.append(f"{p99(waited) * 1000:.0f}")
    began = time.monotonic()
    await calm(tide)
    if flooded:
        tide.handled.append(time.monotonic() - began)


async def keep_flooding(tide: Tide, scope: trio.CancelScope) -> None:
    """The last member's: at a steady rate, whatever comes back."""
    flooder = tide.crowd.members[FIRST + OTHERS]
    began, sent = trio.current_time(), 0
    with scope:
        while True:
            due = int((trio.current_time() - began) * FLOOD)
            for _ in range(due - sent):
                tide.crowd.say(flooder, text="/menu")
            tide.sent += due - sent
            sent = due
            await trio.sleep(STEP)


async def press_steadily(tide: Tide, seconds: float, waited: list[float]) -> None:
    """One after another of the others, whether or not those before have their answer."""
    others = [tide.crowd.members[FIRST + number] for number in range(OTHERS)]
    began, number = trio.current_time(), 0
    async with trio.open_nursery() as nursery:
        while (at := began + number / RATE) < began + seconds:
            await trio.sleep_until(at)
            nursery.start_soon(one_press, tide, others[number % OTHERS], waited)
            number += 1


async def one_press(tide: Tide, member: Member, waited: list[float]) -> None:
    """Wallet, or back to the menu. The time runs from when the update is there to be taken."""
    since, began, latest = member.heard, time.perf_counter(), member.latest
    if latest is None:
        tide.crowd.say(member, text="/menu")
    else:
        data = "l:wallet" if any(data == "l:wallet" for _, data in latest.presses) else "l:menu"
        tide.crowd.press(member, data, latest.id)
    with trio.move_on_after(HEARD_WITHIN):
        while member.heard == since:
            await member.news.park()
        waited.append(time.perf_counter() - began)
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


def figures(tide: Tide, seconds: float, ratio: float) -> dict[str, str | int | float]:
    medians = [f"{statistics.median(each) * 1000:.0f} ms" for each in tide.waited]
    return {
        "rounds": f"{ROUNDS} of {seconds:.0f} s",
        "presses of the others": sum(map(len, tide.waited)),
        "updates of the flood": tide.sent,
        "a second": round(tide.sent / (seconds * ROUNDS / 2)),
        "p99 of each round, without and with in turn": " ms, ".join(tide.p99) + " ms",
        "p99 without and with": f"{p99(tide.waited[0]) * 1000:.0f} ms, {p99(tide.waited[1]) * 1000:.0f} ms",
        "median without and with": ", ".join(medians),
        "times as long": round(ratio, 2),
        "seconds until the flood was handled": ", ".join(f"{each:.1f}" for each in tide.handled),
        "load average": os.getloadavg()[0],
    }
