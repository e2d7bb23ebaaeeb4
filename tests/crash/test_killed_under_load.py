"""kill -9 of the service and of PostgreSQL while people do all that LockBay is for: the small run of the chaos.

The full one: python -m scripts.chaos kill. LOCKBAY_CRASH_SEED repeats the moments and the wishes of a run.
"""

from __future__ import annotations

from scripts.chaos import kill
from scripts.report import Options

PATIENCE = 30.0  # s until a button is answered: other tests run beside this one


async def test_nothing_is_lost_or_doubled_and_the_books_balance_all_the_while_whoever_is_killed(seed: int) -> None:
    row = await kill.play(Options(seed, size=0.02), service=3, database=2, worst=PATIENCE)
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    assert int(row.figures["audits while running"]) > 0
    assert int(row.figures["trades"]) > 0
    assert int(row.figures["payments"]) > 0
