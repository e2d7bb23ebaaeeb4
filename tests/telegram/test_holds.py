"""Who waits because Telegram said so, and how long: as the courier does it, and by the clock alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
import trio
from attrs import define
from prometheus_client import REGISTRY
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.screen import Screen
from lockbay.telegram.courier import Courier
from lockbay.telegram.holds import MANY_CHATS, SHORT, TRY, Holds, Pace
from lockbay.telegram.refusals import ChatHeld
from tests.telegram.desk import Desk, Logs, screen, too_many
from tests.telegram.stub import BOUND, Stub, When


async def test_a_429_holds_its_chat_exactly_and_no_other(desk: Desk, stub: Stub) -> None:
    stub.script("sendMessage", too_many(1))
    desk.reply(1, "first")
    await stub.called("sendMessage")
    desk.reply(1, "second")
    desk.reply(2, "other")
    await desk.settled()
    refused, other, first, second = stub.calls
    assert stub.texts() == ["first", "other", "first", "second"]
    assert 1.0 <= first.at - refused.at < 1.9
    assert other.at - refused.at < 0.9
    assert second.at - first.at < 0.9
    assert desk.done == ["other", "first", "second"]


async def test_chats_that_are_refused_hold_nobody_who_gets_through(desk: Desk, stub: Stub, logs: Logs) -> None:
    """A few who agree on being too fast, each in a chat of their own."""
    stub.script("sendMessage", *[too_many(30)] * (MANY_CHATS - 1))
    for chat in range(1, MANY_CHATS):
        desk.reply(chat, f"held {chat}")
    await stub.called("sendMessage", MANY_CHATS - 1)
    for chat in range(100, 103):
        desk.reply(chat, "innocent")
    await stub.called("sendMessage", MANY_CHATS + 2)
    assert {entry.get("scope") for entry in logs} == {"chat"}
    assert stub.calls[-1].at - stub.calls[0].at < 0.9


async def test_when_nobody_gets_through_everyone_waits_but_for_one_who_tries(
    desk: Desk, stub: Stub, logs: Logs
) -> None:
    stub.script("sendMessage", *[too_many(30)] * (MANY_CHATS + 3))
    for chat in range(1, MANY_CHATS + 1):
        desk.reply(chat, f"held {chat}")
    with trio.fail_after(BOUND):
        while not any(entry.get("scope") == "everyone" for entry in logs):
            await wait_all_tasks_blocked()
    for chat in range(100, 120):
        desk.reply(chat, "next")
    calls = (await stub.called("sendMessage", MANY_CHATS + 20))[MANY_CHATS:]
    assert all(later.at - call.at >= TRY * 0.9 for call, later in pairwise(calls[:4]))  # as their receiver saw it
    assert calls[-1].at - calls[3].at < 1  # who got through has ended it
    assert [entry["scope"] for entry in logs] == ["chat"] * (MANY_CHATS - 1) + ["everyone"] * 4


async def test_it_is_told_how_many_chats_wait_as_telegram_said_so(desk: Desk, stub: Stub) -> None:
    """Who is held for hours is refused once: counting refusals shows nothing of it."""
    stub.script("sendMessage", too_many(1), too_many(1))
    for chat in range(1, 4):
        desk.reply(chat, "wallet")
    with trio.fail_after(BOUND):
        while REGISTRY.get_sample_value("lockbay_courier_held_chats") != 2:
            await wait_all_tasks_blocked()
    await desk.settled()
    assert REGISTRY.get_sample_value("lockbay_courier_held_chats") == 0


async def test_what_is_brought_to_a_chat_that_is_held_is_sent_back_at_once(
    courier: Courier, desk: Desk, stub: Stub
) -> None:
    """And what waits behind a reply: else who brings it would wait, and keep others waiting."""
    gate = trio.Event()
    stub.script("sendMessage", When(gate, too_many(1)))
    desk.reply(1, "reply")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_is_held, courier.deliver, 1.0)
        nursery.start_soon(_is_held, courier.deliver_bulk, 1.0)
        await stub.called("sendMessage")
        await wait_all_tasks_blocked()
        gate.set()
    await _is_held(courier.deliver, 1.0)
    await desk.settled()
    await courier.deliver(1, screen("notice"))
    assert stub.texts() == ["reply", "reply", "notice"]


async def test_a_delivery_that_is_refused_leaves_its_chat_held(courier: Courier, desk: Desk, stub: Stub) -> None:
    stub.script("sendMessage", too_many(1))
    await _is_held(courier.deliver, 1.0)
    desk.reply(1, "reply")
    courier.answer(1, "77")
    desk.reply(1, "edit", edit=5)
    await stub.called("answerCallbackQuery")  # who presses does not wait for what a chat has to wait for
    assert len(stub.of("sendMessage")) == 1
    await desk.settled()
    first, reply = stub.of("sendMessage")
    assert 1.0 <= reply.at - first.at < 1.9


async def test_a_chat_is_refused_until_all_that_waits_for_it_is_shown(courier: Courier, desk: Desk, stub: Stub) -> None:
    gate = trio.Event()
    stub.script("sendMessage", too_many(1), {"message_id": 1}, When(gate, {"message_id": 2}))
    desk.reply(1, "first")
    await stub.called("sendMessage")
    desk.reply(2, "other")
    await stub.called("sendMessage", 3)
    assert courier.refused() == {1}
    gate.set()
    await desk.settled()
    assert courier.refused() == set()


async def _is_held(deliver: Callable[[int, Screen], Awaitable[int]], seconds: float) -> None:
    with trio.fail_after(BOUND), pytest.raises(ChatHeld) as held:
        await deliver(1, screen("brought"))
    assert held.value.seconds == pytest.approx(seconds, abs=0.9)


async def test_holds_are_exact(autojump_clock: trio.testing.MockClock) -> None:
    holds = Holds()
    start = trio.current_time()
    holds.refused(1, 17)
    await holds.turn(2)
    assert trio.current_time() == start
    assert (holds.left(1), holds.left(2)) == (17, 0)
    await holds.turn(1)
    assert trio.current_time() - start == 17


def everyone_held(holds: Holds, seconds: float) -> None:
    for chat in range(1, MANY_CHATS + 1):
        holds.refused(chat, seconds)


async def test_a_hold_for_everyone_grows_with_each_try_that_is_refused(autojump_clock: trio.testing.MockClock) -> None:
    holds = Holds()
    start = trio.current_time()
    everyone_held(holds, 5)
    await holds.turn(100)
    assert trio.current_time() - start == pytest.approx(TRY)
    holds.refused(100, 30)
    await trio.sleep_until(start + 29)
    assert holds.holds(101)
    await trio.sleep_until(start + 31)
    assert not holds.holds(101)


async def test_one_goes_at_a_time_while_everyone_is_held(autojump_clock: trio.testing.MockClock) -> None:
    holds = Holds()
    start = trio.current_time()
    everyone_held(holds, 30)
    went: list[float] = []

    async def go(chat: int) -> None:
        await holds.turn(chat)
        went.append(trio.current_time() - start)

    async with trio.open_nursery() as nursery:
        for chat in range(100, 105):
            nursery.start_soon(go, chat)
    assert went == [pytest.approx(TRY * n) for n in range(1, 6)]


@define(eq=False)
class Steps(trio.abc.Instrument):
    """How often any task was woken."""

    count: int = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


async def test_a_try_wakes_who_tries_and_nobody_else_and_they_go_in_their_order(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Else ten thousand chats that wait would take all of the loop's time."""
    holds, chats, tries = Holds(), 1000, 10
    everyone_held(holds, 60)
    went: list[int] = []

    async def go(chat: int) -> None:
        await holds.turn(chat)
        went.append(chat)

    async with trio.open_nursery() as nursery:
        for chat in range(100, 100 + chats):
            nursery.start_soon(go, chat)
            await wait_all_tasks_blocked()
        steps = Steps()
        trio.lowlevel.add_instrument(steps)
        await trio.sleep(tries * TRY)
        trio.lowlevel.remove_instrument(steps)
        holds.passed()
    assert steps.count < 10 * tries
    assert went == list(range(100, 100 + chats))


async def test_who_gets_through_ends_the_hold_of_everyone_alone(autojump_clock: trio.testing.MockClock) -> None:
    holds = Holds()
    everyone_held(holds, 30)
    holds.passed()
    assert (holds.holds(100), holds.holds(1)) == (False, True)


async def test_one_impatient_chat_never_holds_everyone(autojump_clock: trio.testing.MockClock) -> None:
    holds = Holds()
    for _ in range(3 * MANY_CHATS):
        holds.refused(1, 0.1)
    assert not holds.holds(2)


async def test_chats_refused_now_and_then_never_hold_everyone(autojump_clock: trio.testing.MockClock) -> None:
    holds = Holds()
    for chat in range(3 * MANY_CHATS):
        holds.refused(chat, 60)
        await trio.sleep(2 * SHORT / MANY_CHATS)
    assert not holds.holds(-1)


async def test_a_pace_is_even(autojump_clock: trio.testing.MockClock) -> None:
    pace, start = Pace(25), trio.current_time()
    for _ in range(51):
        await pace.turn()
    assert trio.current_time() - start == pytest.approx(2.0)
