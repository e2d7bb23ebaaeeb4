"""Tasks that rest between two jobs: to wake one takes two thirds of what it takes to start one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import trio
from attrs import define, field

from lockbay.logs import WHERE

MOST_RESTING: Final = 64  # a resting task takes some 2 kB

Job: TypeAlias = Callable[[], Awaitable[None]]
Where: TypeAlias = Callable[[], Mapping[str, object]]


@define(eq=False)
class Worker:
    """One of these tasks, and what it has to do next."""

    task: trio.lowlevel.Task
    job: Job
    where: Where | None = None


@define(eq=False)
class Workers:
    """Each job has a task for itself, at once, in a nursery of the caller's: what it raises goes there. Whoever rests
    keeps the nursery open until it is cancelled.
    """

    nursery: trio.Nursery
    _resting: list[Worker] = field(factory=list, init=False)

    def start_soon(self, job: Job) -> None:
        """Its log lines tell where the caller was, as those of any task that the caller starts."""
        if not self._resting:
            self.nursery.start_soon(self._work, job)
            return
        worker = self._resting.pop()
        worker.job, worker.where = job, WHERE.get()
        trio.lowlevel.reschedule(worker.task)

    async def _work(self, job: Job) -> None:
        await job()
        worker = Worker(trio.lowlevel.current_task(), job)
        while len(self._resting) < MOST_RESTING:
            await self._rest(worker)
            await worker.job()

    async def _rest(self, worker: Worker) -> None:
        """Until there is a job again."""

        def abort(_: Callable[[], None]) -> trio.lowlevel.Abort:
            self._resting.remove(worker)
            return trio.lowlevel.Abort.SUCCEEDED

        self._resting.append(worker)
        await trio.lowlevel.wait_task_rescheduled(abort)
        WHERE.set(worker.where)
