"""The watchdog says what the event loop was doing when it was held, and leaves nothing behind."""

from __future__ import annotations

import linecache
import threading
from collections.abc import Callable, Iterator
from time import perf_counter, sleep

import pytest
import trio
import trio.testing
from prometheus_client import REGISTRY
from structlog.testing import capture_logs
from structlog.typing import EventDict

from lockbay.clock.lag import watch_lag


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as entries:
        yield entries


def count_to(seconds: float) -> None:
    """Holds the event loop without ever waiting."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


def watchdogs() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "lag-watchdog"]


async def test_a_held_loop_is_reported_with_what_it_was_doing(nursery: trio.Nursery, logged: list[EventDict]) -> None:
    await nursery.start(watch_lag)
    count_to(0.3)
    nursery.cancel_scope.cancel()
    [held] = [entry for entry in logged if entry["event"] == "loop_held"]
    assert held["milliseconds"] >= 10
    assert any(line.endswith("count_to") for line in held["doing"])


async def test_no_sources_are_read_to_say_what_held_the_loop(nursery: trio.Nursery, logged: list[EventDict]) -> None:
    """Whole files of them would be kept for ever, and reading them holds the loop for longer."""
    linecache.clearcache()
    await nursery.start(watch_lag)
    count_to(0.3)
    nursery.cancel_scope.cancel()
    assert [entry["event"] for entry in logged] == ["loop_held"]
    assert not linecache.cache.keys() & {__file__, trio.lowlevel.__file__}


async def test_a_loop_that_is_held_again_and_again_is_reported_once_in_a_while(
    nursery: trio.Nursery, logged: list[EventDict]
) -> None:
    await nursery.start(watch_lag)
    for _ in range(3):
        count_to(0.1)
        await trio.lowlevel.checkpoint()
    nursery.cancel_scope.cancel()
    assert len([entry for entry in logged if entry["event"] == "loop_held"]) == 1


async def test_the_lag_of_a_held_loop_is_measured(nursery: trio.Nursery) -> None:
    def total() -> float:
        return REGISTRY.get_sample_value("lockbay_loop_lag_seconds_sum") or 0.0

    before = total()
    await nursery.start(watch_lag)
    await trio.testing.wait_all_tasks_blocked()
    count_to(0.2)
    await trio.testing.wait_all_tasks_blocked()
    nursery.cancel_scope.cancel()
    assert total() - before >= 0.1


@pytest.mark.parametrize(("hold", "by"), [(count_to, "code"), (sleep, "waited")])
async def test_a_pass_that_took_too_long_is_counted_by_who_held_the_loop(
    nursery: trio.Nursery, hold: Callable[[float], None], by: str
) -> None:
    def passes() -> float:
        return REGISTRY.get_sample_value("lockbay_loop_held_total", {"by": by}) or 0.0

    held = passes()
    await nursery.start(watch_lag)
    await trio.testing.wait_all_tasks_blocked()
    hold(0.2)
    await trio.testing.wait_all_tasks_blocked()
    nursery.cancel_scope.cancel()
    assert passes() > held


async def test_cancelled_it_ends_its_thread(logged: list[EventDict]) -> None:
    async with trio.open_nursery() as nursery:
        await nursery.start(watch_lag)
        assert watchdogs()
        nursery.cancel_scope.cancel()
    assert watchdogs() == []
    logged.clear()  # a machine that was busy with others may have held it while it was watched
    count_to(0.05)
    await trio.lowlevel.checkpoint()
    assert logged == []
