"""Groups of the local Telegram: who is in them, and what the bot may do there.

Refusals are those of tdlib/telegram-bot-api (Client.cpp, check_chat_access); 20 messages a minute are what Telegram's
FAQ for bots allows in a group.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, Literal, TypeAlias

from attrs import evolve, frozen

from lockbay.sandbox.journal import Journal
from lockbay.sandbox.refusal import Refusal, bad_request, flooded, forbidden
from lockbay.sandbox.wire import Object

Status: TypeAlias = Literal["creator", "administrator", "member", "left", "kicked"]
IN: Final = ("creator", "administrator", "member")
MOST: Final = 20  # messages of the bot
MINUTE: Final = 60.0


@frozen
class Member:
    """Somebody who is, or was, in a group."""

    id: int
    status: Status


@frozen
class Group:
    """A group, or a supergroup. `bot` is what the bot is in it; `moved_to`: it is that supergroup now."""

    id: int
    title: str
    kind: Literal["group", "supergroup"] = "group"
    members: tuple[Member, ...] = ()
    bot: Status = "left"
    moved_to: int = 0

    def status(self, person: int) -> Status:
        return next((member.status for member in self.members if member.id == person), "left")

    def having(self, person: int, status: Status) -> Group:
        others = tuple(member for member in self.members if member.id != person)
        return evolve(self, members=(*others, Member(person, status)))

    def chat_json(self) -> Object:
        everyone: Object = {"all_members_are_administrators": False} if self.kind == "group" else {}
        return {"id": self.id, "title": self.title, "type": self.kind, **everyone}

    def as_json(self) -> Object:
        """For the page and for tests."""
        members = {str(member.id): member.status for member in self.members}
        return {"id": self.id, "title": self.title, "type": self.kind, "bot": self.bot, "members": members}


class Groups:
    """All groups. Survives restarts, but for how much the bot has sent in the last minute."""

    def __init__(self, journal: Journal, clock: Callable[[], float]) -> None:
        self._table = journal.table("group", Group)
        self._clock = clock
        self._sent: dict[int, deque[float]] = {}

    def all(self) -> Iterable[Group]:
        """Those that are no supergroup by now."""
        return [group for group in self._table if not group.moved_to]

    def get(self, number: int) -> Group | None:
        return self._table.get(number)

    def keep(self, group: Group) -> Group:
        return self._table.put(group.id, group)

    def open(self, number: int) -> Group:
        """The group for the bot, which is in it. Raises Refusal."""
        group = self._table.get(number)
        if group is None:
            raise bad_request("chat not found")
        if group.moved_to:
            moved = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, moved, {"migrate_to_chat_id": group.moved_to})
        if group.bot == "kicked":
            raise forbidden(f"bot was kicked from the {group.kind} chat")
        if group.bot == "left":
            raise forbidden(f"bot is not a member of the {group.kind} chat")
        return group

    def count(self, number: int) -> None:
        """The bot sends a message. Raises Refusal 429 when it is one too many."""
        now, sent = self._clock(), self._sent.setdefault(number, deque())
        while sent and sent[0] <= now - MINUTE:
            sent.popleft()
        if len(sent) >= MOST:
            raise flooded(max(1, round(sent[0] + MINUTE - now)))
        sent.append(now)


def member_json(user: Object, status: Status) -> Object:
    """A ChatMember, with the rights that an administrator has by default."""
    rights: Object = {}
    match status:
        case "creator":
            rights = {"is_anonymous": False}
        case "administrator":
            rights = {
                "is_anonymous": False,
                "can_be_edited": False,
                "can_manage_chat": True,
                "can_delete_messages": True,
            }
        case "kicked":
            rights = {"until_date": 0}
    return {"user": user, "status": status, **rights}
