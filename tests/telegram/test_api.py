"""BotApi against a strict stub: what it sends, what it makes of the answers, and what it never shows."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable

import orjson
import pytest
import structlog
import trio
from markupsafe import Markup

from lockbay.actors.screen import Answer, AskContact, CallbackTooLong, Copy, Link, NoKeyboard, Origin, Screen, Url
from lockbay.errors import LockBayError, SettingsError
from lockbay.telegram import uploads
from lockbay.telegram.api import BotApi, open_bot_api
from lockbay.telegram.keyboard import screen_markup
from lockbay.telegram.refusals import AnswerLost, BadRequest, MessageGone, Unreachable
from lockbay.telegram.types import BotInfo, SentMessage
from tests.telegram.stub import BOUND, TOKEN, Body, Raw, Refused, Silence, Stub, listening

KEYBOARD: dict[str, object] = {"inline_keyboard": [[{"text": "Wallet", "callback_data": "l:wallet"}]]}
NOT_MODIFIED = Refused(400, "Bad Request: message is not modified: specified new message content and reply markup …")


async def test_a_message_is_html_without_previews(api: BotApi, stub: Stub) -> None:
    assert await api.send_message(2**40, Markup("<b>Hi</b>"), KEYBOARD) == SentMessage(1 + 1)
    [call] = stub.of("sendMessage")
    assert call.params == {
        "chat_id": 2**40,
        "text": "<b>Hi</b>",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": KEYBOARD,
    }


async def test_what_is_silent_says_so(api: BotApi, stub: Stub) -> None:
    await api.send_message(1, "text", silent=True)
    await api.send_photo(1, "file", "text", silent=True)
    await api.send_document(1, "file", "", "text", silent=True)
    for method in ("sendMessage", "sendPhoto", "sendDocument"):
        assert stub.of(method)[0].params["disable_notification"] is True


async def test_every_method_speaks_to_the_bots_own_path(api: BotApi, stub: Stub) -> None:
    assert await api.get_me() == BotInfo(2**40, "LockBayBot", "LockBay")
    await api.delete_webhook()
    await api.edit_message_text(1, 2, "text", KEYBOARD)
    await api.delete_message(1, 2)
    await api.set_my_commands([("menu", "Menu")], language="de")
    assert stub.paths == {
        f"/bot{TOKEN}/{call.method}"
        for call in stub.calls
    }  # fmt: skip
    assert stub.of("setMyCommands")[0].params == {
        "commands": [{"command": "menu", "description": "Menu"}],
        "scope": {"type": "all_private_chats"},
        "language_code": "de",
    }


async def test_the_test_environment_has_a_path_of_its_own(stub: Stub) -> None:
    async with open_bot_api(TOKEN, url=f"{stub.url}/base/", test=True) as api:
        await api.get_me()
        await api.send_photo(1, b"png")
    assert stub.paths == {f"/base/bot{TOKEN}/test/getMe", f"/base/bot{TOKEN}/test/sendPhoto"}


async def test_an_edit_that_changes_nothing_is_a_success(api: BotApi, stub: Stub) -> None:
    stub.script("editMessageText", NOT_MODIFIED)
    await api.edit_message_text(1, 2, "same")


async def test_a_toast_is_sent_with_the_answer_to_a_press(api: BotApi, stub: Stub) -> None:
    await api.answer_callback_query("77", "Copied", alert=True)
    await api.answer_callback_query("78")
    assert [call.params for call in stub.calls] == [
        {"callback_query_id": "77", "text": "Copied", "show_alert": True},
        {"callback_query_id": "78"},
    ]


async def test_a_photo_travels_as_multipart_and_comes_back_as_a_file_id(api: BotApi, stub: Stub) -> None:
    sent = await api.send_photo(5, b"\x89PNG\r\n\0binary", "<b>QR</b>", KEYBOARD)
    assert sent.photo == "large"
    [call] = stub.calls
    assert call.files == {"photo": b"\x89PNG\r\n\0binary"}
    assert call.params == {
        "chat_id": "5",
        "caption": "<b>QR</b>",
        "parse_mode": "HTML",
        "reply_markup": orjson.dumps(KEYBOARD).decode(),
    }
    await api.send_photo(5, "large")
    assert stub.calls[-1].params["photo"] == "large"


async def test_a_document_keeps_its_content(api: BotApi, stub: Stub) -> None:
    await api.send_document(5, b"a,b\r\n", "statement.csv", "Your statement")
    assert stub.calls[0].files == {"document": b"a,b\r\n"}


@pytest.mark.parametrize("limit", ["LONGEST", "ANSWER_LIMIT"])
async def test_an_answer_to_an_upload_that_goes_on_and_on_is_lost(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, limit, {"LONGEST": 0.3, "ANSWER_LIMIT": 100_000}[limit])
    part = b"x" * (10 if limit == "LONGEST" else 10_000)
    sent = 0

    async def endless(stream: trio.SocketStream) -> None:
        nonlocal sent
        await stream.receive_some()
        await stream.send_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await stream.send_all(b"%x\r\n%b\r\n" % (len(part), part))
            sent += len(part)
            await trio.sleep(0.01)

    async with listening(endless) as port, open_bot_api(TOKEN, url=f"http://127.0.0.1:{port}") as api:
        with trio.fail_after(BOUND), pytest.raises(AnswerLost):
            await api.send_photo(1, b"png")
    assert sent < 1_000_000


async def test_refusals_of_uploads_are_the_same(api: BotApi, stub: Stub) -> None:
    stub.script("sendPhoto", Refused(403, "Forbidden: bot was blocked by the user"), Raw())
    with pytest.raises(Unreachable):
        await api.send_photo(5, b"png")
    with pytest.raises(AnswerLost):
        await api.send_photo(5, b"png")


@pytest.mark.parametrize(
    ("refusal", "buttons"),
    [
        ("Bad Request: field \"style\" of InlineKeyboardButton is not supported", [["Pay", "Copy", "Page"]]),
        ("Bad Request: BUTTON_STYLE_INVALID", [["Pay", "Copy", "Page"]]),
        ("Bad Request: BUTTON_COPY_TEXT_INVALID", [["Pay", "Page"]]),
        ("Bad Request: BUTTON_URL_INVALID", [["Pay", "Copy"]]),
        ("Bad Request: inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL", [["Pay", "Copy"]]),
    ],
)  # fmt: skip
async def test_a_field_that_is_refused_is_left_out(
    refusal: str, buttons: list[list[str]], api: BotApi, stub: Stub
) -> None:
    keyboard: dict[str, object] = {"inline_keyboard": [[{"text": "Pay", "callback_data": "x", "style": "success"},
                                     {"text": "Copy", "copy_text": {"text": "addr"}},
                                     {"text": "Page", "url": "http://localhost/x"}]]}  # fmt: skip
    stub.script("sendMessage", Refused(400, refusal))
    stub.script("sendPhoto", Refused(400, refusal))
    await api.send_message(1, "text", keyboard)
    await api.send_photo(1, b"png", "text", keyboard)
    of_photo = stub.of("sendPhoto")[1].params["reply_markup"]
    assert isinstance(of_photo, str)
    for markup in (stub.of("sendMessage")[1].params["reply_markup"], orjson.loads(of_photo)):
        assert isinstance(markup, dict)
        assert [[button["text"] for button in row] for row in markup["inline_keyboard"]] == buttons


async def test_a_refusal_that_names_no_newer_field_is_not_repeated(api: BotApi, stub: Stub) -> None:
    stub.script("sendMessage", Refused(400, 'Bad Request: can\'t parse entities: unsupported start tag "style"'))
    stub.script("editMessageText", Refused(400, "Bad Request: message to edit not found"))
    with pytest.raises(BadRequest):
        await api.send_message(1, "<style>", KEYBOARD)
    with pytest.raises(MessageGone):
        await api.edit_message_text(1, 2, "x")
    assert len(stub.calls) == 2


def test_a_screens_buttons() -> None:
    rows = (
        (Answer("Pay", "yes", "success"), Answer("No", "no")),
        (Link("Open", "trade", ("17",)), Copy("Copy", "addr"), Url("Site", "https://x.org")),
    )
    assert screen_markup(Screen(Markup("x"), rows), Origin(255, 3)) == {
        "inline_keyboard": [
            [
                {"text": "Pay", "callback_data": "a:ff:3:yes", "style": "success"},
                {"text": "No", "callback_data": "a:ff:3:no"},
            ],
            [
                {"text": "Open", "callback_data": "l:trade:17"},
                {"text": "Copy", "copy_text": {"text": "addr"}},
                {"text": "Site", "url": "https://x.org"},
            ],
        ]
    }
    assert screen_markup(Screen(Markup("x")), None) is None
    with pytest.raises(ValueError, match="nothing was asked"):
        screen_markup(Screen(Markup("x"), rows), None)
    with pytest.raises(CallbackTooLong):
        screen_markup(Screen(Markup("x"), ((Link("x", "y" * 65),),)), None)


@pytest.mark.parametrize("token", ["", "with space:x", "new\r\nline:x", "a/b:c"])
async def test_a_token_that_is_none_is_a_setting_error_that_does_not_show_it(token: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_BOT_TOKEN") as caught:
        async with open_bot_api(token):
            pytest.fail("opened")
    assert not token or token not in str(caught.value)


async def test_an_address_that_is_none_names_its_setting() -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_TELEGRAM_URL"):
        async with open_bot_api(TOKEN, url="telegram"):
            pytest.fail("opened")


Fails = Callable[[BotApi], Awaitable[object]]


async def failures_of(api: BotApi, stub: Stub) -> list[LockBayError]:
    """Each way in which a call can fail, once for the transport and once for httpx."""
    worst = [
        Raw(),
        Raw(b"HTTP/1.1 200 OK\r\n"),
        Raw(b"junk\r\n\r\n"),
        Body(200, b"<html>"),
        Refused(400, "Bad Request"),
    ]
    stub.script("getMe", *worst)
    stub.script("sendPhoto", *worst)
    calls: list[Fails] = [lambda api: api.get_me()] * 5
    calls += [lambda api: api.send_photo(1, b"png")] * 5
    return [await failure(call, api) for call in calls]


async def failure(call: Fails, api: BotApi) -> LockBayError:
    with pytest.raises(LockBayError) as caught:
        await call(api)
    return caught.value


async def test_the_token_shows_in_no_error_log_or_repr(
    api: BotApi, stub: Stub, caplog: pytest.LogCaptureFixture, logs: list[structlog.typing.EventDict]
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")  # a service that was started here has made it quiet
    await api.send_photo(1, b"png")  # httpx logs every call
    found = await failures_of(api, stub)
    with trio.move_on_after(0.05):
        stub.script("getMe", Silence())
        await api.get_me()
    async with listening(stub.serve) as port:
        pass
    async with open_bot_api(TOKEN, url=f"http://127.0.0.1:{port}") as nowhere:
        found += [
            await failure(lambda api: api.get_me(), nowhere),
            await failure(lambda api: api.send_photo(1, b""), nowhere),
        ]
    traces = [
        "".join(traceback.TracebackException.from_exception(each, capture_locals=True).format()) for each in found
    ]
    assert "sendPhoto" in caplog.text
    for text in (*traces, *map(repr, found), caplog.text, repr(logs), repr(api), repr(vars(api)["_heads"])):
        assert TOKEN not in text.replace(f"TOKEN = {TOKEN!r}", "")


async def test_calls_end_at_their_time_limit(stub: Stub) -> None:
    stub.script("getUpdates", Silence())
    async with open_bot_api(TOKEN, url=stub.url, tick=0.01) as api:
        with trio.fail_after(BOUND), pytest.raises(AnswerLost):
            await api.get_updates(0, timeout=0, patience=0.05)


def test_keys_that_ask_for_the_number_stand_in_the_place_of_the_keyboard_for_one_press() -> None:
    asking = Screen(Markup("x"), keyboard=AskContact("Share", ("Cancel",)))
    assert screen_markup(asking, Origin(1, 1)) == {
        "keyboard": [[{"text": "Share", "request_contact": True}], [{"text": "Cancel"}]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
    }
    assert screen_markup(Screen(Markup("x"), keyboard=NoKeyboard()), None) == {"remove_keyboard": True}
    with pytest.raises(ValueError):
        screen_markup(Screen(Markup("x"), ((Link("x", "y"),),), keyboard=NoKeyboard()), None)


async def test_a_server_without_a_newer_field_still_gets_the_keys(api: BotApi, stub: Stub) -> None:
    stub.script("sendMessage", Refused(400, "Bad Request: link_preview_options is not known"))
    await api.send_message(1, "text", {"remove_keyboard": True})
    again = stub.of("sendMessage")[1]
    assert "link_preview_options" not in again.params
    assert again.params["reply_markup"] == {"remove_keyboard": True}
