"""The courier against a scripted Telegram: order, holds, failures, and what a person sees in the end."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import pairwise
from typing import Literal

import pytest
import structlog
import trio
from attrs import define, evolve
from markupsafe import Markup
from prometheus_client import REGISTRY
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.screen import Answer, AskContact, Attachment, Document, Link, Origin, PressedLink, Screen, decode
from lockbay.errors import OutcomeUnknown, TelegramUnavailable
from lockbay.telegram.api import BotApi
from lockbay.telegram.courier import Courier
from lockbay.telegram.holds import MANY_CHATS, SHORT, TRY, Holds, Pace
from lockbay.telegram.refusals import AnswerLost, BadRequest, ChatHeld, ChatMigrated, Unreachable
from tests.telegram.stub import BOUND, Raw, Refused, Silence, Stub, When

Logs = list[structlog.typing.EventDict]
Delivery = Callable[[Courier, int, Screen], Awaitable[int]]
GONE = Refused(400, "Bad Request: message to edit not found")
AWAY = Refused(502, "Bad Gateway")
BLOCKED = Refused(403, "Forbidden: bot was blocked by the user")
NOT_MODIFIED = Refused(400, "Bad Request: message is not modified")


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def screen(text: str, photo: bytes | None = None) -> Screen:
    return Screen(Markup(text), ((Link("Menu", "menu"),),), photo)


class Desk:
    """Sends replies and notes which are done, in order."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self.done: list[str] = []

    def reply(
        self, chat_id: int, text: str, *, edit: int | None = None, photo_edit: bool = False, **more: object
    ) -> None:
        self.show(chat_id, screen(text), edit=edit, photo_edit=photo_edit)

    def show(self, chat_id: int, shown: Screen, *, edit: int | None = None, photo_edit: bool = False) -> None:
        done = partial(self.done.append, str(shown.text))
        self.courier.reply(chat_id, shown, origin=None, edit=edit, photo_edit=photo_edit, done=done)

    async def settled(self) -> None:
        assert await self.courier.drain(BOUND) == 0


@pytest.fixture
async def courier(api: BotApi, nursery: trio.Nursery) -> Courier:
    return Courier(api, nursery, random=lambda: 0.0, first_pause=0.001, bulk_rate=50)


@pytest.fixture
def desk(courier: Courier) -> Desk:
    return Desk(courier)


async def test_a_chats_screens_arrive_in_order_and_leave_no_task_behind(
    desk: Desk, stub: Stub, nursery: trio.Nursery
) -> None:
    before = len(nursery.child_tasks)
    for n in range(20):
        desk.reply(1, str(n))
    await desk.settled()
    await wait_all_tasks_blocked()
    assert stub.texts() == desk.done == [str(n) for n in range(20)]
    assert len(nursery.child_tasks) == before


async def test_one_slow_chat_holds_up_nobody_else(desk: Desk, stub: Stub) -> None:
    gate = trio.Event()
    stub.script("sendMessage", When(gate, {"message_id": 1}))
    desk.reply(1, "slow")
    await stub.called("sendMessage")
    desk.reply(1, "after it")
    desk.reply(2, "quick")
    await stub.called("sendMessage", 2)
    assert stub.texts() == ["slow", "quick"]
    gate.set()
    await desk.settled()
    assert stub.texts() == ["slow", "quick", "after it"]


async def test_a_text_is_edited_in_place(desk: Desk, stub: Stub) -> None:
    desk.reply(1, "wallet", edit=77)
    await desk.settled()
    [call] = stub.calls
    assert (call.method, call.params["message_id"]) == ("editMessageText", 77)
    assert call.params["reply_markup"] == {"inline_keyboard": [[{"text": "Menu", "callback_data": "l:menu"}]]}


async def test_a_message_that_is_gone_is_sent_anew(desk: Desk, stub: Stub) -> None:
    stub.script("editMessageText", GONE)
    desk.reply(1, "wallet", edit=77)
    await desk.settled()
    assert [call.method for call in stub.calls] == ["editMessageText", "sendMessage"]
    assert desk.done == ["wallet"]


async def test_an_edit_that_changes_nothing_is_done(desk: Desk, stub: Stub) -> None:
    stub.script("editMessageText", NOT_MODIFIED)
    desk.reply(1, "same", edit=77)
    await desk.settled()
    assert (len(stub.calls), desk.done) == (1, ["same"])


async def test_a_photo_screen_is_sent_with_its_caption(desk: Desk, stub: Stub) -> None:
    desk.show(1, screen("address", b"png"), edit=77)
    await desk.settled()
    [call] = stub.calls
    assert (call.method, call.params["caption"], call.files) == ("sendPhoto", "address", {"photo": b"png"})


