"""What becomes of an answer to getUpdates in which something is wrong."""

from __future__ import annotations

import orjson
import pytest

from lockbay.actors.update import Typed
from lockbay.telegram import json, refusals
from lockbay.telegram.json import MalformedUpdate
from tests.telegram.said import ADA, CHAT, GROUP, answer, message


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


def test_an_answer_to_get_updates_that_is_no_list() -> None:
    with pytest.raises(refusals.AnswerLost):
        json.batch(200, b'{"ok": true, "result": {"update_id": 5}}')
