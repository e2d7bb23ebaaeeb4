"""kill -9 of the service and of PostgreSQL while providers tell of payments: what was acknowledged was applied, once.

LOCKBAY_CRASH_ROUNDS=10 kills more often; LOCKBAY_CRASH_SEED repeats the moments and the events of a run. For longer
runs: python -m scripts.webhooks --kills 50.
"""

from __future__ import annotations

from scripts.webhooks import kills
from scripts.webhooks.town import open_town
from tests.crash.conftest import ROUNDS


def test_what_was_acknowledged_under_load_was_applied_once_whoever_was_killed(seed: int) -> None:
    with open_town(people=10, trades=8, fsync=False) as town:
        survived = kills.play(town, kills=1 + ROUNDS, seed=seed)
        log = town.service.log.read_text()
    print(survived)  # noqa: T201 the measure, with pytest -s
    assert survived.wrong == ()
    assert survived.report.differences == ()
    assert survived.acknowledged > 20
    assert survived.told > survived.acknowledged  # some were told twice
    assert "Traceback" not in log, log[-5000:]
    assert max(survived.back) < kills.WORST, survived.back
