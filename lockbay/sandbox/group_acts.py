"""What people do in groups. Each act becomes updates for the bot, as far as Telegram lets it see, and an event."""

from __future__ import annotations

from typing import Final, cast, get_args

import orjson
from attrs import evolve, field, frozen

from lockbay.sandbox.acts import Impossible, written
from lockbay.sandbox.chat import Chats
from lockbay.sandbox.groups import IN, Group, Status
from lockbay.sandbox.messages import Message, Person
from lockbay.sandbox.updates import Updates
from lockbay.sandbox.wire import Json, Object

FIRST_GROUP: Final = 4_500_000_001
FIRST_SUPERGROUP: Final = 1_002_100_000_001  # behind the -100 that the Bot API puts in front
ANONYMOUS: Final[Object] = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


@frozen
class GroupActs:
    """Acts raise Impossible, and give the number of the event before which nothing of their consequences happened."""

    chats: Chats
    updates: Updates = field(repr=False)

    def make(self, title: str, person: int) -> Group:
        """A new group of that person's, with everybody who has Telegram in it."""
        owner = self._person(person)
        if not title.strip():
            raise Impossible("A group needs a name.")
        group = Group(-self.chats.number("group", FIRST_GROUP), title.strip()).having(owner.id, "creator")
        for other in self.chats.people():
            group = group if other.id == owner.id else group.having(other.id, "member")
        self.chats.keep_group(group)
        return group

    def change(self, number: int, person: int, status: str) -> int:
        """Somebody becomes something else in the group: member, administrator, left."""
        group = self._group(number)
        return self.chats.keep_group(group.having(self._person(person).id, _status(status))) - 1

    def change_bot(self, number: int, person: int, status: str) -> int:
        """Somebody brings the bot in, makes it an administrator, or throws it out. Whoever brings it may have no chat
        with it.
        """
        group, who, new = self._group(number), self._member(number, person), _status(status)
        if group.bot == new:
            raise Impossible("That is so already.")
        if new not in ("member", "left") and group.status(person) not in ("creator", "administrator"):
            raise Impossible(f"{who.first_name} does not run the group.")
        changed = evolve(group, bot=new)
        event = self.chats.keep_group(changed)
        place: Object = {"chat": changed.chat_json(), "from": who.user_json(), "date": int(self.chats.clock())}
        old = {"old_chat_member": self.chats.bot_in(group), "new_chat_member": self.chats.bot_in(changed)}
        self._queue("my_chat_member", {**place, **old})
        if group.bot not in IN and new in IN:
            bot = self.chats.bot.user_json()
            self._queue(
                "message", {**place, "message_id": self.chats.number("message", 101), "new_chat_members": [bot]}
            )
        return event - 1

    def say(self, number: int, person: int, text: str, reply_to: int = 0, *, anonymous: bool = False) -> int:
        """A text. The bot sees it when it is a command for it, a reply to it, or when it is an administrator. Who runs
        a supergroup may write in its name: then it is not told who it was.
        """
        group, who = self._group(number), self._member(number, person)
        if anonymous and (group.kind != "supergroup" or group.status(person) not in ("creator", "administrator")):
            raise Impossible(f"{who.first_name} cannot write in the group's name.")
        content = written(text, empty=False)
        message, event = self.chats.add(number, content, by_bot=False, by=who.id, reply_to=reply_to)
        if group.bot in IN and (group.bot == "administrator" or self._is_for_bot(message)):
            hidden: Object = {"from": ANONYMOUS, "sender_chat": group.chat_json()} if anonymous else {}
            self._queue("message", {**self.chats.json(message), **hidden})
        return event - 1

    def upgrade(self, number: int, person: int) -> Group:
        """The group becomes a supergroup: another chat, with the same people."""
        group, who = self._group(number), self._member(number, person)
        if group.kind == "supergroup":
            raise Impossible("That is so already.")
        new_id = -self.chats.number("supergroup", FIRST_SUPERGROUP)
        moved = evolve(group, id=new_id, kind="supergroup")
        self.chats.keep_group(evolve(group, moved_to=new_id, bot="left"))
        self.chats.keep_group(moved)
        if group.bot in IN:
            self._tell_move(group, {"from": who.user_json(), "migrate_to_chat_id": new_id})
            self._tell_move(moved, {"from": ANONYMOUS, "migrate_from_chat_id": number})
        return moved

    def _tell_move(self, group: Group, what: Object) -> None:
        head: Object = {"message_id": self.chats.number("message", 101), "date": int(self.chats.clock())}
        self._queue("message", {**head, "chat": group.chat_json(), **what})

    def _is_for_bot(self, message: Message) -> bool:
        """A command without a bot's name is for all bots of the group: here there is no other."""
        name = f"@{self.chats.bot.username}".casefold()
        text = message.content.text.encode("utf-16-le")
        commands = (entity for entity in message.content.entities if entity.type == "bot_command")
        marks = [text[2 * entity.offset : 2 * entity.end].decode("utf-16-le") for entity in commands]
        original = self.chats.message(message.chat, message.reply_to)
        is_reply = original is not None and original.by_bot
        return is_reply or any("@" not in mark or mark.casefold().endswith(name) for mark in marks)

    def _group(self, number: int) -> Group:
        group = self.chats.groups.get(number)
        if group is None or group.moved_to:
            raise Impossible(f"There is no group {number}.")
        return group

    def _person(self, number: int) -> Person:
        person = self.chats.person(number)
        if person is None:
            raise Impossible(f"There is no person {number}.")
        return person

    def _member(self, number: int, person: int) -> Person:
        who = self._person(person)
        if self._group(number).status(person) not in IN:
            raise Impossible(f"{who.first_name} is not in the group.")
        return who

    def _queue(self, kind: str, body: Json) -> None:
        self.updates.put(kind, orjson.dumps(body).decode())


def _status(status: str) -> Status:
    if status not in get_args(Status):
        raise Impossible(f"There is no status “{status}”.")
    return cast("Status", status)