@pytest.mark.parametrize("why", ["IMAGE_PROCESS_FAILED", "message caption is too long"])
async def test_a_photo_that_telegram_does_not_take_does_not_take_its_words_along(
    why: str, desk: Desk, stub: Stub
) -> None:
    stub.script("sendPhoto", Refused(400, f"Bad Request: {why}"))
    desk.show(1, screen("address", b"png"))
    await desk.settled()
    assert [(call.method, call.params.get("text")) for call in stub.calls][1:] == [("sendMessage", "address")]
    assert desk.done == ["address"]


async def test_a_file_of_ours_is_sent_anew_with_its_caption(desk: Desk, stub: Stub) -> None:
    desk.show(1, evolve(screen("statement"), document=Document("ours.csv", b"a,b"), stays=True), edit=77)
    await desk.settled()
    [call] = stub.calls
    assert (call.method, call.params["caption"], call.files) == ("sendDocument", "statement", {"document": b"a,b"})


@pytest.mark.parametrize(("kind", "method"), [("photo", "sendPhoto"), ("document", "sendDocument")])
async def test_what_somebody_sent_is_sent_on_by_its_id_and_its_links_leave_it_where_it_is(
    kind: Literal["photo", "document"], method: str, desk: Desk, stub: Stub
) -> None:
    desk.show(1, evolve(screen("from Ada"), attachment=Attachment(kind, "file-id")), edit=77)
    await desk.settled()
    [call] = stub.calls
    assert (call.method, call.params[kind], call.params["caption"]) == (method, "file-id", "from Ada")
    keyboard = call.params["reply_markup"]
    assert isinstance(keyboard, dict)
    assert keyboard["inline_keyboard"][0][0]["callback_data"] == "n:menu"
    assert decode("n:menu") == PressedLink("menu", ())


async def test_a_file_that_telegram_does_not_know_any_more_does_not_take_its_words_along(
    desk: Desk, stub: Stub
) -> None:
    stub.script("sendPhoto", Refused(400, "Bad Request: wrong file identifier/HTTP URL specified"))
    desk.show(1, evolve(screen("from Ada"), attachment=Attachment("photo", "gone")))
    await desk.settled()
    assert [(call.method, call.params.get("text")) for call in stub.calls][1:] == [("sendMessage", "from Ada")]
    assert desk.done == ["from Ada"]


@pytest.mark.parametrize("answer", [True, Refused(400, "Bad Request: message can't be deleted"), AWAY, too_many(60)])
async def test_a_photo_gives_way_to_a_text_and_is_removed_if_it_can_be(answer: object, desk: Desk, stub: Stub) -> None:
    stub.script("deleteMessage", answer)
    desk.reply(1, "menu", edit=77, photo_edit=True)
    await desk.settled()
    assert [call.method for call in stub.calls] == ["sendMessage", "deleteMessage"]
    assert stub.calls[1].params["message_id"] == 77
    assert desk.done == ["menu"]


async def test_a_screen_that_changes_the_keyboard_is_sent_anew_as_no_edit_can(desk: Desk, stub: Stub) -> None:
    desk.show(1, Screen(Markup("your number?"), keyboard=AskContact("Share")), edit=77)
    await desk.settled()
    assert [call.method for call in stub.calls] == ["sendMessage"]
    assert desk.done == ["your number?"]


async def test_the_questions_answers_carry_their_origin(courier: Courier, stub: Stub) -> None:
    asked = Screen(Markup("?"), ((Answer("Yes", "y"),),))
    courier.reply(1, asked, origin=Origin(16, 2), edit=None, photo_edit=False, done=lambda: None)
    [call] = await stub.called("sendMessage")
    keyboard = call.params["reply_markup"]
    assert isinstance(keyboard, dict)
    assert keyboard["inline_keyboard"][0][0]["callback_data"] == "a:10:2:y"


async def test_a_press_is_answered_beside_a_chat_that_hangs(courier: Courier, desk: Desk, stub: Stub) -> None:
    stub.script("sendMessage", Silence())
    desk.reply(1, "hangs")
    await stub.called("sendMessage")
    courier.answer(1, "77", "Copied")
    [call] = await stub.called("answerCallbackQuery")
    assert call.params == {"callback_query_id": "77", "text": "Copied", "show_alert": False}


@pytest.mark.parametrize(
    "failure", [Refused(400, "Bad Request: query is too old and response timeout expired …"), AWAY, Raw(), too_many(9)]
)
async def test_a_press_that_cannot_be_answered_troubles_nobody(
    failure: object, courier: Courier, desk: Desk, stub: Stub
) -> None:
    stub.script("answerCallbackQuery", failure)
    courier.answer(1, "77")
    await stub.called("answerCallbackQuery")
    desk.reply(1, "goes on")
    await desk.settled()
    assert desk.done == ["goes on"]


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


