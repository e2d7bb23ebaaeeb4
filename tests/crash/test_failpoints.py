"""A service that dies where it stands, in a trade and in a cash-out: the small run of the chaos' failpoints.

All of them: python -m scripts.chaos failpoints. LOCKBAY_CRASH_SEED repeats which were chosen.
"""

from __future__ import annotations

import os
import random

from scripts.chaos import failpoints
from scripts.chaos.report import Options


async def test_a_trade_and_a_cash_out_are_done_once_wherever_the_service_dies() -> None:
    seed = int(os.environ.get("LOCKBAY_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    print(f"LOCKBAY_CRASH_SEED={seed}")  # noqa: T201 shown when a test fails
    row = await failpoints.run(Options(seed, seconds=20.0, size=0.008))
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    deaths = int(row.figures["died in a trade"]) + int(row.figures["died in a cash-out"])
    assert deaths > 0
