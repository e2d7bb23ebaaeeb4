"""The boundary: bytes of the Bot API become typed records here, and untyped data goes no further.

Lenient as the API demands (APIS.md §1.1: it grows every month): unknown fields and unknown kinds of update are ignored.
Strict where a wrong value would do harm: an id must be an integer of at most 64 bits, or the update is malformed.
"""

from __future__ import annotations

import json as slow_json
import math
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

import orjson

from lockbay.actors.update import (
    AskedInGroup,
    Command,
    Contact,
    Edited,
    Event,
    GroupEvent,
    GroupMembership,
    GroupMoved,
    MediaKind,
    Membership,
    Original,
    Press,
    Sender,
    Sent,
    Typed,
    Update,
)
from lockbay.errors import TelegramError, TelegramUnavailable
from lockbay.telegram.refusals import AnswerLost, refusal
from lockbay.telegram.types import Batch, BotInfo, SentMessage, SkippedUpdate

Json: TypeAlias = dict[str, Any]
T = TypeVar("T")

LARGEST_ID: Final = 2**63 - 1  # PostgreSQL's bigint
END_OF_TIME: Final = 2**32  # s since 1970
LONGEST_INTEGER: Final = 20  # characters: 64 bits, with a sign
COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
GROUPS: Final = ("group", "supergroup")
GROUP_COMMANDS: Final = ("announce",)  # nothing else that is said in a group is looked at, or kept
OTHER_MEDIA: Final[MediaKind] = "other"
ANONYMOUS: Final = 1087968824  # @GroupAnonymousBot: who Telegram says it is when somebody runs a group in its name


class MalformedUpdate(TelegramError):
    """An update does not have the form that the Bot API promises."""

    def __init__(self, problem: str, update_id: int | None = None) -> None:
        super().__init__(f"update {update_id}: {problem}")
        self.problem = problem
        self.update_id = update_id


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


def _refusal(answer: Json) -> TelegramError | TelegramUnavailable:
    hints = answer.get("parameters") or {}
    retry_after, new_id = hints.get("retry_after"), hints.get("migrate_to_chat_id")
    if retry_after is not None:
        retry_after = float(retry_after)
    return refusal(int(answer["error_code"]), str(answer.get("description", "")), retry_after, new_id)


def _unreadable(status: int) -> TelegramUnavailable:
    # A 5xx page comes from a gateway in front of Telegram, which did not do what was asked.
    kind = TelegramUnavailable if status >= 500 else AnswerLost
    return kind(f"the answer (HTTP {status}) is not the Bot API's JSON")


def batch(status: int, body: bytes) -> Batch:
    """An answer to getUpdates. Raises like `result`; a malformed update alone never makes it raise."""
    try:
        items = result(status, body)
    except AnswerLost:
        items = result(status, _mended(body))
    if not isinstance(items, list):
        raise AnswerLost("the answer to getUpdates is not a list")
    return _batch(items)


def _mended(body: bytes) -> bytes:
    """One lone surrogate or one endless number makes orjson refuse the whole answer. The standard library reads it."""
    try:
        return slow_json.dumps(_storable(slow_json.loads(body, parse_int=_short_integer))).encode()
    except (ValueError, RecursionError) as problem:
        raise AnswerLost("the answer to getUpdates is not JSON") from problem


