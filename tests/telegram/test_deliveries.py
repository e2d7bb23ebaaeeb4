"""What is brought to a chat, alone or to many: its place, its attempts, and what whoever brings it hears."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
import trio
from attrs import evolve
from markupsafe import Markup
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.screen import Answer, Link, Screen
from lockbay.errors import OutcomeUnknown, TelegramUnavailable
from lockbay.telegram.api import TIMEOUT, open_bot_api
from lockbay.telegram.courier import LAST_WORD, Courier
from lockbay.telegram.holds import MANY_CHATS
from lockbay.telegram.refusals import AnswerLost, BadRequest, Unreachable
from tests.telegram.desk import AWAY, BLOCKED, GONE, NOT_MODIFIED, Desk, Logs, screen, too_many
from tests.telegram.stub import BOUND, TOKEN, Raw, Refused, Silence, Stub, When

Delivery = Callable[[Courier, int, Screen], Awaitable[int]]


@pytest.mark.parametrize("button", [Answer("Yes", "y"), Link("Far", "x" * 65)])
async def test_a_delivery_that_cannot_be_made_into_a_message_is_refused(
    button: Answer | Link, courier: Courier
) -> None:
    with pytest.raises(BadRequest):
        await courier.deliver(1, Screen(Markup("notice"), ((button,),)))


async def test_a_delivery_waits_for_its_turn_and_returns_its_message(courier: Courier, desk: Desk, stub: Stub) -> None:
    gate = trio.Event()
    stub.script("sendMessage", When(gate, {"message_id": 41}), {"message_id": 42})
    desk.reply(1, "reply")
    async with trio.open_nursery() as nursery:

        @nursery.start_soon
        async def deliver() -> None:
            assert await courier.deliver(1, screen("notice")) == 42

        await stub.called("sendMessage")
        gate.set()
    assert stub.texts() == ["reply", "notice"]


@pytest.mark.parametrize(("answer", "shown_by"), [(True, 7), (NOT_MODIFIED, 7), (GONE, 42)])
async def test_a_delivery_that_edits_says_which_message_shows_it(
    answer: object, shown_by: int, courier: Courier, stub: Stub
) -> None:
    stub.script("editMessageText", answer)
    stub.script("sendMessage", {"message_id": 42})
    assert await courier.deliver(1, screen("progress"), edits=7) == shown_by
    assert [call.method for call in stub.calls] == ["editMessageText", *["sendMessage"] * (shown_by == 42)]


async def test_an_edit_waits_for_its_turn_in_the_chat(courier: Courier, desk: Desk, stub: Stub) -> None:
    gate = trio.Event()
    stub.script("sendMessage", When(gate, {"message_id": 41}))
    desk.reply(1, "reply")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(partial(courier.deliver, 1, screen("progress"), edits=7))
        await stub.called("sendMessage")
        await wait_all_tasks_blocked()
        desk.reply(1, "after it")
        assert stub.texts() == ["reply"]
        gate.set()
    await desk.settled()
    assert stub.texts() == ["reply", "progress", "after it"]


async def test_the_links_of_a_screen_that_stays_leave_it_where_it_is(courier: Courier, stub: Stub) -> None:
    await courier.deliver(1, evolve(screen("progress"), stays=True))
    [call] = stub.calls
    keyboard = call.params["reply_markup"]
    assert isinstance(keyboard, dict)
    assert keyboard["inline_keyboard"][0][0]["callback_data"] == "n:menu"


async def test_a_delivery_says_when_nobody_is_there(courier: Courier, stub: Stub) -> None:
    stub.script("sendMessage", BLOCKED, Refused(400, "Bad Request: message is too long"))
    with pytest.raises(Unreachable):
        await courier.deliver(1, screen("notice"))
    with pytest.raises(BadRequest):
        await courier.deliver(1, screen("notice"))


async def test_an_error_of_a_delivery_leaves_nothing_for_the_collector(courier: Courier, stub: Stub) -> None:
    stub.script("sendMessage", BLOCKED)
    gc.collect()
    gc.disable()
    try:
        error = None
        try:
            await courier.deliver(1, screen("notice"))
        except Unreachable as refused:
            error = weakref.ref(refused)
        await wait_all_tasks_blocked()
        assert error is not None
        assert error() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("deliver", [Courier.deliver, Courier.deliver_bulk])
async def test_a_delivery_gives_up_after_a_few_tries(deliver: Delivery, courier: Courier, stub: Stub) -> None:
    stub.script("sendMessage", *[AWAY] * 4)
    with pytest.raises(TelegramUnavailable) as caught:
        await deliver(courier, 1, screen("notice"))
    assert not isinstance(caught.value, OutcomeUnknown)
    assert len(stub.calls) == 4


@pytest.mark.parametrize("deliver", [Courier.deliver, Courier.deliver_bulk])
async def test_what_waits_behind_a_reply_that_fails_again_and_again_is_sent_back(
    deliver: Delivery, courier: Courier, desk: Desk, stub: Stub
) -> None:
    """Who brings it would wait for as long as that lasts: a lane of the outbox, an announcement to everybody."""
    stub.script("sendMessage", *[AWAY] * 100)
    desk.reply(1, "reply")
    with trio.fail_after(BOUND), pytest.raises(TelegramUnavailable) as caught:
        await deliver(courier, 1, screen("brought"))
    assert not isinstance(caught.value, OutcomeUnknown)
    assert set(stub.texts()) == {"reply"}
    assert courier.refused() == set()


async def test_a_delivery_that_hangs_is_not_tried_again_in_its_place(
    courier: Courier, desk: Desk, stub: Stub, trio_clock: trio.testing.MockClock
) -> None:
    """It took four times half a minute, in the way of the chat's replies, and in a lane of the outbox."""
    stub.script("sendMessage", Silence())

    async def hang() -> None:
        with pytest.raises(OutcomeUnknown):
            await courier.deliver(1, screen("notice"))

    with trio.fail_after(TIMEOUT + BOUND):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hang)
            await stub.called("sendMessage")
            desk.reply(1, "reply")
            trio_clock.jump(TIMEOUT)
    await desk.settled()
    assert stub.texts() == ["notice", "reply"]


