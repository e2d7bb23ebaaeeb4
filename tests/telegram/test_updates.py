"""What becomes of an update."""

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
from lockbay.telegram import json
from lockbay.telegram.json import MalformedUpdate
from tests.telegram.said import ADA, CHAT, GROUP, answer, message


def event(update: dict[str, object]) -> object:
    made = json.update(orjson.dumps(update))
    assert made is not None
    return made.event


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


def test_where_somebody_walks_while_they_share_it_is_no_edit() -> None:
    """Telegram tells of it every few seconds, for hours."""
    place = {"latitude": 6.45, "longitude": 3.39, "live_period": 900}
    assert event(message(location=place)) == Sent("other")
    moved = {"update_id": 7, "edited_message": message(location=place, edit_date=2)["message"]}
    assert json.update(orjson.dumps(moved)) is None


def test_edits_blocks_and_unblocks() -> None:
    edited = {"update_id": 7, "edited_message": message(text="new")["message"]}
    assert event(edited) == Edited()
    for status, blocked in (("kicked", True), ("member", False)):
        member = {"from": ADA, "chat": CHAT, "new_chat_member": {"status": status}}
        assert event({"update_id": 7, "my_chat_member": member}) == Membership(blocked)


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
        message(pinned_message={"message_id": 3, "date": 1, "chat": CHAT, "text": "Your trade"}),
        message(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}),
        message(chat_background_set={"type": {"type": "fill"}}),
        message(forum_topic_created={"name": "Trades", "icon_color": 1}, message_thread_id=5, is_topic_message=True),
    ],
)
def test_what_is_not_for_us_is_passed_over_but_acknowledged(update: dict[str, object]) -> None:
    assert json.update(orjson.dumps(update)) is None
    batch = json.batch(200, answer(update))
    assert (batch.updates, batch.skipped, batch.next_offset) == ([], [], 8)