async def test_a_reply_is_repeated_until_telegram_is_back_and_keeps_its_place(desk: Desk, stub: Stub) -> None:
    stub.script("sendMessage", *[AWAY] * 6, Raw(b"HTTP/1.1 200 O"))
    desk.reply(1, "first")
    desk.reply(1, "second")
    await desk.settled()
    assert stub.texts() == ["first"] * 8 + ["second"]
    assert desk.done == ["first", "second"]


@pytest.mark.parametrize(
    "refusal", [BLOCKED, Refused(400, "Bad Request: can't parse entities"), Refused(400, "Bad Request: chat not found")]
)
async def test_what_cannot_be_delivered_is_logged_done_and_in_nobodys_way(
    refusal: Refused, desk: Desk, stub: Stub, logs: Logs
) -> None:
    stub.script("sendMessage", refusal)
    desk.reply(1, "refused")
    desk.reply(1, "next")
    await desk.settled()
    assert desk.done == ["refused", "next"]
    assert [entry["chat_id"] for entry in logs if entry["event"] == "screen_undelivered"] == [1]


async def test_a_mistake_in_one_screen_does_not_stop_the_courier(desk: Desk, logs: Logs) -> None:
    desk.show(1, Screen(Markup("asks nobody"), ((Answer("Yes", "y"),),)))
    desk.reply(1, "next")
    await desk.settled()
    assert desk.done == ["asks nobody", "next"]
    assert any(entry["event"] == "screen_failed" for entry in logs)


@pytest.mark.parametrize("button", [Answer("Yes", "y"), Link("Far", "x" * 65)])
async def test_a_delivery_that_cannot_be_made_into_a_message_is_refused(
    button: Answer | Link, courier: Courier
) -> None:
    with pytest.raises(BadRequest):
        await courier.deliver(1, Screen(Markup("notice"), ((button,),)))


async def test_a_group_that_moved_is_followed(desk: Desk, stub: Stub) -> None:
    stub.script("sendMessage", Refused(400, "Bad Request: group chat was upgraded …", {"migrate_to_chat_id": -1009}))
    desk.reply(-9, "hello")
    await desk.settled()
    assert [call.params["chat_id"] for call in stub.calls] == [-9, -1009]


async def test_groups_that_moved_to_each_other_are_not_followed_in_circles(courier: Courier, stub: Stub) -> None:
    for new_id in (-1009, -9) * 3:
        stub.script(
            "sendMessage", Refused(400, "Bad Request: group chat was upgraded …", {"migrate_to_chat_id": new_id})
        )
    with pytest.raises(ChatMigrated):
        await courier.deliver(-9, screen("hello"))
    assert [call.params["chat_id"] for call in stub.calls] == [-9, -1009]


async def test_where_a_group_went_is_told(courier: Courier, stub: Stub) -> None:
    moved: list[tuple[int, int]] = []
    courier.on_moved = lambda old, new: moved.append((old, new))
    stub.script("sendMessage", Refused(400, "Bad Request: group chat was upgraded …", {"migrate_to_chat_id": -1009}))
    await courier.deliver(-9, screen("hello"))
    assert moved == [(-9, -1009)]


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


async def test_draining_ends_at_its_grace_and_says_what_is_left(courier: Courier, desk: Desk, stub: Stub) -> None:
    stub.script("sendMessage", Silence())
    desk.reply(1, "hangs")
    await stub.called("sendMessage")
    desk.reply(2, "goes")
    with trio.fail_after(BOUND):
        while not desk.done:
            await wait_all_tasks_blocked()
    assert await courier.drain(0.01) == 1
    assert desk.done == ["goes"]


async def test_when_the_courier_is_stopped_deliveries_fail_and_replies_stay_undone(api: BotApi, stub: Stub) -> None:
    stub.script("sendMessage", Silence())
    async with trio.open_nursery() as outer, trio.open_nursery() as lanes:
        desk = Desk(Courier(api, lanes))
        outer.start_soon(_fails_to_deliver, desk.courier, OutcomeUnknown)
        await stub.called("sendMessage")
        outer.start_soon(_fails_to_deliver, desk.courier, TelegramUnavailable)
        desk.reply(1, "reply")
        await wait_all_tasks_blocked()
        lanes.cancel_scope.cancel()
    assert desk.done == []


async def _fails_to_deliver(courier: Courier, error: type[Exception]) -> None:
    with trio.fail_after(BOUND), pytest.raises(error):
        await courier.deliver(1, screen("notice"))


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
