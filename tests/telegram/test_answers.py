"""What becomes of an answer: the result, or what a refusal says to do next."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from lockbay.errors import TelegramUnavailable
from lockbay.telegram import json, refusals
from tests.clock import START


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[]", b"5", b'{"ok":true}', b'{"ok":false}', b"\xff\xfe"])
def test_what_is_not_the_bot_apis_json_may_have_happened(body: bytes) -> None:
    with pytest.raises(refusals.AnswerLost):
        json.result(200, body)
    with pytest.raises(refusals.AnswerLost):
        json.batch(200, body)


def test_a_gateways_error_page_means_away() -> None:
    with pytest.raises(TelegramUnavailable) as caught:
        json.result(502, b"<html>502 Bad Gateway</html>")
    assert not isinstance(caught.value, refusals.AnswerLost)


@pytest.mark.parametrize(
    "body", [b"<html>504 Gateway Time-out</html>", b'{"ok":false,"error_code":504,"description":"Gateway Timeout"}']
)
def test_what_a_gateway_passed_on_and_heard_no_more_of_may_have_happened(body: bytes) -> None:
    for read in (json.result, json.batch):
        with pytest.raises(refusals.AnswerLost):
            read(504, body)


@pytest.mark.parametrize(("status", "kind"), [(413, refusals.BadRequest), (429, refusals.TooManyRequests)])
def test_a_gateways_refusal_is_one_without_telegrams_words(status: int, kind: type[refusals.Refusal]) -> None:
    """nginx in front of Telegram answers what is too large with a page: to send that again is no use."""
    with pytest.raises(kind) as caught:
        json.result(status, b"<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n</html>")
    assert caught.value.code == status


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
        (400, "Bad Request: not enough rights to send text messages to the chat", refusals.NotAllowed),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", refusals.NotAllowed),
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


@pytest.mark.parametrize("said", [10**12, 1e300, 2**63])
def test_a_429_that_says_for_ever_is_asked_again_after_a_week(said: float) -> None:
    """No clock reaches that far, and whoever computes when that is would fail."""
    wait = refused(429, "Too Many Requests", retry_after=said)
    assert isinstance(wait, refusals.TooManyRequests)
    assert START + timedelta(seconds=wait.retry_after) == START + timedelta(weeks=1)


@pytest.mark.parametrize("new_id", ["x", 5, -1e30, True, [-5]])
def test_a_group_does_not_move_to_what_is_no_group(new_id: object) -> None:
    assert isinstance(
        refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=new_id), TelegramUnavailable
    )


@pytest.mark.parametrize("said", [0, -5, 0.0])
def test_a_429_that_says_no_time_is_not_repeated_at_once(said: float) -> None:
    wait = refused(429, "Too Many Requests", retry_after=said)
    assert isinstance(wait, refusals.TooManyRequests)
    assert wait.retry_after == refusals.DEFAULT_RETRY_AFTER


def test_a_refusal_quotes_no_address_and_is_not_endless() -> None:
    """Telegram repeats the address of a button that it does not take; one of ours opens the console."""
    url = "http://lockbay:8080/admin/enter/c2VjcmV0"
    said = refused(400, f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    assert str(said) == "Bad Request: inline keyboard button URL '…' is invalid: Wrong HTTP URL"
    assert len(str(refused(400, "x" * 10_000))) < 1000


@pytest.mark.parametrize("body", [b'{"ok":true,"result":true}', b'{"ok": true, "result": {"message_id": 1}}'])
def test_a_success_whose_result_nobody_looks_at_is_accepted_however_it_is_written(body: bytes) -> None:
    json.accept(200, body)


@pytest.mark.parametrize("body", [b'{"ok":true,"result":{"message', b"", b"[]", b'{"ok":1,"result":true}'])
def test_what_only_looks_like_a_success_is_not_accepted(body: bytes) -> None:
    with pytest.raises(refusals.AnswerLost):
        json.accept(200, body)


def test_a_refusal_is_raised_where_nobody_looks_at_the_result() -> None:
    with pytest.raises(refusals.BadRequest):
        json.accept(400, b'{"ok":false,"error_code":400,"description":"Bad Request: nothing"}')
