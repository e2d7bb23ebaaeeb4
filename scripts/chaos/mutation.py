"""Updates as Telegram sends them, of every kind, changed by chance: their structure, not only their bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Final, TypeAlias

Fields: TypeAlias = dict[str, object]
TIME: Final = 1_790_000_000
LONGEST: Final = 120_000
DEEPEST: Final = 12
VALUES: Final[Sequence[object]] = (
    None, True, False, 0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63), 10**40, 10**4200, 1.5, 1e308,
    float("nan"), float("inf"), "", " ", "0", "1", "x" * 5000, "x" * LONGEST, "\0", "a\0b", "\ud800", "\udfff\ud83d",
    "\u202e\u200d", "👨‍👩‍👧‍👦" * 100, "ﷺ" * 1000, "/start", "/start /trade/1", "/menu@other", "/" + "x" * 300,
    "private", "group", "supergroup", "channel", "kicked", "member", "' OR 1=1 --", "<b>", "{x}", "%s", "../..",
    [], {}, [[]], [None], {"": ""}, {"id": 1}, [1] * 3000, {"update_id": 5},
)  # fmt: skip
NAMES: Final = (
    "message", "from", "chat", "id", "text", "data", "date", "photo", "document", "contact", "reply_to_message",
    "new_chat_member", "caption", "is_bot", "migrate_to_chat_id", "forward_origin", "via_bot", "animation",
)  # fmt: skip
BYTES: Final = (b"", b"\0", b"\xff", b"{", b"}", b"[" * 3000, b"\\ud800", b"1e999", b"NaN", b'"', b",", b"9" * 5000)
OTHERS: Final = (
    "channel_post", "edited_channel_post", "inline_query", "chosen_inline_result", "shipping_query", "poll",
    "pre_checkout_query", "poll_answer", "chat_member", "chat_join_request", "message_reaction", "business_message",
)  # fmt: skip


def originals(user: int) -> list[Fields]:
    """One of each kind; without update_id."""
    who: Fields = {"id": user, "is_bot": False, "first_name": f"F{user}", "username": f"f{user}", "language_code": "en"}
    chat: Fields = {"id": user, "first_name": f"F{user}", "type": "private"}
    group: Fields = {"id": -1_001_000_000_000 - user, "title": "A group", "type": "supergroup"}
    bot: Fields = {"id": 7, "is_bot": True, "first_name": "LockBay", "username": "fuzz_bot"}
    size: Fields = {"file_id": "f1", "file_unique_id": "u", "width": 90, "height": 90, "file_size": 1000}
    head: Fields = {"message_id": 5, "from": who, "chat": chat, "date": TIME}
    shown: Fields = {"message_id": 6, "from": bot, "chat": chat, "date": TIME, "text": "Hello"}
    in_group: Fields = {"message_id": 8, "from": who, "chat": group, "date": TIME}
    change: Fields = {
        "from": who, "date": TIME, "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
    }  # fmt: skip
    press: Fields = {"id": "4810", "from": who, "message": shown, "chat_instance": "-7", "data": "l:wallet"}
    others: list[Fields] = [{kind: in_group | {"id": "1", "query": "x", "text": "x"}} for kind in OTHERS]
    return [
        {"message": head | {"text": "/menu"}},
        {"message": head | {"text": "/trade"}},
        {"message": head | {"text": "12.5", "entities": [{"type": "bold", "offset": 0, "length": 2}]}},
        {"message": head | {"text": "yes", "reply_to_message": shown}},
        {"message": head | {"photo": [size, size | {"file_id": "f2"}], "caption": "see"}},
        {"message": head | {"document": {"file_id": "d1", "file_unique_id": "u", "file_name": "a.pdf"}}},
        {"message": head | {"contact": {"phone_number": "2348030000001", "first_name": "A", "user_id": user}}},
        {"message": head | {"sticker": {"file_id": "s", "emoji": "🙂"}}},
        {"edited_message": head | {"text": "13", "edit_date": TIME}},
        {"callback_query": press},
        {"callback_query": press | {"data": "a:3ea:0:USDT"}},
        {"callback_query": press | {"data": "l:trade:1"}},
        {"my_chat_member": {"chat": chat} | change},
        {"my_chat_member": {"chat": group} | change},
        {"message": in_group | {"text": "/announce@fuzz_bot"}},
        {"message": in_group | {"migrate_to_chat_id": -1_001_999_000_000 - user}},
        *others,
    ]


def mutated(update: Mapping[str, object], chance: random.Random) -> Fields:
    """One to four changes, at any depth."""
    made: Fields = deepcopy(dict(update))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        _change(chance.choice(list(_places(made))), chance)
    return made


def _places(value: object) -> Iterator[Fields | list[object]]:
    """Every object and array in it, itself first; of long ones, and deep down, not all."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        each, depth = waiting.pop()
        if depth > DEEPEST or not isinstance(each, dict | list):
            continue
        yield each
        inner = list(each.values()) if isinstance(each, dict) else each[:5]
        waiting += [(one, depth + 1) for one in inner]


def _change(place: Fields | list[object], chance: random.Random) -> None:
    value = deepcopy(chance.choice(VALUES))
    if isinstance(place, list):
        place[:1] = [value, *place[:1]] if chance.random() < 0.5 else [value]
        return
    name = chance.choice([*place, chance.choice(NAMES)])
    match chance.randrange(6):
        case 0:
            place.pop(name, None)
        case 1:
            place[name] = _nested(value, chance.choice((1, 30, 200)))
        case 2:
            place[chance.choice(NAMES)] = deepcopy(place.get(name))
        case _:
            place[name] = value


def _nested(value: object, depth: int) -> object:
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def encoded(update: Mapping[str, object]) -> bytes:
    """JSON, and what is nearly that: NaN, numbers without end, halves of characters."""
    text = json.dumps(update, ensure_ascii=True)
    return text.encode()


def scrambled(body: bytes, chance: random.Random) -> bytes:
    """Some bytes more, fewer or other ones."""
    place, gone = chance.randrange(len(body) + 1), chance.choice((0, 0, 1, 5, 400))
    new = chance.choice(BYTES) if chance.random() < 0.7 else chance.randbytes(chance.randrange(1, 20))
    return body[:place] + new + body[place + gone :]
