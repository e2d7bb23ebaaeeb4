"""Updates out of groups: what concerns the bot, and nothing else that is said there."""

from __future__ import annotations

from typing import Final

from lockbay.actors.update import AskedInGroup, GroupEvent, GroupMembership, GroupMoved, Sender, Update
from lockbay.telegram.json import values
from lockbay.telegram.json.values import Json

GROUPS: Final = ("group", "supergroup")
GROUP_COMMANDS: Final = ("announce",)  # nothing else that is said in a group is looked at, or kept
ANONYMOUS: Final = (
    1087968824  # @GroupAnonymousBot: what Telegram calls the administrator who writes in the name of a group
)


def in_group(item: Json, number: int, raw: bytes) -> Update | None:
    """What concerns the bot in a group. Nobody who merely writes there is known to us, and bots are not. Who runs a
    group may do so in its name: without the username that all of them share, so that nobody can mean them by it.
    """
    subject = item.get("message") or item.get("my_chat_member")
    if subject is None or subject["chat"]["type"] not in GROUPS:
        return None
    sender = subject.get("from")
    event = _membership(subject) if "my_chat_member" in item else _asked(subject)
    if event is None or sender is None:
        return None
    is_anonymous = _is_anonymous(subject, sender)
    if sender.get("is_bot") is True and not is_anonymous:
        return None
    who = Sender(ANONYMOUS, "Group") if is_anonymous else values.sender(sender)
    return Update(number, who, values.group_id(subject["chat"]["id"]), event, raw)


def _is_anonymous(subject: Json, sender: Json) -> bool:
    """Bot API 5.0: a message's `sender_chat` is the group itself for its anonymous administrators, and another chat for
    a channel that somebody writes as, or that is linked. What is no message has none.
    """
    if "old_chat_member" in subject:
        return bool(sender.get("id") == ANONYMOUS)
    writer = subject.get("sender_chat")
    return writer is not None and bool(writer["id"] == subject["chat"]["id"])


def _asked(message: Json) -> GroupEvent | None:
    if (new_id := message.get("migrate_to_chat_id")) is not None:
        return GroupMoved(values.group_id(new_id))
    text = message.get("text")
    command = values.COMMAND.fullmatch(text) if type(text) is str else None
    if command is None or command[1].lower() not in GROUP_COMMANDS:
        return None
    by_the_group = _is_anonymous(message, {})
    return AskedInGroup(_title(message), command[1].lower(), command[2] or "", values.second(message), by_the_group)


def _membership(member: Json) -> GroupEvent | None:
    """Other rights are none of ours."""
    was_in, is_in = _is_in(member["old_chat_member"]), _is_in(member["new_chat_member"])
    return None if was_in == is_in else GroupMembership(_title(member), is_in, values.second(member))


def _is_in(member: Json) -> bool:
    return member["status"] in ("creator", "administrator", "member") or member.get("is_member") is True


def _title(subject: Json) -> str:
    return values.text(subject["chat"]["title"])
