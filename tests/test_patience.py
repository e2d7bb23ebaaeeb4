"""Who waits for the database says so when it begins, seldom while it lasts, and when it is over."""

from __future__ import annotations

import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from lockbay.errors import DatabaseUnavailable, OutcomeUnknown
from lockbay.patience import SAID_AGAIN, insist

PAUSE = 0.2


@pytest.mark.parametrize(
    ("lasts", "said"),
    [
        (0.0, []),
        (PAUSE, ["test_waits_for_database", "database_answers_again"]),
        (SAID_AGAIN - 1, ["test_waits_for_database", "database_answers_again"]),
        (2.5 * SAID_AGAIN, [*["test_waits_for_database"] * 3, "database_answers_again"]),
    ],
)
async def test_what_the_log_tells_of_a_wait(autojump_clock: MockClock, lasts: float, said: list[str]) -> None:
    until = trio.current_time() + lasts

    async def ask() -> int:
        await trio.lowlevel.checkpoint()
        if trio.current_time() < until:
            raise DatabaseUnavailable
        return 7

    with capture_logs() as lines:
        assert await insist(ask, "test", pause=PAUSE, statement="one") == 7
    assert [line["event"] for line in lines] == said
    assert {line["statement"] for line in lines} <= {"one"}
    assert [line["seconds"] for line in lines[-1:]] == ([pytest.approx(lasts, abs=2 * PAUSE)] if said else [])


async def test_it_waits_after_an_unknown_outcome_and_after_nothing_else(autojump_clock: MockClock) -> None:
    problems: list[Exception] = [ZeroDivisionError(), OutcomeUnknown()]

    async def ask() -> None:
        await trio.lowlevel.checkpoint()
        raise problems.pop()

    with pytest.raises(ZeroDivisionError):
        await insist(ask, "test", pause=PAUSE)
    assert problems == []
