"""Updates: what a person did in a private chat, or what concerns the bot in a group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import orjson

from lockbay.actors.update import (
    Command,
    Contact,
    Edited,
    Event,
    MediaKind,
    Membership,
    Original,
    Press,
    Sent,
    Typed,
    Update,
)
from lockbay.errors import TelegramError
from lockbay.telegram.json import values
from lockbay.telegram.json.groups import in_group
from lockbay.telegram.json.values import END_OF_TIME, LARGEST_ID, Json

OTHER_MEDIA: Final[MediaKind] = "other"
SERVICE: Final = frozenset(  # what a message tells of the chat: nobody said it, and it answers nothing
    (
        "pinned_message", "message_auto_delete_timer_changed", "chat_background_set", "write_access_allowed",
        "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
        "checklist_tasks_done", "checklist_tasks_added", "poll_option_added", "poll_option_deleted",
    )
)  # fmt: skip


class MalformedUpdate(TelegramError):
    """An update does not have the form that the Bot API promises."""

    def __init__(self, problem: str, update_id: int | None = None) -> None:
        super().__init__(f"update {update_id}: {problem}")
        self.problem = problem
        self.update_id = update_id


def update(raw: bytes) -> Update | None:
    """One stored update; None when it is not for us. Raises MalformedUpdate."""
    try:
        item = orjson.loads(raw)
    except ValueError as problem:
        raise MalformedUpdate("not JSON") from problem
    return read(item, update_id(item), raw)


def read(item: Any, number: int | None, raw: bytes | None = None) -> Update | None:
    """Like `update`, of what is read already and has this `update_id`."""
    if number is None:
        raise MalformedUpdate("no update_id")
    try:
        raw = orjson.dumps(item) if raw is None else raw
        return _private(item, number, raw) or in_group(item, number, raw)
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        raise MalformedUpdate(f"{type(problem).__name__}: {problem}", number) from problem


def update_id(item: Any) -> int | None:
    """None when it has none, or none that can be stored."""
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
    number: int, subject: Json, message: Json | None, event: Callable[[Json], Event | None], raw: bytes
) -> Update | None:
    sender = subject.get("from")
    if message is None or sender is None or message["chat"]["type"] != "private" or sender.get("is_bot") is True:
        return None
    chat_id, made = values.number(message["chat"]["id"]), event(subject)
    return None if made is None else Update(number, values.sender(sender), chat_id, made, raw, _original(subject))


def _original(subject: Json) -> Original | None:
    """In a private chat with us no other bot writes. What is strange about it does not make the reply malformed."""
    match subject.get("reply_to_message"):
        case {"message_id": int(number), "date": int(date), "from": {"is_bot": True}} if (
            0 < number <= LARGEST_ID and 0 <= date < END_OF_TIME
        ):
            return Original(number, date, "edit_date" in subject["reply_to_message"])
    return None


def _said(message: Json) -> Event | None:
    if (text := message.get("text")) is None:
        return _sent(message) if "contact" not in message else _contact(message)
    text = values.text(text)
    if text.startswith("/") and (command := values.COMMAND.fullmatch(text)):
        return Command(command[1].lower(), (command[3] or "").strip())
    return Typed(text)


def _sent(message: Json) -> Sent | None:
    """A photo's sizes come smallest first. An animation is listed as a document, too, but is none."""
    caption = values.optional_text(message.get("caption")) or ""
    if photo := values.largest(message.get("photo")):
        return Sent("photo", photo, caption)
    if "animation" not in message and (document := message.get("document")) is not None:
        return Sent("document", values.text(document["file_id"]), caption)
    return Sent(OTHER_MEDIA, caption=caption) if SERVICE.isdisjoint(message) else None


def _contact(message: Json) -> Contact:
    """Telegram itself names the account that has the number (`user_id`). A forwarded message says what was so once, and
    one that came by way of another bot what that bot says: neither proves anything.
    """
    contact = message["contact"]
    is_fresh = not message.keys() & {"forward_origin", "forward_date", "via_bot"}
    return Contact(values.text(contact["phone_number"]), is_fresh and contact.get("user_id") == message["from"]["id"])


def _edited(message: Json) -> Edited | None:
    """Who shares where they are changes that message with every step, and says nothing by it."""
    return None if "location" in message else Edited()


def _pressed(query: Json) -> Press:
    message = query["message"]
    data = values.optional_text(query.get("data")) or ""
    return Press(values.text(query["id"]), data, values.number(message["message_id"]), bool(message.get("photo")))


def _membership(member: Json) -> Membership:
    """In a private chat 'kicked' is what Telegram calls a person who blocked the bot (docs/apis.md §1.4)."""
    return Membership(blocked=member["new_chat_member"]["status"] == "kicked")
