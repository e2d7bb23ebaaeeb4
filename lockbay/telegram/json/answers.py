"""Answers: the result, or the refusal; and what is read out of results."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import orjson

from lockbay.errors import TelegramError, TelegramUnavailable
from lockbay.telegram.json import values
from lockbay.telegram.json.values import Json
from lockbay.telegram.refusals import AnswerLost, refusal
from lockbay.telegram.types import BotInfo, SentMessage

T = TypeVar("T")
SUCCESS: Final = b'{"ok":true,'
ADDRESS: Final = re.compile(r"\w+://[^\s']+")
LONGEST: Final = 500  # characters of a description: it is written into logs and rows
TOO_LARGE: Final = 413
TOO_MANY: Final = 429


def result(status: int, body: bytes) -> Any:
    """The `result` of an answer. Raises the refusal, TelegramUnavailable (5xx) or AnswerLost (not what we speak)."""
    try:
        answer = orjson.loads(body)
        if answer["ok"] is True:
            return answer["result"]
        error = _refusal(answer)
    except (ValueError, TypeError, LookupError, AttributeError) as problem:
        raise _unreadable(status) from problem
    try:
        raise error
    finally:
        del error  # else its traceback holds this frame, and this frame the error: the collector's work


def accept(status: int, body: bytes) -> None:
    """Like `result`, for whoever does not look at it: what begins and ends as a success is not read in between."""
    if not (body.startswith(SUCCESS) and body.endswith(b"}")):
        result(status, body)


def _refusal(answer: Json) -> TelegramError | TelegramUnavailable:
    hints = answer.get("parameters") or {}
    retry_after, new_id = hints.get("retry_after"), hints.get("migrate_to_chat_id")
    if retry_after is not None:
        retry_after = float(retry_after)
    if new_id is not None:
        new_id = values.group_id(new_id)
    return refusal(int(answer["error_code"]), _described(str(answer.get("description", ""))), retry_after, new_id)


def _described(said: str) -> str:
    """Without the addresses that Telegram repeats when it does not take a button: one of ours opens the console."""
    return ADDRESS.sub("…", said)[:LONGEST]


def _unreadable(status: int) -> TelegramError | TelegramUnavailable:
    """A page comes from a gateway in front of Telegram, whose status says what it did with the call."""
    if status in (TOO_LARGE, TOO_MANY) or status >= 500:
        return refusal(status, "from a gateway", None, None)
    return AnswerLost(f"the answer (HTTP {status}) is not the Bot API's JSON")


def bot_info(answer: Any) -> BotInfo:
    """Raises AnswerLost, like the other readers of results."""

    def made() -> BotInfo:
        return BotInfo(values.number(answer["id"]), values.text(answer["username"]), values.text(answer["first_name"]))

    return _read(made)


def sent_message(answer: Any) -> SentMessage:
    return _read(lambda: SentMessage(values.number(answer["message_id"]), values.largest(answer.get("photo"))))


def member_status(answer: Any) -> str:
    """What somebody is in a chat (getChatMember): creator, administrator, member, restricted, left or kicked."""
    return _read(lambda: values.text(answer["status"]))


def _read(reader: Callable[[], T]) -> T:
    try:
        return reader()
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise AnswerLost(f"an unexpected answer: {type(problem).__name__}") from problem