def _short_integer(digits: str) -> int | None:
    """None for what is no number of the Bot API's: those have 64 bits at most."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else None


def _storable(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {_storable(key): _storable(item) for key, item in value.items()}
        case float() if not math.isfinite(value):
            return None
    return value


def _batch(items: list[Any]) -> Batch:
    made = Batch()
    last = None
    for item in items:
        number = _update_id(item)
        try:
            update = _update(item, number)
            if update is not None:
                made.updates.append(update)
        except MalformedUpdate as problem:
            made.skipped.append(SkippedUpdate(number, problem.problem))
        if number is not None and (last is None or number > last):
            last = number
    return Batch(made.updates, made.skipped, None if last is None else last + 1)


def update(raw: bytes) -> Update | None:
    """One stored update; None when it is not for us. Raises MalformedUpdate."""
    try:
        item = orjson.loads(raw)
    except ValueError as problem:
        raise MalformedUpdate("not JSON") from problem
    return _update(item, _update_id(item), raw)


def _update(item: Any, number: int | None, raw: bytes | None = None) -> Update | None:
    if number is None:
        raise MalformedUpdate("no update_id")
    try:
        raw = orjson.dumps(item) if raw is None else raw
        return _private(item, number, raw) or _in_group(item, number, raw)
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise MalformedUpdate(f"{type(problem).__name__}: {problem}", number) from problem


def _update_id(item: Any) -> int | None:
    number = item.get("update_id") if type(item) is dict else None
    return number if type(number) is int and 0 <= number < LARGEST_ID else None


def _private(item: Json, number: int, raw: bytes) -> Update | None:
    """What a person did in a private chat; channels, bots and inline messages are none of ours."""
    if (message := item.get("message")) is not None:
        return _made(number, message, message, _said, raw)
    if (query := item.get("callback_query")) is not None:
        return _made(number, query, query.get("message"), _pressed, raw)
    if (message := item.get("edited_message")) is not None:
        return _made(number, message, message, _edited, raw)
    if (member := item.get("my_chat_member")) is not None:
        return _made(number, member, member, _membership, raw)
    return None


def _made(
    number: int, subject: Json, message: Json | None, event: Callable[[Json], Event], raw: bytes
) -> Update | None:
    sender = subject.get("from")
    if message is None or sender is None or message["chat"]["type"] != "private" or sender.get("is_bot") is True:
        return None
    return Update(number, _sender(sender), _id(message["chat"]["id"]), event(subject), raw, _original(subject))


def _in_group(item: Json, number: int, raw: bytes) -> Update | None:
    """What concerns the bot in a group. Nobody who merely writes there is known to us, and bots are not. Who runs a
    group may do so in its name: without the username that all of them share, so that nobody can mean them by it.
    """
    subject = item.get("message") or item.get("my_chat_member")
    if subject is None or subject["chat"]["type"] not in GROUPS:
        return None
    sender = subject.get("from")
    event = _group_membership(subject) if "my_chat_member" in item else _group_message(subject)
    if event is None or sender is None:
        return None
    is_anonymous = _is_anonymous(subject, sender)
    if sender.get("is_bot") is True and not is_anonymous:
        return None
    who = Sender(ANONYMOUS, "Group") if is_anonymous else _sender(sender)
    return Update(number, who, _group_id(subject["chat"]["id"]), event, raw)


def _is_anonymous(subject: Json, sender: Json) -> bool:
    """Bot API 5.0: a message's `sender_chat` is the group itself for its anonymous administrators, and another chat for
    a channel that somebody writes as, or that is linked. What is no message has none.
    """
    if "old_chat_member" in subject:
        return bool(sender.get("id") == ANONYMOUS)
    writer = subject.get("sender_chat")
    return writer is not None and bool(writer["id"] == subject["chat"]["id"])


def _group_message(message: Json) -> GroupEvent | None:
    if (new_id := message.get("migrate_to_chat_id")) is not None:
        return GroupMoved(_group_id(new_id))
    text = message.get("text")
    command = COMMAND.fullmatch(text) if type(text) is str else None
    if command is None or command[1].lower() not in GROUP_COMMANDS:
        return None
    by_the_group = _is_anonymous(message, {})
    return AskedInGroup(_title(message), command[1].lower(), command[2] or "", _second(message), by_the_group)


def _group_membership(member: Json) -> GroupEvent | None:
    """Other rights are none of ours."""
    was_in, is_in = _is_in(member["old_chat_member"]), _is_in(member["new_chat_member"])
    return None if was_in == is_in else GroupMembership(_title(member), is_in, _second(member))


def _is_in(member: Json) -> bool:
    return member["status"] in ("creator", "administrator", "member") or member.get("is_member") is True


def _title(subject: Json) -> str:
    return _text(subject["chat"]["title"])


def _second(subject: Json) -> int:
    """Unix time has 32 bits in the Bot API; a year beyond 9999 is none of Python's."""
    seconds = _id(subject["date"])
    if not 0 <= seconds < END_OF_TIME:
        raise ValueError(f"{seconds} is not a time")
    return seconds