async def test_what_waits_behind_a_reply_that_hangs_is_sent_back(
    courier: Courier, desk: Desk, stub: Stub, trio_clock: trio.testing.MockClock
) -> None:
    gate = trio.Event()
    stub.script("sendMessage", Silence(), When(gate, {"message_id": 2}))

    async def wait() -> None:
        with pytest.raises(TelegramUnavailable):
            await courier.deliver(1, screen("notice"))

    with trio.fail_after(TIMEOUT + BOUND):
        async with trio.open_nursery() as nursery:
            desk.reply(1, "reply")
            await stub.called("sendMessage")
            nursery.start_soon(wait)
            await wait_all_tasks_blocked()
            trio_clock.jump(TIMEOUT)
    gate.set()
    await desk.settled()
    assert stub.texts() == ["reply", "reply"]


async def test_a_delivery_whose_last_answer_was_lost_has_an_unknown_outcome(courier: Courier, stub: Stub) -> None:
    stub.script("sendMessage", AWAY, AWAY, AWAY, *[Raw()] * 2)
    with pytest.raises(OutcomeUnknown):
        await courier.deliver(1, screen("notice"))


async def test_bulk_that_may_have_arrived_is_not_sent_again(courier: Courier, stub: Stub) -> None:
    """A group hears nothing rather than twice (announcer.py); who knows that it may come twice sends it again."""
    stub.script("sendMessage", Raw())
    with pytest.raises(AnswerLost):
        await courier.deliver_bulk(-5, screen("news"))
    assert stub.texts() == ["news"]


async def test_a_cancelled_delivery_that_waits_is_not_sent(courier: Courier, desk: Desk, stub: Stub) -> None:
    gate = trio.Event()
    stub.script("sendMessage", When(gate, {"message_id": 1}))
    desk.reply(1, "reply")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(courier.deliver, 1, screen("withdrawn"))
        await stub.called("sendMessage")
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    gate.set()
    await desk.settled()
    assert stub.texts() == ["reply"]


@pytest.mark.parametrize("deliver", [Courier.deliver, Courier.deliver_bulk])
async def test_a_cancelled_delivery_that_waits_for_a_connection_is_not_sent(
    deliver: Delivery, stub: Stub, nursery: trio.Nursery
) -> None:
    """An announcement that its owner has stopped went out all the same, as soon as a connection was free."""
    gate = trio.Event()
    stub.script("sendMessage", When(gate, {"message_id": 1}))
    async with open_bot_api(TOKEN, url=stub.url, connections=1) as api, trio.open_nursery() as lanes:
        courier = Courier(api, lanes, random=lambda: 0.0, first_pause=0.001, bulk_rate=math.inf)
        desk = Desk(courier)
        desk.reply(1, "reply")
        await stub.called("sendMessage")
        async with trio.open_nursery() as bringing:
            for chat in (2, 3, 4):
                bringing.start_soon(deliver, courier, chat, screen("withdrawn"))
            await wait_all_tasks_blocked()  # for the one connection
            bringing.cancel_scope.cancel()
        gate.set()
        await desk.settled()
        lanes.cancel_scope.cancel()
    assert stub.texts() == ["reply"]


