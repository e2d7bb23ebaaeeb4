"""What is found when those who press at random have pressed: what was broken, and how deep they came."""

from __future__ import annotations

import os
from collections import Counter
from typing import Final

from scripts.chaos import law
from scripts.chaos.aftermath import BAD
from scripts.chaos.world import World
from scripts.chaos.zoo import Zoo
from scripts.report import Figure

REACHED: Final = {
    "trades": "SELECT state, count(*) FROM trades GROUP BY state ORDER BY 2 DESC",
    "cash-outs": "SELECT state, count(*) FROM cashouts GROUP BY state ORDER BY 2 DESC",
    "operations": "SELECT operation, count(*) FROM requests GROUP BY operation ORDER BY 2 DESC",
    "refusals": """SELECT outcome ->> 'refused', count(*) FROM requests WHERE outcome ? 'refused'
        GROUP BY 1 ORDER BY 2 DESC""",
    "moves": """SELECT subject || ' ' || from_state || ' → ' || to_state, count(*) FROM chaos_moves
        GROUP BY 1 ORDER BY 2 DESC""",
}


async def verdict(zoo: Zoo) -> list[str]:
    """Telegram's, the law's, the books' and the log's."""
    world, found = zoo.world, [*zoo.crowd.problems]
    found += law.broken(await world.rows(law.KEPT), zoo.court.staff)
    found += law.leaked(zoo.court.saw, zoo.street.opened, await world.rows(law.CONCERNED))
    found += [f"dead letter: {error}" for (error,) in await world.rows("SELECT error FROM dead_letters")]
    found += [f"audit: {difference}" for difference in (await world.audited()).differences]
    if not world.service.runs:
        found.append("the service ended by itself")
    return found + [f"logged: {entry}"[:1500] for entry in world.service.logged() if entry.get("level") in BAD]


async def reached(world: World) -> dict[str, Figure]:
    """How deep the pressing went."""
    return {
        name: ", ".join(f"{what} {count}" for what, count in await world.rows(query)) or "none"
        for name, query in REACHED.items()
    }


def figures(zoo: Zoo, seconds: float, menus: list[float]) -> dict[str, Figure]:
    warnings = Counter(
        str(entry.get("event")) for entry in zoo.world.service.logged() if entry.get("level") == "warning"
    )
    waited = sorted(zoo.waited)
    return {
        "people": len(zoo.crowd.members),
        "seconds of pressing": seconds,
        "acts": zoo.acts.total(),
        "acts by kind": ", ".join(f"{name} {count}" for name, count in zoo.acts.most_common()),
        "screens judged as pages of trades": zoo.court.pages,
        "payments from outside": zoo.payments,
        "audits while running": zoo.audits,
        "answered within, median and worst": f"{waited[len(waited) // 2]:.3f} s, {waited[-1]:.2f} s",
        "menu within, worst": f"{max(menus):.2f} s",
        "warnings": ", ".join(f"{name} {count}" for name, count in warnings.most_common()) or "none",
        "refused by Telegram": ", ".join(f"{name} {n}" for name, n in zoo.crowd.refused.most_common(5)) or "nothing",
        "load average": os.getloadavg()[0],
    }