def _sender(user: Json) -> Sender:
    return Sender(
        _id(user["id"]),
        _text(user["first_name"]),
        _optional_text(user.get("username")),
        _optional_text(user.get("language_code")) or "en",
    )


def _original(subject: Json) -> Original | None:
    """In a private chat with us no other bot writes. What is strange about it does not make the reply malformed."""
    match subject.get("reply_to_message"):
        case {"message_id": int(number), "date": int(date), "from": {"is_bot": True}} if (
            0 < number <= LARGEST_ID and 0 <= date < END_OF_TIME
        ):
            return Original(number, date, "edit_date" in subject["reply_to_message"])
    return None


def _said(message: Json) -> Event:
    if (text := message.get("text")) is None:
        return _sent(message) if "contact" not in message else _contact(message)
    text = _text(text)
    if text.startswith("/") and (command := COMMAND.fullmatch(text)):
        return Command(command[1].lower(), (command[3] or "").strip())
    return Typed(text)


def _sent(message: Json) -> Sent:
    """A photo's sizes come smallest first. An animation is listed as a document, too, but is none."""
    caption = _optional_text(message.get("caption")) or ""
    if photo := _largest(message.get("photo")):
        return Sent("photo", photo, caption)
    if "animation" not in message and (document := message.get("document")) is not None:
        return Sent("document", _text(document["file_id"]), caption)
    return Sent(OTHER_MEDIA, caption=caption)


def _contact(message: Json) -> Contact:
    """Telegram itself names the account that has the number (`user_id`). A forwarded message says what was so once, and
    one that came by way of another bot what that bot says: neither proves anything.
    """
    contact = message["contact"]
    is_fresh = not message.keys() & {"forward_origin", "forward_date", "via_bot"}
    return Contact(_text(contact["phone_number"]), is_fresh and contact.get("user_id") == message["from"]["id"])


def _edited(_: Json) -> Edited:
    return Edited()


def _pressed(query: Json) -> Press:
    message = query["message"]
    data = _optional_text(query.get("data")) or ""
    return Press(_text(query["id"]), data, _id(message["message_id"]), bool(message.get("photo")))


def _membership(member: Json) -> Membership:
    """In a private chat 'kicked' is what Telegram calls a person who blocked the bot (APIS.md §1.4)."""
    return Membership(blocked=member["new_chat_member"]["status"] == "kicked")


def _id(value: Any) -> int:
    if type(value) is not int or not -LARGEST_ID <= value <= LARGEST_ID:
        raise ValueError(f"{value!r} is not an id")
    return value


def _group_id(value: Any) -> int:
    """Those of groups are below zero."""
    if (number := _id(value)) >= 0:
        raise ValueError(f"{number} is not the id of a group")
    return number


def _text(value: Any) -> str:
    """PostgreSQL stores no NUL in a text; nobody types one by accident."""
    if type(value) is not str:
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value.replace("\0", "") if "\0" in value else value


def _optional_text(value: Any) -> str | None:
    return None if value is None else _text(value)


def bot_info(answer: Any) -> BotInfo:
    """Raises AnswerLost, like the other readers of results."""
    return _read(lambda: BotInfo(_id(answer["id"]), _text(answer["username"]), _text(answer["first_name"])))


def sent_message(answer: Any) -> SentMessage:
    return _read(lambda: SentMessage(_id(answer["message_id"]), _largest(answer.get("photo"))))


def _largest(photo: Any) -> str | None:
    return _text(photo[-1]["file_id"]) if photo else None


def member_status(answer: Any) -> str:
    """What somebody is in a chat (getChatMember): creator, administrator, member, restricted, left or kicked."""
    return _read(lambda: _text(answer["status"]))


def _read(reader: Callable[[], T]) -> T:
    try:
        return reader()
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise AnswerLost(f"an unexpected answer: {type(problem).__name__}") from problem
