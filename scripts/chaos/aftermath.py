"""What must be true when all is over: everything ended, everybody answered, and one row for each deed.

A sentence begins with DOUBLED where something was done more often than it was confirmed or paid, and with LOST where it
was done less often, or somebody waits in vain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

import trio

from lockbay.sandbox.person import NotSeen, Person
from scripts.chaos.people import Tally, menu
from scripts.chaos.world import World

DOUBLED: Final = "doubled: "
LOST: Final = "lost: "
SETTLED_WITHIN: Final = 60.0  # s for what was begun to end by itself, notices that were put off included
ANSWERED_WITHIN: Final = 5.0
LOOK: Final = 0.1  # s between two
# The time after which providers are asked has passed. A service that is just calling one does not ask about that.
LATER: Final = """
UPDATE cashouts SET ask_at = now(), sending_at = least(sending_at, now() - interval '11 minutes')
WHERE state IN ('sending', 'unknown', 'sent', 'waiting') AND ask_at IS NOT NULL
"""
OPEN: Final = """
SELECT 'update in the inbox', update_id::text FROM inbox
UNION ALL SELECT 'notice not told', kind || ' ' || id FROM outbox WHERE sent_at IS NULL
UNION ALL SELECT 'cash-out not ended', slug || ' ' || state FROM cashouts WHERE ended_at IS NULL
"""
APPLIED: Final = """
SELECT e.event_id, count(*) FILTER (WHERE e.moved > 0 OR u.id IS NOT NULL)
FROM provider_events e LEFT JOIN unapplied u ON u.event_id = e.id GROUP BY e.event_id
"""
CAME: Final = "SELECT provider, sum(moved) FROM provider_events GROUP BY provider"
BY_USER: Final[Mapping[str, str]] = {
    "trades": "SELECT buyer_id, count(*) FROM trades GROUP BY buyer_id",
    "cash-outs": "SELECT user_id, count(*) FROM cashouts GROUP BY user_id",
    "exchanges": "SELECT user_id, count(*) FROM conversions WHERE from_wallet AND trade_id IS NULL GROUP BY user_id",
}
# A service that was killed leaves none of these behind, nor does one whose database was.
BAD: Final = ("error", "critical", "crash")


async def problems(world: World, tally: Tally, people: Sequence[Person]) -> list[str]:
    """Sentences; none: all is as it must be. Nothing may be killed any more, and the service has to run."""
    found = [*await _told(world, tally), *await ended(world), *await unanswered(people)]
    found += await deeds(world, tally)
    found += await trades(world, tally)
    found += await _payments(world, tally)
    found += await came(world)
    found += await payouts(world)
    found += [f"dead letter: {error}" for (error,) in await world.rows("SELECT error FROM dead_letters")]
    found += [f"audit: {difference}" for difference in (await world.audited()).differences]
    return found + logged(world)


async def _told(world: World, tally: Tally) -> list[str]:
    """Providers repeat what was not taken; what waits for its next try is told now, and what was given up once more."""
    for uuid in tally.payments:
        await world.town.confirm(uuid)
    found = []
    for uuid in tally.payments:
        try:
            deliveries = await world.town.told(uuid, within=SETTLED_WITHIN)
            if any("done" not in each for each in deliveries):
                await world.town.resend(uuid)
                await world.town.told(uuid, within=SETTLED_WITHIN)
        except NotSeen as problem:
            found.append(f"{LOST}a payment that is not acknowledged: {problem}")
    return found


def counted(failures: Sequence[str]) -> dict[str, int]:
    """For the table."""
    return {
        "effects doubled": sum(DOUBLED in each for each in failures),
        "lost": sum(LOST in each for each in failures),
    }


def differs(made: object, wanted: object) -> str:
    """How a sentence about that begins."""
    return DOUBLED if Decimal(str(made)) > Decimal(str(wanted)) else LOST


async def ended(world: World) -> list[str]:
    """Waits until everything has ended by itself; what has not."""
    left: list[tuple[object, ...]] = []
    with trio.move_on_after(SETTLED_WITHIN):
        while True:
            await world.rows(LATER)
            left = await world.rows(OPEN)
            if not left:
                return []
            await trio.sleep(LOOK)
    return [f"{what}: {which}" for what, which in left]


async def unanswered(people: Sequence[Person]) -> list[str]:
    """Everybody asks for the menu, whatever they were in the middle of."""
    found = []
    for person in people:
        try:
            await menu(person, within=ANSWERED_WITHIN)
        except NotSeen as problem:
            found.append(f"{LOST}{person.id} does not reach the menu: {problem}")
    return found


async def deeds(world: World, tally: Tally) -> list[str]:
    """One row for each that was confirmed, and none besides."""
    confirmed = {"trades": tally.bought, "cash-outs": tally.cashed, "exchanges": tally.exchanged}
    found = []
    for name in BY_USER:
        made = await done(world, name)
        found += [
            f"{differs(made[user], confirmed[name][user])}"
            f"{user} confirmed {confirmed[name][user]} {name}, and there are {made[user]}"
            for user in sorted({*made, *confirmed[name]})
            if made[user] != confirmed[name][user]
        ]
    return found


async def done(world: World, name: str) -> Counter[int]:
    """How many each has."""
    return Counter({int(str(user)): int(str(count)) for user, count in await world.rows(BY_USER[name])})


async def accept(world: World, tally: Tally) -> None:
    """From now on, what there is counts as confirmed."""
    tally.bought, tally.cashed, tally.exchanged = [await done(world, name) for name in BY_USER]
    tally.trades = {str(slug): str(state) for slug, state in await world.rows("SELECT slug, state FROM trades")}


async def trades(world: World, tally: Tally) -> list[str]:
    states = {str(slug): str(state) for slug, state in await world.rows("SELECT slug, state FROM trades")}
    return [
        f"trade {slug} was left {state}, and is {states.get(slug)}"
        for slug, state in tally.trades.items()
        if states.get(slug) != state
    ]


async def _payments(world: World, tally: Tally) -> list[str]:
    """All were acknowledged: each moved money once, or waits for a decision."""
    applied = {str(name): int(str(times)) for name, times in await world.rows(APPLIED)}
    found = [
        f"{differs(applied.get(name, 0), 1)}payment {name} was applied {applied.get(name, 0)} times"
        for name in tally.payments
        if applied.get(name) != 1
    ]
    return found + [f"payment {name} was paid by nobody" for name in sorted(applied.keys() - set(tally.payments))]


async def came(world: World) -> list[str]:
    """What came in through each provider is what was sent through it, to the last unit."""
    sent, known = await _sent(world), {str(name): total for name, total in await world.rows(CAME)}
    return [
        f"{differs(known.get(provider, 0), amount)}"
        f"{amount} was paid through {provider}, and LockBay knows of {known.get(provider, 0)}"
        for provider, amount in sent.items()
        if amount != known.get(provider, 0)
    ]


async def _sent(world: World) -> dict[str, Decimal]:
    """The sum of the numbers of what was paid, by provider: coins are added to naira, as both must be the same."""
    found = dict[str, Decimal]()
    for provider in ("blockbee", "dynopay", "fincra"):
        for place in (await world.town.client.get(f"/api/{provider}")).raise_for_status().json():
            for each in place["payments"]:
                if not each.get("forged"):
                    found[provider] = found.get(provider, Decimal(0)) + Decimal(str(each["value"]))
    return found


async def payouts(world: World) -> list[str]:
    """What left a provider is what was cashed out: as often, and as much."""
    sent: Counter[tuple[str, Decimal]] = Counter()
    for payout in world.payouts():
        if not payout.get("failed"):
            sent[str(payout["provider"]), Decimal(str(payout["amount"]))] += 1
    rows = await world.rows("SELECT provider, net FROM cashouts WHERE state = 'done'")
    wanted = Counter((str(provider), Decimal(str(net))) for provider, net in rows)
    twice, never = sent - wanted, wanted - sent
    return [f"{DOUBLED}sent without reason, {n} times: {what}" for what, n in twice.items()] + [
        f"{LOST}never sent, {n} times: {what}" for what, n in never.items()
    ]


def logged(world: World) -> list[str]:
    bad = [entry for entry in world.service.logged() if entry.get("level") in BAD]
    return [f"logged: {entry}"[:400] for entry in bad]
