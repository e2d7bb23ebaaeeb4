"""What becomes of the bytes that Telegram sends."""

from __future__ import annotations

import orjson
import pytest

from lockbay.actors.update import (
    AskedInGroup,
    Command,
    Contact,
    Edited,
    GroupMembership,
    GroupMoved,
    Membership,
    Original,
    Press,
    Sender,
    Sent,
    Typed,
)
from lockbay.errors import TelegramUnavailable
from lockbay.telegram import json, refusals
from lockbay.telegram.json import MalformedUpdate

ADA = {"id": 2**40, "is_bot": False, "first_name": "Ada", "username": "ada", "language_code": "de", "new_field": {}}
CHAT = {"id": 2**40, "type": "private", "first_name": "Ada"}


def message(**fields: object) -> dict[str, object]:
    return {"update_id": 7, "message": {"message_id": 5, "from": ADA, "chat": CHAT, "date": 1, **fields}}


def event(update: dict[str, object]) -> object:
    made = json.update(orjson.dumps(update))
    assert made is not None
    return made.event


def answer(*updates: object) -> bytes:
    return orjson.dumps({"ok": True, "result": list(updates)})


def test_a_text_with_its_sender_beyond_32_bits() -> None:
    raw = orjson.dumps(message(text="hello"))
    update = json.update(raw)
    assert update is not None
    assert update.sender == Sender(2**40, "Ada", "ada", "de")
    assert (update.update_id, update.chat_id, update.event, update.raw) == (7, 2**40, Typed("hello"), raw)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Command("start")),
        ("/start inv_A-1", Command("start", "inv_A-1")),
        ("/Start@LockBayBot  inv \n", Command("start", "inv")),
        ("/menu\nplease", Command("menu", "please")),
        ("/", Typed("/")),
        ("/usr/bin", Typed("/usr/bin")),
        (" /start", Typed(" /start")),
        ("/" + "x" * 33, Typed("/" + "x" * 33)),
        ("nul\0byte", Typed("nulbyte")),
        ("\u202eright to left 👩‍🚀", Typed("\u202eright to left 👩‍🚀")),
    ],
)
def test_commands_and_texts(text: str, expected: object) -> None:
    assert event(message(text=text)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"photo": [{"file_id": "s"}, {"file_id": "l"}], "caption": "see"}, Sent("photo", "l", "see")),
        ({"document": {"file_id": "d"}}, Sent("document", "d")),
        ({"animation": {"file_id": "g"}, "document": {"file_id": "g"}}, Sent("other")),
        ({"voice": {"file_id": "v"}}, Sent("other")),
        ({"something_of_2027": 1}, Sent("other")),
    ],
)
def test_what_was_sent_instead_of_a_text(fields: dict[str, object], expected: Sent) -> None:
    assert event(message(**fields)) == expected


@pytest.mark.parametrize(
    ("contact", "more", "is_own"),
    [
        ({"user_id": 2**40}, {}, True),
        ({"user_id": 2**40 + 1}, {}, False),
        ({}, {}, False),
        ({"user_id": str(2**40)}, {}, False),
        ({"user_id": 2**40}, {"forward_origin": {"type": "user", "date": 1, "sender_user": ADA}}, False),
        ({"user_id": 2**40}, {"forward_date": 1}, False),
        ({"user_id": 2**40}, {"via_bot": {"id": 5, "is_bot": True, "first_name": "Other"}}, False),
    ],
)
def test_a_contact_is_the_senders_own_only_when_telegram_says_so_just_now(
    contact: dict[str, object], more: dict[str, object], is_own: bool
) -> None:
    shared = {"phone_number": "2348031234567", "first_name": "Ada", **contact}
    assert event(message(contact=shared, **more)) == Contact("2348031234567", is_own)


BOT = {"id": 5, "is_bot": True, "first_name": "LockBay"}


