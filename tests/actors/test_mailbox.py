"""Mailboxes: order, limits, and nothing lost by who is cancelled while they wait."""

from __future__ import annotations

import trio
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.mailbox import Mailbox


async def test_messages_come_in_the_order_in_which_they_were_posted() -> None:
    mailbox = Mailbox[int](3)
    assert [mailbox.post(number) for number in range(4)] == [True, True, True, False]
    assert [await mailbox.take() for _ in range(3)] == [0, 1, 2]
    assert mailbox.post(4)
    assert len(mailbox) == 1


async def test_who_waits_is_woken_once_by_several_posts(nursery: trio.Nursery) -> None:
    mailbox, taken = Mailbox[str](3), list[str]()

    async def read() -> None:
        while True:
            taken.append(await mailbox.take())

    nursery.start_soon(read)
    await wait_all_tasks_blocked()
    assert mailbox.post("a")
    assert mailbox.post("b")
    await wait_all_tasks_blocked()
    assert taken == ["a", "b"]
    nursery.cancel_scope.cancel()


async def test_who_is_cancelled_takes_nothing_and_another_can_wait(nursery: trio.Nursery) -> None:
    mailbox = Mailbox[str](3)
    with trio.CancelScope() as scope:
        nursery.start_soon(_cancel_when_blocked, scope)
        await mailbox.take()
    assert scope.cancelled_caught
    mailbox.post("kept")
    with trio.CancelScope() as late:
        late.cancel()
        await mailbox.take()
    assert late.cancelled_caught
    assert await mailbox.take() == "kept"


async def test_who_reads_what_is_there_lets_others_run_meanwhile(nursery: trio.Nursery) -> None:
    mailbox, has_run = Mailbox[int](3), trio.Event()

    async def other() -> None:
        has_run.set()

    nursery.start_soon(other)
    for number in range(2):
        mailbox.post(number)
        await mailbox.take()
    assert has_run.is_set()


async def _cancel_when_blocked(scope: trio.CancelScope) -> None:
    await wait_all_tasks_blocked()
    scope.cancel()