async def test_a_cancelled_delivery_that_waits_for_a_hold_is_not_sent_after_it(
    courier: Courier, desk: Desk, stub: Stub, logs: Logs
) -> None:
    """An announcement that its owner stops while Telegram takes nothing from anybody."""
    stub.script("sendMessage", *[too_many(1)] * MANY_CHATS)
    for chat in range(1, MANY_CHATS + 1):
        desk.reply(chat, "held")
    with trio.fail_after(BOUND):
        while not any(entry.get("scope") == "everyone" for entry in logs):
            await wait_all_tasks_blocked()
    async with trio.open_nursery() as nursery:
        for chat in range(100, 105):
            nursery.start_soon(courier.deliver, chat, screen("withdrawn"))
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    await desk.settled()
    assert set(stub.texts()) == {"held"}


async def test_a_cancelled_delivery_that_is_on_its_way_says_what_became_of_it(courier: Courier, stub: Stub) -> None:
    """Else an announcement that goes on again is told twice to whom it was just on its way."""
    gate, shown = trio.Event(), list[int]()
    stub.script("sendMessage", When(gate, {"message_id": 7}))

    async def deliver() -> None:
        shown.append(await courier.deliver_bulk(1, screen("news")))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(deliver)
        await stub.called("sendMessage")
        nursery.cancel_scope.cancel()
        gate.set()
    assert shown == [7]


async def test_a_cancelled_delivery_on_its_way_is_waited_for_as_long_as_it_is_wanted_to(
    courier: Courier, stub: Stub, trio_clock: trio.testing.MockClock
) -> None:
    gate, shown = trio.Event(), list[int]()
    stub.script("sendMessage", When(gate, {"message_id": 7}))

    async def deliver() -> None:
        shown.append(await courier.deliver_bulk(1, screen("news"), last_word=lambda: 10 * LAST_WORD))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(deliver)
        await stub.called("sendMessage")
        nursery.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            await wait_all_tasks_blocked()
            trio_clock.jump(9 * LAST_WORD)
            await wait_all_tasks_blocked()
            gate.set()
    assert shown == [7]


async def test_a_cancelled_delivery_waits_for_no_answer_that_does_not_come(courier: Courier, stub: Stub) -> None:
    stub.script("sendMessage", Silence())
    with trio.fail_after(BOUND):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(courier.deliver, 1, screen("news"))
            await stub.called("sendMessage")
            nursery.cancel_scope.cancel()


async def test_bulk_keeps_its_pace(courier: Courier, stub: Stub) -> None:
    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        for chat in range(6):
            nursery.start_soon(courier.deliver_bulk, chat, screen("news"))
    assert stub.calls[-1].at - began >= 5 / 50


async def test_a_reply_does_not_wait_behind_bulk_of_its_chat(
    courier: Courier, desk: Desk, stub: Stub, trio_clock: trio.testing.MockClock
) -> None:
    gate = trio.Event()
    stub.script("sendMessage", When(gate, {"message_id": 1}))
    async with trio.open_nursery() as nursery:
        for n in range(3):
            nursery.start_soon(courier.deliver_bulk, 1, screen(f"news {n}"))
        await stub.called("sendMessage")
        for _ in range(2):  # the pace: then the others wait in the chat's lane
            trio_clock.jump(1 / 50)
            await trio.testing.wait_all_tasks_blocked()
        desk.reply(1, "reply")
        gate.set()
    assert stub.texts()[1] == "reply"


async def test_a_reply_does_not_wait_for_bulk_that_telegram_would_not_take(
    courier: Courier, desk: Desk, stub: Stub
) -> None:
    stub.script("sendMessage", AWAY)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(courier.deliver_bulk, 1, screen("news"))
        await stub.called("sendMessage")
        desk.reply(1, "reply")
    assert stub.texts() == ["news", "reply", "news"]
