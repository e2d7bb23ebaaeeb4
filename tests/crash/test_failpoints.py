"""A service that dies where it stands, in a trade and in a cash-out: the small run of the chaos' failpoints.

All of them: python -m scripts.chaos failpoints. LOCKBAY_CRASH_SEED repeats which were chosen.
"""

from __future__ import annotations

from scripts.chaos import failpoints
from scripts.report import Options


async def test_a_trade_and_a_cash_out_are_done_once_wherever_the_service_dies(seed: int) -> None:
    row = await failpoints.run(Options(seed, seconds=20.0, size=0.008))
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    deaths = int(row.figures["died in a trade"]) + int(row.figures["died in a cash-out"])
    assert deaths > 0
