"""Marks that wait for one another are written together, and those who wait for them go on together."""

from __future__ import annotations

import trio
import trio.testing

from lockbay.notices.marks import Mark, Marks
from lockbay.notices.records import NoticesSent


class Slow:
    """A database that writes when it is let."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []
        self.gate = trio.Semaphore(0)

    async def run(self, statement: NoticesSent) -> None:
        await self.gate.acquire()
        self.written.append(statement.ids)


async def test_those_that_come_while_one_is_written_are_written_together_and_go_on_at_once() -> None:
    slow, done = Slow(), list[int]()
    marks = Marks(slow)  # type: ignore[arg-type]

    async def sent(number: int) -> None:
        await marks.sent(Mark(number, "telegram"))
        done.append(number)

    async with trio.open_nursery() as nursery:
        for number in range(30):
            nursery.start_soon(sent, number)
            await trio.testing.wait_all_tasks_blocked()
        slow.gate.release()
        await trio.testing.wait_all_tasks_blocked()
        assert done == [0]
        slow.gate.release()
        for _ in range(5):  # turns of the loop: a few, not one for each
            await trio.lowlevel.checkpoint()
        assert slow.written == [[0], list(range(1, 30))]
        assert sorted(done) == list(range(30))


async def test_who_is_cancelled_while_waiting_leaves_the_mark_to_the_others() -> None:
    slow = Slow()
    marks = Marks(slow)  # type: ignore[arg-type]
    leaver = trio.CancelScope()

    async def leave() -> None:
        with leaver:
            await marks.sent(Mark(2, "telegram"))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(marks.sent, Mark(1, "telegram"))
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(leave)
        nursery.start_soon(marks.sent, Mark(3, "telegram"))
        await trio.testing.wait_all_tasks_blocked()
        leaver.cancel()
        await trio.testing.wait_all_tasks_blocked()
        slow.gate.release()
        slow.gate.release()
    assert [sorted(each) for each in slow.written] == [[1], [2, 3]]
