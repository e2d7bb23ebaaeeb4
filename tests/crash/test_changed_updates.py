"""Updates that are changed in their structure: the small run of the chaos' fuzz. Its webhooks: tests/web/test_fuzz.py.

The full one: python -m scripts.chaos fuzz. LOCKBAY_CRASH_SEED repeats the updates of a run.
"""

from __future__ import annotations

from scripts.chaos import fuzz
from scripts.report import Options


async def test_no_update_crashes_or_hangs_anything_and_who_is_well_is_served_beside_it(seed: int) -> None:
    row = await fuzz.updates(Options(seed, size=0.03))
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    assert int(row.figures["for us"]) > 100
    assert int(row.figures["unreadable"]) > 100
