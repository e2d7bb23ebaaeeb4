"""One who floods beside others who press: the small run of the chaos' flood.

The full one: python -m scripts.chaos flood. LOCKBAY_CRASH_SEED repeats a run.
"""

from __future__ import annotations

import os
import random

from scripts.chaos import flood
from scripts.chaos.report import Options

NOISE = 50.0  # times: other tests run beside this one, and a p99 of few is one of them


async def test_a_flood_of_one_person_is_handled_and_everybody_else_is_answered() -> None:
    seed = int(os.environ.get("LOCKBAY_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    print(f"LOCKBAY_CRASH_SEED={seed}")  # noqa: T201 shown when a test fails
    row = await flood.play(Options(seed, seconds=6.0), most=NOISE)
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    assert int(row.figures["updates of the flood"]) > 1000
