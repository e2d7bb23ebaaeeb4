"""People who press at random: the small run of the chaos' monkey.

The full one: python -m scripts.chaos monkey. LOCKBAY_CRASH_SEED repeats what was wished for.
"""

from __future__ import annotations

from scripts.chaos import monkey
from scripts.report import Options


async def test_who_presses_at_random_breaks_nothing_sees_nothing_forbidden_and_gets_back_to_the_menu(seed: int) -> None:
    row = await monkey.run(Options(seed, seconds=20.0, size=0.005))
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    assert int(row.figures["screens judged as pages of trades"]) > 0
    assert int(row.figures["audits while running"]) > 0
