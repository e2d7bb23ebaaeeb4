"""Workers: a task for each job at once, tasks that are used again, and errors that go where they belong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lockbay.logs import WHERE
from lockbay.telegram.workers import MOST_RESTING, Workers


async def test_jobs_run_beside_each_other_and_a_rested_task_takes_the_next(nursery: trio.Nursery) -> None:
    workers, tasks, door = Workers(nursery), list[trio.lowlevel.Task](), trio.Event()

    async def job() -> None:
        tasks.append(trio.lowlevel.current_task())
        await door.wait()

    workers.start_soon(job)
    workers.start_soon(job)
    await wait_all_tasks_blocked()
    assert len(set(tasks)) == 2
    door.set()
    await wait_all_tasks_blocked()
    workers.start_soon(job)
    await wait_all_tasks_blocked()
    assert tasks[2] in tasks[:2]
    nursery.cancel_scope.cancel()


async def test_a_job_tells_in_the_log_who_started_it(nursery: trio.Nursery) -> None:
    workers, seen = Workers(nursery), list[Mapping[str, object]]()

    async def job() -> None:
        where = WHERE.get()
        assert where is not None
        seen.append(where())

    for user_id in (1, 2):
        WHERE.set(partial(dict[str, object], user_id=user_id))
        workers.start_soon(job)
        await wait_all_tasks_blocked()
    assert seen == [{"user_id": 1}, {"user_id": 2}]
    assert len(nursery.child_tasks) == 1
    nursery.cancel_scope.cancel()


async def test_what_a_job_raises_goes_to_the_nursery_from_a_rested_task_too() -> None:
    async def job(problem: str | None) -> None:
        if problem is not None:
            raise LookupError(problem)

    with pytest.RaisesGroup(pytest.RaisesExc(LookupError, match="lost")):
        async with trio.open_nursery() as nursery:
            workers = Workers(nursery)
            workers.start_soon(partial(job, None))
            await wait_all_tasks_blocked()
            workers.start_soon(partial(job, "lost"))


async def test_no_more_rest_than_are_worth_it(nursery: trio.Nursery) -> None:
    workers, door = Workers(nursery), trio.Event()
    for _ in range(MOST_RESTING + 10):
        workers.start_soon(door.wait)
    door.set()
    await wait_all_tasks_blocked()
    assert len(nursery.child_tasks) == MOST_RESTING
    nursery.cancel_scope.cancel()
