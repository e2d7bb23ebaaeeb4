"""Who is there and what was said: the state of the local Telegram, and what the bot may do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from attrs import evolve, frozen

from lockbay.sandbox.entities import Formatted
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.groups import Group, Groups, member_json
from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.keyboard import Keyboard, ReplyKeyboard
from lockbay.sandbox.messages import Attachment, Bot, Contact, Message, Person
from lockbay.sandbox.refusal import NOT_MODIFIED, QUERY_TOO_OLD, bad_request, forbidden
from lockbay.sandbox.wire import Json, Object, present

TWO_DAYS: Final = 48 * 3600  # a bot may delete messages so long


@frozen
class Callback:
    """A press on a button that the bot may answer once, for a while."""

    id: str
    chat: int
    message: int
    pressed: float


class Chats:
    """People, their chats with the bot, and the presses that wait for an answer. Survives restarts."""

    def __init__(self, journal: Journal, counters: Counters, feed: Feed, bot: Bot, clock: Callable[[], float]) -> None:
        self.bot, self.clock = bot, clock
        self._counters, self._feed = counters, feed
        self._people = journal.table("person", Person)
        self.groups = Groups(journal, clock)
        self._messages = journal.table("message", Message)
        self._callbacks = journal.table("callback", Callback)
        self._keyboards = journal.table("keyboard", ReplyKeyboard)
        self._by_chat: dict[int, dict[int, Message]] = {}
        for message in self._messages:
            self._by_chat.setdefault(message.chat, {})[message.id] = message
            self._feed.tell("edited" if message.edited else "message", message.chat, self.json(message))

    # people

    def people(self) -> Iterable[Person]:
        return self._people

    def person(self, number: int) -> Person | None:
        return self._people.get(number)

    def keep(self, person: Person) -> int:
        """Add or change a person. Gives the event's number."""
        self._people.put(person.id, person)
        return self._feed.tell("person", person.id, person.as_json())

    def reader(self, number: int) -> Person | Group:
        """The person to whom the bot may write, or the group. Raises Refusal."""
        if self.groups.get(number) is not None:
            return self.groups.open(number)
        person = self._people.get(number)
        if person is None or not person.started:
            raise bad_request("chat not found")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        return person

    # groups

    def keep_group(self, group: Group) -> int:
        """Add or change a group. Gives the event's number."""
        self.groups.keep(group)
        return self._feed.tell("group", group.id, {**group.as_json(), "moved_to": group.moved_to})

    def bot_in(self, group: Group) -> Object:
        """The bot as a ChatMember."""
        return member_json(self.bot.user_json(), group.bot)

    def member(self, chat: int, number: int) -> Object:
        """Somebody as a ChatMember. Raises Refusal."""
        group = self.groups.open(chat)
        if number == self.bot.id:
            return self.bot_in(group)
        person = self._people.get(number)
        if person is None:
            raise bad_request("user not found")
        return member_json(person.user_json(), group.status(number))

    def number(self, name: str, first: int) -> int:
        """The next of such numbers."""
        return self._counters.next(name, first)

    # messages

    def messages(self, chat: int) -> list[Message]:
        return sorted(self._by_chat.get(chat, {}).values(), key=lambda message: message.id)

    def message(self, chat: int, number: int) -> Message | None:
        return self._by_chat.get(chat, {}).get(number)

    def json(self, message: Message) -> Object:
        """As the Bot API shows it."""
        group = self.groups.get(message.chat)
        person = self._people.get(message.by if group else message.chat)
        chat = (group or person).chat_json()  # type: ignore[union-attr]
        replied = self.message(message.chat, message.reply_to)
        shown = None if replied is None else replied.as_json(self._sender(replied), chat)
        return message.as_json(self._sender(message), chat, shown)

    def _sender(self, message: Message) -> Object:
        person = self._people.get(message.by or message.chat)
        return self.bot.user_json() if message.by_bot or person is None else person.user_json()

    def add(
        self,
        chat: int,
        content: Formatted,
        *,
        by_bot: bool,
        keyboard: Keyboard = (),
        attachment: Attachment | None = None,
        reply_to: int = 0,
        contact: Contact | None = None,
        by: int = 0,
    ) -> tuple[Message, int]:
        """A new message, and the number of the event that tells of it."""
        number, date = self._counters.next("message", 101), int(self.clock())
        message = Message(
            chat, number, date, by_bot, content, keyboard, attachment, reply_to=reply_to, contact=contact, by=by
        )
        return message, self._store(message, "message")

    def keys(self, chat: int) -> ReplyKeyboard:
        """What stands in the place of the person's keyboard now."""
        return self._keyboards.get(chat) or ReplyKeyboard()

    def place_keys(self, chat: int, keyboard: ReplyKeyboard) -> None:
        """The bot puts a keyboard there, or takes it away; one for one time goes when it was used."""
        if keyboard != self.keys(chat):
            self._keyboards.put(chat, keyboard)
            self._feed.tell("keyboard", chat, {"rows": keyboard.as_json()})

    def change(self, message: Message, content: Formatted, keyboard: Keyboard) -> tuple[Message, int]:
        """The bot or the person edits. Raises Refusal when nothing is different."""
        changed = evolve(message, content=content, keyboard=keyboard)
        if changed.shown == message.shown:
            raise bad_request(NOT_MODIFIED)
        # Telegram says nothing of an edit that changed the buttons only.
        edited = int(self.clock()) if content != message.content else message.edited
        changed = evolve(changed, edited=edited)
        return changed, self._store(changed, "edited")

    def own(self, chat: int, number: int) -> Message:
        """A message that the bot may edit. Raises Refusal."""
        self._known(chat)
        message = self.message(chat, number)
        if message is None:
            raise bad_request("message to edit not found")
        if not message.by_bot:
            raise bad_request("message can't be edited")
        return message

    def delete(self, chat: int, number: int) -> None:
        """Raises Refusal."""
        self._known(chat)
        message = self.message(chat, number)
        if message is None:
            raise bad_request("message to delete not found")
        if self.clock() - message.date > TWO_DAYS:
            raise bad_request("message can't be deleted")
        del self._by_chat[chat][number]
        self._messages.drop(message.key)
        self._feed.tell("deleted", chat, {"message_id": number})

    def do(self, chat: int, action: str) -> None:
        """A chat action is shown and forgotten. Raises Refusal."""
        self.reader(chat)
        self._feed.tell("action", chat, {"action": action})

    # presses

    def press(self, message: Message, row: int, column: int) -> tuple[Callback, int]:
        """A callback to be answered, and the number of the event that tells of it."""
        number = str(self._counters.next("callback", 4_810_000_000_000_001, 7919))
        callback = self._callbacks.put(number, Callback(number, message.chat, message.id, self.clock()))
        place: Object = {"callback_id": number, "message_id": message.id, "row": row, "column": column}
        return callback, self._feed.tell("pressed", message.chat, place)

    def answer(self, number: str, within: float, text: str, alert: bool, url: str) -> None:
        """Once for each press, and not later than `within` seconds after it. Raises Refusal."""
        callback = self._callbacks.get(number)
        self._callbacks.drop(number)
        if callback is None or self.clock() - callback.pressed > within:
            raise bad_request(QUERY_TOO_OLD)
        said = present(text=text, show_alert=alert, url=url)
        told: Object = {"callback_id": number, "message_id": callback.message, **said}
        self._feed.tell("answered", callback.chat, told)

    def tell(self, kind: str, chat: int | None, data: Json) -> int:
        """An event that leaves no trace in the state."""
        return self._feed.tell(kind, chat, data)

    def _known(self, chat: int) -> None:
        if self.groups.get(chat) is not None:
            self.groups.open(chat)
            return
        person = self._people.get(chat)
        if person is None or not person.started:
            raise bad_request("chat not found")

    def _store(self, message: Message, kind: str) -> int:
        self._messages.put(message.key, message)
        self._by_chat.setdefault(message.chat, {})[message.id] = message
        return self._feed.tell(kind, message.chat, self.json(message))
