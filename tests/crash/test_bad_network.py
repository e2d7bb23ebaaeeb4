"""A bad network around the service: the small run of the chaos' proxy.

The full one: python -m scripts.chaos proxy. LOCKBAY_CRASH_SEED repeats what was wished for and how faults are drawn.
"""

from __future__ import annotations

import os
import random

from scripts.chaos import proxy
from scripts.chaos.report import Options


async def test_nobody_is_stuck_and_nothing_is_lost_or_doubled_when_a_bad_network_is_good_again() -> None:
    seed = int(os.environ.get("LOCKBAY_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    print(f"LOCKBAY_CRASH_SEED={seed}")  # noqa: T201 shown when a test fails
    row = await proxy.run(Options(seed, seconds=10.0, size=0.1))
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    assert int(row.figures["faults"]) > 10
    assert sum(int(row.figures[deed]) for deed in ("trades", "cash-outs", "exchanges")) > 0  # it was no standstill