@pytest.mark.parametrize(
    ("replied", "expected"),
    [
        ({"message_id": 9, "date": 1_795_000_000, "from": BOT, "chat": CHAT}, Original(9, 1_795_000_000)),
        ({"message_id": 9, "date": 1, "edit_date": 2, "from": BOT, "chat": CHAT}, Original(9, 1, edited=True)),
        ({"message_id": 9, "date": 1, "from": ADA, "chat": CHAT}, None),
        ({"message_id": 9, "date": 1, "chat": CHAT}, None),
        ({"message_id": 0, "date": 1, "from": BOT}, None),
        ({"message_id": "9", "date": 1, "from": BOT}, None),
        ({"message_id": 9, "date": 2**53, "from": BOT}, None),
        ({}, None),
        ("9", None),
    ],
)
def test_a_reply_to_a_message_of_ours_knows_which_and_anything_else_is_no_reply(
    replied: object, expected: Original | None
) -> None:
    for said in ({"text": "yes"}, {"photo": [{"file_id": "l"}]}):
        update = json.update(orjson.dumps(message(**said, reply_to_message=replied)))
        assert update is not None
        assert update.reply_to == expected


def test_a_phone_number_never_shows_in_a_repr() -> None:
    assert "234" not in repr(Contact("2348031234567", is_own=True))


def test_a_press_knows_its_message_and_whether_it_has_a_photo() -> None:
    pressed = {"message_id": 9, "chat": CHAT, "date": 1}
    query = {"id": "77", "from": ADA, "data": "l:wallet", "message": pressed}
    assert event({"update_id": 7, "callback_query": query}) == Press("77", "l:wallet", 9)
    photo = {**query, "message": {**pressed, "photo": [{"file_id": "l"}]}}
    assert event({"update_id": 7, "callback_query": photo}) == Press("77", "l:wallet", 9, on_photo=True)


def test_edits_blocks_and_unblocks() -> None:
    edited = {"update_id": 7, "edited_message": message(text="new")["message"]}
    assert event(edited) == Edited()
    for status, blocked in (("kicked", True), ("member", False)):
        member = {"from": ADA, "chat": CHAT, "new_chat_member": {"status": status}}
        assert event({"update_id": 7, "my_chat_member": member}) == Membership(blocked)


GROUP = {"id": -5, "type": "group", "title": "Traders"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}


def in_group(**fields: object) -> dict[str, object]:
    return message(chat=GROUP, **fields)


def membership(old: dict[str, object], new: dict[str, object], **fields: object) -> dict[str, object]:
    change = {"from": ADA, "chat": GROUP, "date": 9, "old_chat_member": old, "new_chat_member": new, **fields}
    return {"update_id": 7, "my_chat_member": change}


@pytest.mark.parametrize("kind", ["group", "supergroup"])
@pytest.mark.parametrize(
    ("old", "new", "is_in"),
    [
        ({"status": "left"}, {"status": "member"}, True),
        ({"status": "kicked"}, {"status": "administrator"}, True),
        ({"status": "left"}, {"status": "restricted", "is_member": True}, True),
        ({"status": "member"}, {"status": "left"}, False),
        ({"status": "administrator"}, {"status": "kicked", "until_date": 0}, False),
        ({"status": "member"}, {"status": "restricted", "is_member": False}, False),
    ],
)
def test_the_bot_comes_into_a_group_and_is_thrown_out(
    kind: str, old: dict[str, object], new: dict[str, object], is_in: bool
) -> None:
    update = json.update(orjson.dumps(membership(old, new, chat={**GROUP, "type": kind})))
    assert update is not None
    assert (update.chat_id, update.sender.id, update.event) == (-5, 2**40, GroupMembership("Traders", is_in, 9))


def test_what_is_asked_in_a_group_and_where_it_went() -> None:
    assert event(in_group(text="/announce")) == AskedInGroup("Traders", "announce", "", 1)
    assert event(in_group(text="/Announce@LockBay_Bot now")) == AskedInGroup("Traders", "announce", "LockBay_Bot", 1)
    assert event(in_group(migrate_to_chat_id=-(10**12))) == GroupMoved(-(10**12))


def test_who_runs_a_group_may_write_and_act_in_its_name() -> None:
    """Without the username that they all share: nobody can mean them by it."""
    written = json.update(orjson.dumps(in_group(text="/announce", sender_chat=GROUP, **{"from": ANONYMOUS})))
    acted = json.update(orjson.dumps(membership({"status": "left"}, {"status": "member"}, **{"from": ANONYMOUS})))
    assert written is not None
    assert acted is not None
    assert written.sender == acted.sender == Sender(1087968824, "Group")
    assert written.event == AskedInGroup("Traders", "announce", "", 1, by_the_group=True)
    assert acted.event == GroupMembership("Traders", True, 9)


