"""The methods of the Bot API that the sandbox has, all but getUpdates. Synchronous: each takes effect at once or not.

Parameters, answers and refusals follow tdlib/telegram-bot-api (Client.cpp). What the sandbox has not: Markdown, keys
that ask for places, people or polls (taken as text), albums, channels, what bots do to people in
groups, payments, inline mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attrs import field, frozen

from lockbay.sandbox.chat import Chats
from lockbay.sandbox.commands import Commands
from lockbay.sandbox.entities import Entity, Formatted, trimmed, with_found
from lockbay.sandbox.files import Files
from lockbay.sandbox.html import parse_html
from lockbay.sandbox.keyboard import parse_markup, parse_reply_markup
from lockbay.sandbox.messages import Attachment, Message
from lockbay.sandbox.params import Params, Upload
from lockbay.sandbox.refusal import Refusal, bad_request
from lockbay.sandbox.updates import Updates
from lockbay.sandbox.wire import Json, Object

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
LONGEST_SOURCE: Final = 1 << 15  # bytes, before parsing
LONGEST_ANSWER: Final = 200
ACTIONS: Final = (
    "cancel", "typing", "record_video", "upload_video", "record_voice", "upload_voice", "record_audio",
    "upload_audio", "upload_photo", "upload_document", "choose_sticker", "pick_up_location", "find_location",
    "record_video_note", "upload_video_note",
)  # fmt: skip


@frozen
class Done:
    """A result with the description that Telegram gives some of them."""

    result: Json
    description: str = ""


@frozen
class Methods:
    """All methods raise Refusal."""

    chats: Chats
    updates: Updates
    files: Files = field(repr=False)
    commands: Commands = field(repr=False)
    answer_within: float  # seconds; Telegram's own limit is some 15

    def call(self, name: str, params: Params) -> Done:
        """`name` in lower case."""
        method = self._named.get(name)
        if method is None:
            raise Refusal(404, "Not Found: method not found")
        result = method(params)
        return result if isinstance(result, Done) else Done(result)

    @property
    def _named(self) -> Mapping[str, Callable[[Params], Json | Done]]:
        return {
            "getme": self._get_me,
            "getchat": self._get_chat,
            "getchatmember": self._get_chat_member,
            "getfile": self._get_file,
            "sendmessage": self._send_message,
            "sendphoto": lambda params: self._send_file(params, "photo"),
            "senddocument": lambda params: self._send_file(params, "document"),
            "sendchataction": self._send_chat_action,
            "editmessagetext": self._edit_message_text,
            "editmessagecaption": self._edit_message_caption,
            "editmessagereplymarkup": self._edit_message_reply_markup,
            "deletemessage": self._delete_message,
            "answercallbackquery": self._answer_callback_query,
            "setmycommands": self._set_my_commands,
            "deletemycommands": self._set_my_commands,
            "getmycommands": self.commands.get,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": lambda _: self.updates.info(),
        }

    def _get_me(self, _: Params) -> Json:
        return self.chats.bot.full_json()

    def _get_chat_member(self, params: Params) -> Json:
        """In a private chat Telegram answers, too; the sandbox knows groups only."""
        chat_id = _chat_id(params)
        if not params.text("user_id"):
            raise bad_request("invalid user_id specified")
        return self.chats.member(chat_id, params.integer("user_id"))

    def _get_chat(self, params: Params) -> Json:
        if (group := self.chats.groups.get(_chat_id(params))) is not None:
            return {**self.chats.groups.open(group.id).chat_json(), "max_reaction_count": 11}
        person = self.chats.person(_chat_id(params))
        if person is None or not person.started:
            raise bad_request("chat not found")
        names: Object = {"active_usernames": [person.username]} if person.username else {}
        return {**person.chat_json(), **names, "accent_color_id": person.id % 7, "max_reaction_count": 11}

    def _get_file(self, params: Params) -> Json:
        if not params.text("file_id"):
            raise bad_request("file_id not specified")
        stored = self.files.stored(params.text("file_id"))
        file = stored.attachment
        unique = f"u{file.file_id[-12:]}"
        return {"file_id": file.file_id, "file_unique_id": unique, "file_size": file.size, "file_path": stored.path}

    def _send_message(self, params: Params) -> Json:
        content = _text(params, "message is too long")
        return self._send(params, content)

    def _send_file(self, params: Params, kind: str) -> Json:
        content = _caption(params)
        source = _source(params, kind)
        attachment = self.files.find(kind, source) if isinstance(source, str) else self.files.keep(kind, source)
        return self._send(params, content, attachment)

    def _send(self, params: Params, content: Formatted, attachment: Attachment | None = None) -> Json:
        keyboard, keys = parse_markup(params.text("reply_markup")), parse_reply_markup(params.text("reply_markup"))
        chat = self.chats.reader(_chat_id(params)).id
        reply_to = self._replied(chat, params)
        if chat < 0:
            self.chats.groups.count(chat)
        message, _ = self.chats.add(
            chat, content, by_bot=True, keyboard=keyboard, attachment=attachment, reply_to=reply_to
        )
        if keys is not None:
            self.chats.place_keys(chat, keys)
        return self.chats.json(message)

    def _replied(self, chat: int, params: Params) -> int:
        reply = params.json("reply_parameters", "can't parse reply parameters JSON object")
        number = reply.get("message_id") if isinstance(reply, Mapping) else None
        if not isinstance(reply, Mapping) or not isinstance(number, int):
            return 0
        if self.chats.message(chat, number):
            return number
        if reply.get("allow_sending_without_reply"):
            return 0
        raise bad_request("message to be replied not found")

    def _send_chat_action(self, params: Params) -> Json:
        action = params.text("action").lower()
        if action not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self.chats.do(_chat_id(params), action)
        return True

    def _edit_message_text(self, params: Params) -> Json:
        content = _text(params, "MESSAGE_TOO_LONG")
        message = self._edited(params)
        if message.attachment:
            raise bad_request("there is no text in the message to edit")
        return self._change(message, content, params)

    def _edit_message_caption(self, params: Params) -> Json:
        content = _caption(params)
        message = self._edited(params)
        if not message.attachment:
            raise bad_request("there is no caption in the message to edit")
        return self._change(message, content, params)

    def _edit_message_reply_markup(self, params: Params) -> Json:
        message = self._edited(params)
        return self._change(message, message.content, params)

    def _edited(self, params: Params) -> Message:
        if not params.text("chat_id") and not params.text("message_id"):
            raise bad_request("message identifier is not specified")
        return self.chats.own(_chat_id(params), params.integer("message_id"))

    def _change(self, message: Message, content: Formatted, params: Params) -> Json:
        changed, _ = self.chats.change(message, content, parse_markup(params.text("reply_markup"), only_inline=True))
        return self.chats.json(changed)

    def _delete_message(self, params: Params) -> Json:
        if not params.text("message_id"):
            raise bad_request("message identifier is not specified")
        self.chats.delete(_chat_id(params), params.integer("message_id"))
        return True

    def _answer_callback_query(self, params: Params) -> Json:
        text, url = params.text("text"), params.text("url")
        if len(text) > LONGEST_ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        if url and not url.startswith(f"https://t.me/{self.chats.bot.username}?start="):
            raise bad_request("URL_INVALID")
        number = params.text("callback_query_id")
        self.chats.answer(number, self.answer_within, text, params.flag("show_alert"), url)
        return True

    def _set_my_commands(self, params: Params) -> Json:
        self.commands.set(params)
        self.chats.tell("commands", None, None)
        return True

    def _set_webhook(self, params: Params) -> Done:
        url = params.text("url")
        if not url:
            return self._delete_webhook(params)
        if not url.startswith("https://"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self.updates.set_webhook(url)
        return Done(True, "Webhook was set")

    def _delete_webhook(self, params: Params) -> Done:
        was = self.updates.webhook
        if params.flag("drop_pending_updates"):
            self.updates.clear()
        self.updates.set_webhook("")
        return Done(True, "Webhook was deleted" if was else "Webhook is already deleted")


def _chat_id(params: Params) -> int:
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    return params.integer("chat_id")


def _text(params: Params, too_long: str) -> Formatted:
    if not params.text("text"):
        raise bad_request("message text is empty")
    content = _formatted(params, "text", "entities")
    if not content.text:
        raise bad_request("text must be non-empty")
    if content.length > LONGEST_TEXT:
        raise bad_request(too_long)
    return content


def _caption(params: Params) -> Formatted:
    content = _formatted(params, "caption", "caption_entities")
    if content.length > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return content


def _formatted(params: Params, name: str, marks: str) -> Formatted:
    source, mode = params.text(name), params.text("parse_mode").lower()
    if len(source.encode()) > LONGEST_SOURCE:
        raise bad_request("text is too long")
    if mode not in ("", "none", "html"):
        raise bad_request("unsupported parse_mode")
    given = parse_html(source) if mode == "html" else Formatted(source, _given_entities(params, marks))
    return with_found(trimmed(given))


def _given_entities(params: Params, name: str) -> tuple[Entity, ...]:
    entities = params.json(name, "can't parse entities JSON object")
    return tuple(_entity(entity) for entity in entities) if isinstance(entities, list) else ()


def _entity(fields: Json) -> Entity:
    if not isinstance(fields, Mapping):
        raise bad_request("can't parse MessageEntity: expected an Object")
    kind, offset, length = (fields.get(name) for name in ("type", "offset", "length"))
    if not isinstance(kind, str) or not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request("can't parse MessageEntity: Can't find field \"type\"")
    return Entity(kind, offset, length, url=str(fields.get("url") or ""), language=str(fields.get("language") or ""))


def _source(params: Params, kind: str) -> Upload | str:
    """The file of a call: a part of the body, or the id of a file that was sent before."""
    named = params.text(kind)
    part = named.removeprefix("attach://") if named.startswith("attach://") else kind
    if part in params.files:
        return params.files[part]
    if not named or named.startswith("attach://"):
        raise bad_request(f"there is no {kind} in the request")
    return named
