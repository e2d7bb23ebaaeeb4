"""What people do in their chats with the bot. Each act becomes updates for the bot and an event for whoever watches."""

from __future__ import annotations

from typing import Final

import orjson
from attrs import evolve, field, frozen

from lockbay.sandbox.chat import Chats
from lockbay.sandbox.entities import Formatted, trimmed, with_found
from lockbay.sandbox.files import Files
from lockbay.sandbox.keyboard import Button, ReplyKeyboard
from lockbay.sandbox.messages import Contact, Message, Person
from lockbay.sandbox.params import Upload
from lockbay.sandbox.updates import Updates
from lockbay.sandbox.wire import Json, Object

LONGEST_TEXT: Final = 4096  # UTF-16 units
FIRST_ID: Final = 1004


class Impossible(Exception):
    """A person cannot do that in Telegram."""


class NotThere(Impossible):
    """Not yet, perhaps."""


@frozen
class Place:
    """Where a button is: its message, row and column."""

    message: Message
    row: int
    column: int

    @property
    def button(self) -> Button:
        return self.message.keyboard[self.row][self.column]


@frozen
class Acts:
    """Acts raise Impossible, and give the number of the event before which nothing of their consequences happened."""

    chats: Chats
    updates: Updates
    files: Files = field(repr=False)

    def join(self, first_name: str, username: str, role: str = "", number: int | None = None) -> Person:
        """A new person with Telegram, who has not met the bot."""
        people = list(self.chats.people())
        if not first_name.strip():
            raise Impossible("A person needs a first name.")
        if username and any(person.username.lower() == username.lower() for person in people):
            raise Impossible(f"@{username} is taken.")
        number = number or max([FIRST_ID - 1, *(person.id for person in people)]) + 1
        if self.chats.person(number):
            raise Impossible(f"{number} is taken.")
        person = Person(number, first_name.strip(), username.lstrip("@"), role)
        self.chats.keep(person)
        return person

    def start(self, number: int, payload: str = "") -> int:
        """Press START, or open t.me/<bot>?start=<payload>. Unblocks the bot."""
        if self._person(number).blocked:
            self.unblock(number)
        return self.say(number, f"/start {payload}".strip())

    def say(self, number: int, text: str, reply_to: int = 0) -> int:
        """A text, perhaps in reply to a message of the chat."""
        content = written(text, empty=False)
        self._can_reply(number, reply_to)
        message, event = self.chats.add(self._met(number).id, content, by_bot=False, reply_to=reply_to)
        self._queue("message", self.chats.json(message))
        return event - 1

    def send(self, number: int, kind: str, upload: Upload, caption: str = "", reply_to: int = 0) -> int:
        """A photo or a document. Raises Refusal when Telegram does not take the file."""
        content = written(caption, empty=True)
        self._can_reply(number, reply_to)
        attachment = self.files.keep(kind, upload)
        message, event = self.chats.add(
            self._met(number).id, content, by_bot=False, attachment=attachment, reply_to=reply_to
        )
        self._queue("message", self.chats.json(message))
        return event - 1

    def tap(self, number: int, label: str) -> int:
        """Press a key that the bot has put in the place of the keyboard: it sends its text, or the person's contact."""
        keyboard = self.chats.keys(self._speaker(number).id)
        key = next((key for row in keyboard.rows for key in row if key.text == label), None)
        if key is None:
            raise NotThere(f"There is no key “{label}”.")
        if keyboard.one_time:
            self.chats.place_keys(number, ReplyKeyboard())
        return self.share(number, number) if key.asks_contact else self.say(number, label)

    def share(self, number: int, whose: int) -> int:
        """A contact, out of the address book: anybody's."""
        shared = self._person(whose)
        contact = Contact(shared.phone, shared.first_name, shared.id)
        message, event = self.chats.add(self._met(number).id, Formatted(""), by_bot=False, contact=contact)
        self._queue("message", self.chats.json(message))
        return event - 1

    def edit(self, number: int, message_id: int, text: str) -> int:
        """Change an own message. Raises Refusal when nothing is different."""
        message = self.chats.message(self._speaker(number).id, message_id)
        if message is None or message.by_bot:
            raise Impossible("Only own messages can be edited.")
        message, event = self.chats.change(message, written(text, empty=False), ())
        self._queue("edited_message", self.chats.json(message))
        return event - 1

    def press(self, number: int, place: Place) -> tuple[int, str]:
        """Press a button that has callback data. Gives the callback's id, too."""
        person = self._speaker(number)
        if place.button.kind != "callback_data":
            raise Impossible(f"“{place.button.text}” is a button for the app: {place.button.kind}.")
        callback, event = self.chats.press(place.message, place.row, place.column)
        query: Object = {"id": callback.id, "from": person.user_json(), "message": self.chats.json(place.message)}
        data: Object = {"chat_instance": str(-7_000_000_000 - number), "data": place.button.value}
        self._queue("callback_query", {**query, **data})
        return event - 1, callback.id

    def block(self, number: int) -> int:
        """The bot can write no more, and is told."""
        return self._member(self._person(number), blocked=True)

    def unblock(self, number: int) -> int:
        return self._member(self._person(number), blocked=False)

    def find(self, number: int, label: str, message_id: int | None = None) -> Place | None:
        """The button of that label, of the newest message that has one: exact before containing, in any case."""
        wanted = label.casefold()
        for message in reversed(self.chats.messages(number)):
            places = [Place(message, r, c) for r, row in enumerate(message.keyboard) for c, _ in enumerate(row)]
            exact = [place for place in places if place.button.text.casefold() == wanted]
            partial = [place for place in places if wanted in place.button.text.casefold()]
            if (found := exact or partial) and message_id in (None, message.id):
                return found[0]
        return None

    def at(self, number: int, message_id: int, row: int, column: int) -> Place:
        message = self.chats.message(number, message_id)
        if message is None or not (0 <= row < len(message.keyboard) and 0 <= column < len(message.keyboard[row])):
            raise Impossible("There is no such button.")
        return Place(message, row, column)

    def _can_reply(self, number: int, reply_to: int) -> None:
        if reply_to and self.chats.message(number, reply_to) is None:
            raise Impossible("There is no such message to reply to.")

    def _person(self, number: int) -> Person:
        person = self.chats.person(number)
        if person is None:
            raise Impossible(f"There is no person {number}.")
        return person

    def _speaker(self, number: int) -> Person:
        person = self._person(number)
        if person.blocked:
            raise Impossible(f"{person.first_name} has blocked the bot.")
        return person

    def _met(self, number: int) -> Person:
        """Whoever writes to the bot has met it."""
        person = self._speaker(number)
        if not person.started:
            self.chats.keep(evolve(person, started=True))
        return person

    def _member(self, person: Person, *, blocked: bool) -> int:
        if person.blocked == blocked:
            raise Impossible("That is so already.")
        event = self.chats.keep(evolve(person, blocked=blocked, started=True))
        status = ("member", "kicked") if blocked else ("kicked", "member")
        old, new = (self._status(name) for name in status)
        who: Object = {"chat": person.chat_json(), "from": person.user_json(), "date": int(self.chats.clock())}
        self._queue("my_chat_member", {**who, "old_chat_member": old, "new_chat_member": new})
        return event - 1

    def _status(self, status: str) -> Object:
        forever: Object = {"until_date": 0} if status == "kicked" else {}
        return {"user": self.chats.bot.user_json(), "status": status, **forever}

    def _queue(self, kind: str, body: Json) -> None:
        self.updates.put(kind, orjson.dumps(body).decode())


def written(text: str, *, empty: bool) -> Formatted:
    """A text as an app sends it. Raises Impossible."""
    content = with_found(trimmed(Formatted(text)))
    if not content.text and not empty:
        raise Impossible("There is nothing to send.")
    if content.length > LONGEST_TEXT:
        raise Impossible(f"A message has at most {LONGEST_TEXT} characters.")
    return content
