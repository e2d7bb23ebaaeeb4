"""One who floods beside others who press: the small run of the chaos' flood. Turns are counted, seconds are not judged.

The full one: python -m scripts.chaos flood. LOCKBAY_CRASH_SEED repeats a run.
"""

from __future__ import annotations

import pytest

from scripts.chaos import flood
from scripts.report import Options, Row


async def played(seed: int, mutant: str | None = None) -> Row:
    row = await flood.play(Options(seed, seconds=4.0), most=None, mutant=mutant)
    print(row)  # noqa: T201 the measure, with pytest -s
    return row


async def test_a_flood_of_one_person_is_handled_and_everybody_else_has_their_turn(seed: int) -> None:
    row = await played(seed)
    assert row.failures == ()
    assert int(row.figures["updates of the flood"]) > 1000


@pytest.mark.timeout(300)  # what has one queue for all is slow
async def test_where_all_wait_in_one_queue_the_flooder_passes_everybody_by(seed: int) -> None:
    [failure] = (await played(seed, "queueing")).failures
    assert "turns of the flooder while one of the others waits" in failure
