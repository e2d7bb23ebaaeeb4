"""Those who press at random, in their world: who is there, and what is written down of them."""

from __future__ import annotations

import random
from collections import Counter
from typing import Final

from attrs import define, field

from lockbay.postgres import bridge, schema
from scripts.chaos import law
from scripts.chaos.crowd import TOKEN, Crowd, Member, Shown
from scripts.chaos.law import Court
from scripts.chaos.whims import Street, Whims
from scripts.chaos.world import FIRST, WEALTH, World
from scripts.seed import make_people

NEW: Final = 0.1  # of the people have never been here
OWNERS: Final = 3
TERMS: Final = {"CASHOUT_APPROVAL_USD": "30", "AUDIT_MINUTES": "0"}
WINDOWS: Final = {"payment_window": 120, "answer_window": 180, "dispute_window": 180, "choice_window": 60}  # s
# Nobody may set windows that are so short: they are what an owner changed, and that is not asked again.
SHORTEN: Final = "".join(
    f"INSERT INTO term_overrides (name, value, by, at) VALUES ('{name}', '{seconds} seconds', {FIRST}, now());"
    for name, seconds in WINDOWS.items()
)


@define
class Zoo:
    """A run."""

    world: World
    crowd: Crowd
    court: Court
    whims: Whims
    street: Street
    acts: Counter[str] = field(factory=Counter)
    waited: list[float] = field(factory=list)
    payments: int = 0
    audits: int = 0
    failures: list[str] = field(factory=list)


async def prepare(world: World, count: int) -> None:
    """Most of them are here already; each move of a trade or a cash-out will be kept."""
    await make_people(world.url, round(count * (1 - NEW)), FIRST, WEALTH)
    async with bridge.open_connection(world.url, schema.MIGRATION_LIMITS) as connection:
        await connection.execute(law.KEEP)
        await connection.execute(SHORTEN)


def gather(world: World, count: int, seed: int) -> Zoo:
    staff = frozenset(range(FIRST, FIRST + OWNERS))
    street, court = Street(), Court(staff)

    def judge(member: Member, shown: Shown) -> list[str]:
        street.passes(member, shown)
        return court.judge(member, shown)

    crowd = Crowd(range(FIRST, FIRST + count), judge)
    return Zoo(world, crowd, court, Whims(crowd, street, staff, random.Random(seed)), street)


def settings(world: World, url: str) -> dict[str, str]:
    return {
        **world.service.settings,
        "LOCKBAY_TELEGRAM_URL": url,
        "LOCKBAY_BOT_TOKEN": TOKEN,
        "LOCKBAY_ADMIN_IDS": ",".join(str(FIRST + number) for number in range(OWNERS)),
        **{f"LOCKBAY_{name}": value for name, value in TERMS.items()},
    }
