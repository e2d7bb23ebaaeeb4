"""Who says that nothing is lost or doubled would see it: the small run of the chaos' power.

The full one: python -m scripts.chaos power. LOCKBAY_CRASH_SEED repeats what was wished for.
"""

from __future__ import annotations

import pytest

from scripts.chaos import aftermath, power
from scripts.report import Options


@pytest.mark.timeout(300)  # who loses something leaves somebody waiting in vain, which takes its time
async def test_a_service_that_loses_or_doubles_where_it_dies_is_found_out_and_a_sound_one_is_not(seed: int) -> None:
    row = await power.run(Options(seed, size=0.01))
    print(row)  # noqa: T201 the measure, with pytest -s
    assert row.failures == ()
    assert int(row.figures["sound: failpoints"]) >= 2  # the question to the database, and its answer
    assert row.figures["repeating: doubled"] == row.figures["hasty: lost"] == row.figures["careless: lost"] == 1


@pytest.mark.parametrize(
    ("mutant", "seen"),
    [
        ("repeating", [[], []]),  # a tool that sees nothing
        ("repeating", [["cash-out, 1. turn: lost: 5 waited"]]),  # or something else
        ("careless", [["cash-out, 1. turn: doubled: 5 confirmed 1 cash-outs, and there are 2"]]),
        ("sound", [["cash-out, 1. turn: lost: 5 waited"]]),  # or what is not there
    ],
)
def test_a_tool_that_is_blind_fails(mutant: str, seen: list[list[str]]) -> None:
    assert power.judged(mutant, seen, power.SEEN[mutant])


def test_what_is_more_than_was_confirmed_is_doubled_and_what_is_less_is_lost() -> None:
    assert aftermath.differs(2, 1) == aftermath.DOUBLED
    assert aftermath.differs("0", 1) == aftermath.LOST