@pytest.mark.parametrize(
    "update",
    [
        in_group(text="hello"),
        in_group(text="/start@LockBay_Bot"),
        in_group(text="please /announce"),
        in_group(photo=[{"file_id": "x"}], caption="/announce"),
        in_group(text="/announce", **{"from": ANONYMOUS}),
        in_group(text="/announce", sender_chat={"id": -6, "type": "channel"}, **{"from": CHANNEL}),
        in_group(migrate_from_chat_id=-5),
        {"update_id": 7, "edited_message": in_group(text="/announce")["message"]},
        membership({"status": "member"}, {"status": "administrator"}),
        membership({"status": "left"}, {"status": "member"}, chat={**GROUP, "type": "channel"}),
        membership({"status": "left"}, {"status": "member"}, **{"from": CHANNEL}),
    ],
)
def test_nothing_else_in_a_group_is_looked_at(update: dict[str, object]) -> None:
    assert json.update(orjson.dumps(update)) is None


@pytest.mark.parametrize(
    "update",
    [
        membership({"status": "left"}, {"status": "member"}, date=2**40),
        membership({"status": "left"}, {"status": "member"}, date=None),
        membership({"status": "left"}, {}),
        in_group(text="/announce", date="now"),
        in_group(migrate_to_chat_id="x"),
        membership({"status": "left"}, {"status": "member"}, chat={"id": -5, "type": "group"}),
    ],
)
def test_what_is_malformed_in_a_group(update: dict[str, object]) -> None:
    with pytest.raises(MalformedUpdate):
        json.update(orjson.dumps(update))


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 7, "message": {"message_id": 1, "from": ADA, "chat": {"id": -5, "type": "group"}, "text": "x"}},
        {"update_id": 7, "channel_post": {"message_id": 1, "chat": {"id": -5, "type": "channel"}, "text": "x"}},
        {"update_id": 7, "callback_query": {"id": "1", "from": ADA, "inline_message_id": "x", "data": "y"}},
        {"update_id": 7, "update_of_2027": {"x": 1}},
        {"update_id": 7},
    ],
)
def test_what_is_not_for_us_is_passed_over_but_acknowledged(update: dict[str, object]) -> None:
    assert json.update(orjson.dumps(update)) is None
    batch = json.batch(200, answer(update))
    assert (batch.updates, batch.skipped, batch.next_offset) == ([], [], 8)


@pytest.mark.parametrize(
    "bad",
    [
        {"update_id": 8, "message": {"from": ADA, "chat": {"type": "private"}}},
        {"update_id": 8, "message": {"from": {**ADA, "id": "5"}, "chat": CHAT, "text": "x"}},
        {"update_id": 8, "message": {"from": {**ADA, "id": 2**64 - 1}, "chat": CHAT, "text": "x"}},
        {"update_id": 8, "message": {"from": {**ADA, "id": True}, "chat": CHAT, "text": "x"}},
        {"update_id": 8, "message": {"from": ADA, "chat": CHAT, "text": 5}},
        {"update_id": 8, "message": {"from": ADA, "chat": CHAT, "photo": {"file_id": "x"}}},
        {"update_id": 8, "message": "x"},
        {"update_id": 8, "message": {"from": ADA, "chat": CHAT, "contact": {"first_name": "Ada", "user_id": 2**40}}},
        {"update_id": 8, "message": {"from": ADA, "chat": CHAT, "contact": None}},
        {"update_id": 8, "callback_query": {"id": 5, "from": ADA, "message": {"message_id": 1, "chat": CHAT}}},
        {"update_id": 8, "my_chat_member": {"from": ADA, "chat": CHAT}},
        {"update_id": 8, "message": {"from": ADA, "chat": {**GROUP, "id": 5}, "date": 1, "text": "/announce"}},
        {"update_id": 8, "message": {"from": ADA, "chat": GROUP, "date": 1, "migrate_to_chat_id": 0}},
    ],
)
def test_a_malformed_update_is_reported_by_its_id_and_stops_no_other(bad: dict[str, object]) -> None:
    batch = json.batch(200, answer(message(text="before"), bad, {**message(text="after"), "update_id": 9}))
    assert [update.update_id for update in batch.updates] == [7, 9]
    assert [skipped.update_id for skipped in batch.skipped] == [8]
    assert batch.next_offset == 10
    with pytest.raises(MalformedUpdate):
        json.update(orjson.dumps(bad))


