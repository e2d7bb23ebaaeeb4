"""A lookout misses no news, and nothing that goes wrong ends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock, wait_all_tasks_blocked

from lockbay.errors import DatabaseUnavailable
from lockbay.lookout import Lookout

PERIOD = 30.0


class Looks:
    """When it was looked, in seconds. `during` happens in a look."""

    def __init__(self, during: Callable[[], None] = lambda: None) -> None:
        self.at: list[float] = []
        self._during = during

    async def __call__(self) -> None:
        self.at.append(trio.current_time())
        await trio.lowlevel.checkpoint()
        self._during()


@pytest.fixture
def lookout() -> Lookout:
    return Lookout("test", PERIOD)


async def test_it_looks_at_once_and_every_period(
    lookout: Lookout, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    looks, began = Looks(), trio.current_time()
    nursery.start_soon(lookout.keep, looks)
    await trio.sleep(2.5 * PERIOD)
    assert [round(at - began) for at in looks.at] == [0, 30, 60]


async def test_news_wake_it_once_however_often_they_are_told(
    lookout: Lookout, nursery: trio.Nursery, mock_clock: MockClock
) -> None:
    looks = Looks()
    nursery.start_soon(lookout.keep, looks)
    await wait_all_tasks_blocked()
    lookout.wake()
    lookout.wake()
    await wait_all_tasks_blocked()
    assert len(looks.at) == 2


async def test_news_that_come_during_a_look_make_another_follow(
    lookout: Lookout, nursery: trio.Nursery, mock_clock: MockClock
) -> None:
    news = [lookout.wake, lookout.wake]
    looks = Looks(lambda: news.pop()() if news else None)
    nursery.start_soon(lookout.keep, looks)
    await wait_all_tasks_blocked()
    assert len(looks.at) == 3


async def test_who_stops_waiting_takes_no_news_along(lookout: Lookout) -> None:
    lookout.wake()
    with trio.CancelScope() as gone:
        gone.cancel()
        await lookout.woken()
    assert gone.cancelled_caught
    with trio.fail_after(1):
        await lookout.woken()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DatabaseUnavailable("away"), ("lookout_waits_for_database", "warning")),
        (ZeroDivisionError(), ("lookout_failed", "error")),
    ],
)
async def test_a_look_that_fails_is_told_and_made_up_for_by_the_next(
    error: Exception, told: tuple[str, str], lookout: Lookout, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    problems = [error]

    def fail_once() -> None:
        if problems:
            raise problems.pop()

    looks, began = Looks(fail_once), trio.current_time()
    with capture_logs() as logs:
        nursery.start_soon(lookout.keep, looks)
        await trio.sleep(1.5 * PERIOD)
    assert (logs[0]["event"], logs[0]["log_level"], logs[0]["lookout"]) == (*told, "test")
    assert [round(at - began) for at in looks.at] == [0, 30]


async def test_a_database_that_is_away_is_told_of_once_and_so_is_that_it_answers_again(
    lookout: Lookout, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    problems = [DatabaseUnavailable("away") for _ in range(15)]

    def fail() -> None:
        if problems:
            raise problems.pop()

    with capture_logs() as logs:
        nursery.start_soon(lookout.keep, Looks(fail))
        await trio.sleep(20 * PERIOD)
    assert [each["event"] for each in logs] == ["lookout_waits_for_database", "database_answers_again"]
