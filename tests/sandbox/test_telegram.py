"""The Bot API over HTTP: ways to call, messages, and every refusal in Telegram's words."""

from __future__ import annotations

import json

import pytest

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Person
from tests.sandbox.conftest import Bot, Hand, keyboard

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


async def test_parameters_travel_in_the_query_a_form_json_or_multipart(bot: Bot, ada: Person) -> None:
    client, url = bot.client, f"{bot.root}/SENDmessage"
    given = {"chat_id": "1001", "text": "x"}
    answers = [
        await client.get(url, params=given),
        await client.post(url, data=given),
        await client.post(url, json={"chat_id": 1001, "text": "x"}),
        await client.post(url, data=given, files={"unused": ("a.txt", b"a")}),
        await client.post(f"{bot.root}/test/sendMessage", params=given),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["x"] * 5


async def test_nested_parameters_are_objects_in_json_and_texts_in_a_form(bot: Bot, ada: Person) -> None:
    markup = keyboard([{"text": "Pay", "callback_data": "p", "style": "success"}])
    url = f"{bot.root}/sendMessage"
    form = await bot.client.post(url, data={"chat_id": 1001, "text": "x", "reply_markup": json.dumps(markup)})
    plain = await bot.client.post(url, json={"chat_id": 1001, "text": "x", "reply_markup": markup})
    assert form.json()["result"]["reply_markup"] == plain.json()["result"]["reply_markup"] == markup


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot1:wrong/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot1:x", 404, "Not Found"),
    ],
)
async def test_unknown_bots_are_turned_away(
    bot: Bot, sandbox: Sandbox, path: str, status: int, description: str
) -> None:
    response = await bot.client.get(sandbox.url + path)
    assert (response.status_code, response.json()) == (
        status,
        {"ok": False, "error_code": status, "description": description},
    )


async def test_unknown_methods_are_not_found(bot: Bot) -> None:
    assert await bot.refused("sendDinner") == (404, "Not Found: method not found")


async def test_json_that_is_none_is_refused(bot: Bot) -> None:
    headers = {"content-type": "application/json"}
    response = await bot.client.post(f"{bot.root}/getMe", content=b'{"a":', headers=headers)
    assert response.status_code == 400


async def test_the_bot_knows_who_it_is(bot: Bot, sandbox: Sandbox) -> None:
    me = await bot.call("getMe")
    assert isinstance(me, dict)
    assert (me["is_bot"], me["username"]) == (True, sandbox.bot_username)


async def test_a_message_comes_back_with_its_entities(bot: Bot, ada: Person, hand: Hand) -> None:
    sent = await bot.send(1001, "Hello <b>Ada</b> 👍", parse_mode="HTML")
    assert sent["chat"] == {"id": 1001, "first_name": "Ada", "username": "ada", "type": "private"}
    assert (sent["text"], sent["entities"]) == ("Hello Ada 👍", [{"type": "bold", "offset": 6, "length": 3}])
    assert (sent["date"], "edit_date" in sent) == (int(hand.now), False)
    seen = await ada.sees("hello ada")
    assert (seen.id, seen.by_bot) == (sent["message_id"], True)


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 1002, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": 999, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": 1001}, "Bad Request: message text is empty"),
        ({"chat_id": 1001, "text": " \n "}, "Bad Request: text must be non-empty"),
        ({"chat_id": 1001, "text": "👍" * 2048 + "x"}, "Bad Request: message is too long"),
        ({"chat_id": 1001, "text": "x" * 40000}, "Bad Request: text is too long"),
        ({"chat_id": 1001, "text": "x", "parse_mode": "Fancy"}, "Bad Request: unsupported parse_mode"),
        (
            {"chat_id": 1001, "text": "<b>x", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 5}},
            "Bad Request: message to be replied not found",
        ),
    ],
)
async def test_messages_that_telegram_would_not_send(
    bot: Bot, ada: Person, params: dict[str, object], description: str
) -> None:
    assert await bot.refused("sendMessage", **params) == (400, description)