@pytest.mark.parametrize("bad", ["x", 5, None, [], {}, {"update_id": "8"}, {"update_id": -1}, {"update_id": 1e30}])
def test_an_update_without_an_id_is_reported_too(bad: object) -> None:
    batch = json.batch(200, answer(bad))
    assert [skipped.update_id for skipped in batch.skipped] == [None]
    assert batch.next_offset is None


def test_one_lone_surrogate_does_not_take_the_batch_with_it() -> None:
    body = answer(message(text="good"), {**message(text="SURROGATE"), "update_id": 8})
    batch = json.batch(200, body.replace(b"SURROGATE", b"\\ud83d!"))
    assert [update.event for update in batch.updates] == [Typed("good"), Typed("\ufffd!")]
    assert batch.next_offset == 9


@pytest.mark.parametrize("number", [b"1" + b"0" * 400, b"-" + b"9" * 5000, b"1e999", b"NaN"])
def test_one_endless_number_does_not_take_the_batch_with_it(number: bytes) -> None:
    body = answer({**message(text="good"), "strange": "NUMBER"}, {**message(text="after"), "update_id": 8})
    batch = json.batch(200, body.replace(b'"NUMBER"', number))
    assert [update.event for update in batch.updates] == [Typed("good"), Typed("after")]
    assert batch.next_offset == 9


def test_an_update_nested_too_deeply_is_skipped() -> None:
    deep = b'{"update_id": 8, "message": ' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}"
    batch = json.batch(200, b'{"ok": true, "result": [' + deep + b"]}")
    assert [skipped.update_id for skipped in batch.skipped] == [8]


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[]", b"5", b'{"ok":true}', b'{"ok":false}', b"\xff\xfe"])
def test_what_is_not_the_bot_apis_json_may_have_happened(body: bytes) -> None:
    with pytest.raises(refusals.AnswerLost):
        json.result(200, body)
    with pytest.raises(refusals.AnswerLost):
        json.batch(200, body)


def test_an_answer_to_get_updates_that_is_no_list() -> None:
    with pytest.raises(refusals.AnswerLost):
        json.batch(200, b'{"ok": true, "result": {"update_id": 5}}')


def test_a_gateways_error_page_means_away() -> None:
    with pytest.raises(TelegramUnavailable) as caught:
        json.result(502, b"<html>502 Bad Gateway</html>")
    assert not isinstance(caught.value, refusals.AnswerLost)


def refused(code: int, description: str, **parameters: object) -> Exception:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    with pytest.raises(Exception) as caught:
        json.result(code, orjson.dumps(body))
    return caught.value


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        (400, "Bad Request: message is not modified: specified new message content …", refusals.NotModified),
        (400, "Bad Request: message to edit not found", refusals.MessageGone),
        (400, "Bad Request: message can't be edited", refusals.MessageGone),
        (400, "Bad Request: message to delete not found", refusals.MessageGone),
        (400, "Bad Request: message can't be deleted for everyone", refusals.MessageGone),
        (400, "Bad Request: there is no text in the message to edit", refusals.MessageGone),
        (
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            refusals.QueryTooOld,
        ),
        (400, "Bad Request: chat not found", refusals.Unreachable),
        (403, "Forbidden: bot was blocked by the user", refusals.Unreachable),
        (403, "Forbidden: user is deactivated", refusals.Unreachable),
        (403, "Forbidden: bot can't initiate conversation with a user", refusals.Unreachable),
        (409, "Conflict: terminated by other getUpdates request", refusals.Conflict),
        (401, "Unauthorized", refusals.Unauthorized),
        (404, "Not Found", refusals.Unauthorized),
        (404, "Not Found: method not found", refusals.BadRequest),
        (400, "Bad Request: can't parse entities: Unsupported start tag", refusals.BadRequest),
        (500, "Internal Server Error: restart", TelegramUnavailable),
    ],
)
def test_refusals_say_what_to_do_next(code: int, description: str, kind: type[Exception]) -> None:
    assert type(refused(code, description)) is kind


def test_a_429_says_how_long_and_a_migration_where_to() -> None:
    wait = refused(429, "Too Many Requests: retry after 17", retry_after=17)
    assert isinstance(wait, refusals.TooManyRequests)
    assert wait.retry_after == 17
    moved = refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-(10**12))
    assert isinstance(moved, refusals.ChatMigrated)
    assert moved.new_id == -(10**12)
