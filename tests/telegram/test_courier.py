"""The courier against a scripted Telegram: order, failures, and what a person sees in the end."""

from __future__ import annotations

from typing import Literal

import pytest
import trio
from attrs import evolve
from markupsafe import Markup
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.screen import Answer, AskContact, Attachment, Document, Origin, PressedLink, Screen, decode
from lockbay.errors import OutcomeUnknown, TelegramUnavailable
from lockbay.telegram.api import BotApi
from lockbay.telegram.courier import Courier
from lockbay.telegram.refusals import ChatMigrated
from tests.telegram.desk import AWAY, BLOCKED, GONE, NOT_MODIFIED, Desk, Logs, screen, too_many
from tests.telegram.stub import BOUND, Raw, Refused, Silence, Stub, When


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
