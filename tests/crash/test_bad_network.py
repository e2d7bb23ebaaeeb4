"""A bad network around the service: the small run of the chaos' proxy.

The full one: python -m scripts.chaos proxy. LOCKBAY_CRASH_SEED repeats what was wished for and how faults are drawn.
"""

from __future__ import annotations

import random
from itertools import count

import pytest
import trio

from lockbay.sandbox.person import Person
from scripts.chaos import aftermath, proxy, span
from scripts.chaos.__main__ import SCENARIOS
from scripts.chaos.deed import Deed
from scripts.chaos.faulty import Weather
from scripts.chaos.network import PLACES, stand_between
from scripts.chaos.people import ASKED_WITHIN, COURSES, TOLD_WITHIN, WITHIN, Deeds, Tally, menu
from scripts.chaos.world import FIRST, open_world
from scripts.report import Options


async def test_nobody_is_stuck_and_nothing_is_lost_or_doubled_when_a_bad_network_is_good_again(seed: int) -> None:
    row = await proxy.run(Options(seed, seconds=10.0, size=0.1))
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    assert sum(int(row.figures[deed]) for deed in ("trades", "cash-outs", "exchanges")) > 0  # it was no standstill


class Worst(random.Random):
    """Nothing gets through."""

    def random(self) -> float:
        return 0.0

    def choices(self, *_: object, **__: object) -> list[str]:  # type: ignore[override]
        return ["reset_before"]


def seed_of(course: str) -> int:
    """With which the first trade takes that course."""
    names, weights = list(COURSES), list(COURSES.values())
    return next(seed for seed in count() if random.Random(f"{seed} {FIRST}").choices(names, weights)[0] == course)


async def test_who_waits_for_what_no_webhook_told_gets_it_before_anybody_is_called_stuck() -> None:
    """DynoPay gives up after three tries, and LockBay asks after five minutes: the tool waited for one of them."""
    async with open_world(fsync=False) as world, trio.open_nursery() as proxies:
        pair = await world.enter(2)
        weathers = await stand_between(world, proxies, random.Random(1))
        settings = world.service.settings
        world.service.settings = {name: value for name, value in settings.items() if "BLOCKBEE" not in name}
        world.service.start()
        for person in pair:
            await menu(person, 60.0)
        webhooks = weathers[len(PLACES)]
        webhooks.chance = Worst()
        scene = proxy.Scene(world, seed_of("by_coin"))
        assert await proxy.live(scene, [pair, [], [], []], [webhooks], 12.0) == []
        assert [deed.ended for deed in scene.deeds] == [True]
        assert scene.deeds[0].tally.trades.popitem()[1] == "released"
        proxies.cancel_scope.cancel()


async def test_what_somebody_confirmed_and_did_not_come_to_count_is_no_effect_that_was_doubled() -> None:
    async with open_world(fsync=False) as world:
        buyer, seller = await world.enter(2)
        world.service.start()
        for person in (buyer, seller):
            await menu(person, 60.0)
        scene = proxy.Scene(world, 1)
        await sent_home(scene, buyer, seller)
        assert (await aftermath.done(world, "trades"))[buyer.id] == 1
        assert await aftermath.deeds(world, await proxy.settled(scene)) == []


async def test_a_payment_whose_telling_does_not_end_is_found_and_ends_no_judgement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aftermath, "SETTLED_WITHIN", 0.5)
    monkeypatch.setattr(proxy, "ASKED_WITHIN", 0.0)
    async with open_world(fsync=False) as world:
        [person] = await world.enter(1)
        world.service.start()
        await menu(person, 60.0)
        deeds = Deeds(world.town, Tally())
        address = await deeds.address(person)
        world.service.kill()
        deeds.tally.payments.extend(await world.town.pay(address, "5"))
        found = await proxy.paid(proxy.Scene(world, 1, [Deed(deeds.tally)]))
    assert any("telling does not end" in each for each in found)


async def sent_home(scene: proxy.Scene, buyer: Person, seller: Person) -> None:
    """In the middle of a trade, which exists already."""
    async with trio.open_nursery() as nursery:

        async def buy(deeds: Deeds, chance: random.Random) -> None:
            await deeds._created(buyer, seller, chance)
            nursery.cancel_scope.cancel()
            await trio.sleep_forever()

        await proxy.keep_doing(scene, buyer, buy)


async def test_a_run_in_which_nothing_went_wrong_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(span, "PATIENCE", 0.0)
    async with open_world(fsync=False) as world:
        found = await proxy.live(proxy.Scene(world, 1), [[], [], [], []], [Weather(random.Random(1), 0.0)], 0.0, 1)
    assert found == ["0 faults show nothing, and 1 are asked for"]


def test_the_bound_of_a_run_leaves_time_for_every_wait_in_it() -> None:
    begun, last = proxy.SECONDS + span.PATIENCE + WITHIN, proxy.EXCUSED + TOLD_WITHIN
    judged = 2 * aftermath.SETTLED_WITHIN + ASKED_WITHIN
    assert begun + last + judged < SCENARIOS["proxy"]
