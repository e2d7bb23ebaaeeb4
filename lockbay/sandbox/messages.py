"""People, the bot and the messages between them: records, and the JSON that the Bot API makes of them."""

from __future__ import annotations

from attrs import frozen

from lockbay.sandbox.entities import Formatted
from lockbay.sandbox.keyboard import Keyboard, keyboard_json
from lockbay.sandbox.wire import Json, Object, present


@frozen
class Person:
    """Somebody with Telegram. `started`: the bot may write to them; `blocked`: it may not any more."""

    id: int
    first_name: str
    username: str = ""
    role: str = ""  # shown on the page only: buyer, seller, operator
    language: str = "en"
    started: bool = False
    blocked: bool = False
    number: str = ""  # digits; a made-up Nigerian one where none is given

    @property
    def phone(self) -> str:
        """As the Bot API tells it: without a +."""
        return self.number or f"234803{self.id % 10**7:07}"

    def user_json(self) -> Object:
        name = present(username=self.username, language_code=self.language)
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **name}

    def chat_json(self) -> Object:
        return {"id": self.id, "first_name": self.first_name, **present(username=self.username), "type": "private"}

    def as_json(self) -> Object:
        """For the page and for tests."""
        state: Object = {"role": self.role, "started": self.started, "blocked": self.blocked}
        name: Object = {"first_name": self.first_name, "username": self.username}
        return {"id": self.id, **name, "phone": f"+{self.phone}", **state}


@frozen
class Bot:
    """The one bot of the sandbox."""

    id: int
    token: str
    username: str
    first_name: str

    def user_json(self) -> Object:
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}

    def full_json(self) -> Object:
        no = ("can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business", "has_main_web_app")
        return {**self.user_json(), "can_join_groups": True, **dict.fromkeys(no, False), "has_topics_enabled": False}


@frozen
class Attachment:
    """A file in a message: kind is 'photo' or 'document'."""

    kind: str
    file_id: str
    size: int
    name: str = ""
    mime: str = ""
    width: int = 0
    height: int = 0

    def as_json(self) -> Json:
        file: Object = {"file_id": self.file_id, "file_unique_id": f"u{self.file_id[-12:]}", "file_size": self.size}
        if self.kind == "photo":
            return [{**file, "width": self.width, "height": self.height}]
        return {**file, **present(file_name=self.name, mime_type=self.mime)}


@frozen
class Contact:
    """A shared contact. Telegram knows whose account has the number."""

    phone: str
    first_name: str
    user_id: int

    def as_json(self) -> Object:
        return {"phone_number": self.phone, "first_name": self.first_name, "user_id": self.user_id}


@frozen
class Message:
    """One message of a chat. `content` is its text, or the caption of its attachment; a contact has none. In a group
    `by` says who wrote it, if not the bot.
    """

    chat: int
    id: int
    date: int
    by_bot: bool
    content: Formatted
    keyboard: Keyboard = ()
    attachment: Attachment | None = None
    edited: int = 0
    reply_to: int = 0
    contact: Contact | None = None
    by: int = 0

    @property
    def key(self) -> str:
        return f"{self.chat}:{self.id}"

    @property
    def shown(self) -> tuple[Formatted, Keyboard, Attachment | None]:
        """What an edit must change."""
        return self.content, self.keyboard, self.attachment

    def as_json(self, sender: Object, chat: Object, replied: Json = None) -> Object:
        """`replied`: what it replies to, if that is still there. That is shown without what it replies to itself."""
        head: Object = {"message_id": self.id, "from": sender, "chat": chat, "date": self.date}
        markup = keyboard_json(self.keyboard)
        more = present(edit_date=self.edited or None, reply_to_message=replied, reply_markup=markup)
        return {**head, **self._content(), **more}

    def _content(self) -> Object:
        if self.contact is not None:
            return {"contact": self.contact.as_json()}
        marks = [entity.as_json() for entity in self.content.entities]
        if self.attachment is None:
            return {"text": self.content.text, **present(entities=marks)}
        caption = present(caption=self.content.text, caption_entities=marks)
        return {self.attachment.kind: self.attachment.as_json(), **caption}