async def test_length_is_measured_after_parsing(bot: Bot, ada: Person) -> None:
    sent = await bot.send(1001, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    assert sent["text"] == "x" * 4096


async def test_edits_change_the_message_in_place_and_say_so(bot: Bot, ada: Person, hand: Hand) -> None:
    sent = await bot.send(1001, "one")
    hand.now += 60
    rows = keyboard([{"text": "Go", "callback_data": "go"}])
    place = {"chat_id": 1001, "message_id": sent["message_id"]}
    marked = await bot.call("editMessageReplyMarkup", **place, reply_markup=rows)
    assert isinstance(marked, dict)
    assert (marked["reply_markup"], "edit_date" in marked) == (rows, False)
    edited = await bot.call("editMessageText", **place, text="two")
    assert isinstance(edited, dict)
    assert (edited["text"], edited["edit_date"], "reply_markup" in edited) == ("two", int(hand.now), False)
    assert (await ada.last()).text == "two"


async def test_edits_that_telegram_refuses(bot: Bot, ada: Person) -> None:
    own = (await ada.last()).id
    sent = (await bot.send(1001, "same"))["message_id"]
    edit = "editMessageText"
    assert await bot.refused(edit, chat_id=1001, message_id=sent, text=" same") == (400, NOT_MODIFIED)
    assert await bot.refused("editMessageReplyMarkup", chat_id=1001, message_id=sent) == (400, NOT_MODIFIED)
    missing = await bot.refused(edit, chat_id=1001, message_id=9, text="x")
    assert missing == (400, "Bad Request: message to edit not found")
    theirs = await bot.refused(edit, chat_id=1001, message_id=own, text="x")
    assert theirs == (400, "Bad Request: message can't be edited")
    long = await bot.refused(edit, chat_id=1001, message_id=sent, text="x" * 4097)
    assert long == (400, "Bad Request: MESSAGE_TOO_LONG")
    caption = await bot.refused("editMessageCaption", chat_id=1001, message_id=sent, caption="x")
    assert caption == (400, "Bad Request: there is no caption in the message to edit")
    assert await bot.refused(edit, text="x") == (400, "Bad Request: message identifier is not specified")


async def test_messages_are_deleted_for_two_days(bot: Bot, ada: Person, hand: Hand) -> None:
    first, second = [(await bot.send(1001, text))["message_id"] for text in "ab"]
    assert await bot.call("deleteMessage", chat_id=1001, message_id=first) is True
    again = await bot.refused("deleteMessage", chat_id=1001, message_id=first)
    assert again == (400, "Bad Request: message to delete not found")
    hand.now += 48 * 3600 + 1
    late = await bot.refused("deleteMessage", chat_id=1001, message_id=second)
    assert late == (400, "Bad Request: message can't be deleted")
    assert [message.text for message in await ada.messages()] == ["/start", "b"]


async def test_a_press_is_answered_once_and_in_time(bot: Bot, ada: Person, hand: Hand) -> None:
    await bot.send(1001, "x", reply_markup=keyboard([{"text": "Go", "callback_data": "go"}]))
    too_old = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    answer = "answerCallbackQuery"

    async def pressed() -> object:
        await ada.press("Go")
        query = (await bot.updates(offset=-1))[0]["callback_query"]
        assert isinstance(query, dict)
        assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("go", 1001, "x")
        return query["id"]

    first = await pressed()
    assert await bot.refused(answer, callback_query_id=first, text="x" * 201) == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert await bot.call(answer, callback_query_id=first, text="Done!") is True
    assert await ada.told() == "Done!"
    assert await bot.refused(answer, callback_query_id=first) == too_old
    second = await pressed()
    hand.now += 15.5
    assert await bot.refused(answer, callback_query_id=second) == too_old
    assert await bot.refused(answer, callback_query_id="nonsense") == too_old


async def test_a_person_who_blocked_the_bot_is_out_of_reach(bot: Bot, ada: Person) -> None:
    await ada.block()
    blocked = (403, "Forbidden: bot was blocked by the user")
    assert await bot.refused("sendMessage", chat_id=1001, text="x") == blocked
    assert await bot.refused("sendChatAction", chat_id=1001, action="typing") == blocked
    await ada.unblock()
    assert (await bot.send(1001, "x"))["text"] == "x"
    changes = [update["my_chat_member"] for update in await bot.updates() if "my_chat_member" in update]
    statuses = [change["new_chat_member"]["status"] for change in changes]  # type: ignore[index]
    assert statuses == ["kicked", "member"]


async def test_commands_are_kept_by_scope_and_language(bot: Bot) -> None:
    menu = [{"command": "menu", "description": "All"}]
    await bot.call("setMyCommands", commands=menu)
    assert await bot.call("getMyCommands") == menu
    assert await bot.call("getMyCommands", scope={"type": "chat", "chat_id": 1003}) == []
    await bot.call("setMyCommands", commands=menu, scope={"type": "chat", "chat_id": 1003}, language_code="en")
    await bot.call("deleteMyCommands")
    assert await bot.call("getMyCommands") == []
    assert await bot.call("getMyCommands", scope={"type": "chat", "chat_id": 1003}, language_code="en") == menu


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"commands": {}}, "Bad Request: expected an Array of BotCommand"),
        ({"commands": [{"command": "a b", "description": "x"}]}, "Bad Request: BOT_COMMAND_INVALID"),
        (
            {"commands": [{"command": "a" * 33, "description": "x"}]},
            "Bad Request: command length must not exceed 32",
        ),
        (
            {"commands": [{"command": "a", "description": " "}]},
            "Bad Request: command description must be non-empty",
        ),
        (
            {"commands": [], "scope": {"type": "moon"}},
            "Bad Request: can't parse BotCommandScope: Unsupported type specified",
        ),
    ],
)
async def test_wrong_commands_are_refused(bot: Bot, params: dict[str, object], description: str) -> None:
    assert await bot.refused("setMyCommands", **params) == (400, description)


async def test_a_webhook_stands_in_the_way_of_polling_until_it_is_deleted(bot: Bot) -> None:
    await bot.call("setWebhook", url="https://x.org/hook")
    assert (await bot.refused("getUpdates"))[0] == 409
    deleted = (await bot.raw("deleteWebhook")).json()
    assert (deleted["result"], deleted["description"]) == (True, "Webhook was deleted")
    assert (await bot.raw("deleteWebhook")).json()["description"] == "Webhook is already deleted"
    assert await bot.updates() == []


async def test_actions_are_known_ones(bot: Bot, ada: Person) -> None:
    assert await bot.call("sendChatAction", chat_id=1001, action="typing") is True
    wrong = await bot.refused("sendChatAction", chat_id=1001, action="dance")
    assert wrong == (400, "Bad Request: wrong parameter action in request")
