"""Keyboards: what Telegram takes, and how it refuses the rest (Client.cpp of tdlib/telegram-bot-api, ReplyMarkup.cpp of
tdlib/td).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from attrs import frozen

from lockbay.sandbox.refusal import Refusal, bad_request
from lockbay.sandbox.wire import Json, NotJson, Object, parse, present

STYLES: Final = ("primary", "success", "danger")
LARGEST_KEYBOARD: Final = 100  # buttons
LONGEST_DATA: Final = 64  # bytes
LONGEST_COPY: Final = 256  # characters


@frozen
class Button:
    """`kind` is the field that says what the button does, `value` what it does it with."""

    text: str
    kind: str
    value: str
    style: str = ""

    def as_json(self) -> Object:
        wrap = {"copy_text": "text", "web_app": "url"}.get(self.kind)
        does: Json = {wrap: self.value} if wrap else self.value
        return {"text": self.text, self.kind: does, **present(style=self.style)}


Keyboard: TypeAlias = tuple[tuple[Button, ...], ...]


@frozen
class ReplyKey:
    """A key in the place of the person's keyboard: it sends its text, or else the person's own contact."""

    text: str
    asks_contact: bool = False


@frozen
class ReplyKeyboard:
    """What stands in the place of the person's keyboard; without rows: their own again."""

    rows: tuple[tuple[ReplyKey, ...], ...] = ()
    one_time: bool = False

    def as_json(self) -> Json:
        return [[{"text": key.text, "request_contact": key.asks_contact} for key in row] for row in self.rows]


def keyboard_json(keyboard: Keyboard) -> Json:
    return {"inline_keyboard": [[button.as_json() for button in row] for row in keyboard]} if keyboard else None


def parse_reply_markup(text: str) -> ReplyKeyboard | None:
    """What a reply_markup parameter puts in the place of the person's keyboard; None: it stays. Raises Refusal."""
    markup = _parsed(text)
    if rows := markup.get("keyboard"):
        if not isinstance(rows, list):
            raise bad_request('Field "keyboard" must be of type Array')
        keys = tuple(row for row in map(_reply_row, rows) if row)
        return ReplyKeyboard(keys, _flag(markup, "one_time_keyboard")) if keys else None
    is_removed = _flag(markup, "remove_keyboard") or _flag(markup, "hide_keyboard")
    return ReplyKeyboard() if is_removed and not markup.get("inline_keyboard") else None


def _reply_row(row: Json) -> tuple[ReplyKey, ...]:
    if not isinstance(row, list):
        raise bad_request('Field "keyboard" must be an Array of Arrays')
    return tuple(key for key in map(_reply_key, row) if key.text)


def _reply_key(key: Json) -> ReplyKey:
    if isinstance(key, str):
        return ReplyKey(key)
    if not isinstance(key, Mapping):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    text = key.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    return ReplyKey(text.strip(), _flag(key, "request_contact") or _flag(key, "request_phone_number"))


def _flag(fields: Object, name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise bad_request(f'Field "{name}" must be of type Boolean')
    return value


def _parsed(text: str) -> Object:
    if not text:
        return {}
    try:
        markup = parse(text)
    except NotJson:
        raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, Mapping):
        raise bad_request("object expected as reply markup")
    return markup


def parse_markup(text: str, *, only_inline: bool = False) -> Keyboard:
    """The inline keyboard of a reply_markup parameter; other kinds are none, or refused. Raises Refusal."""
    markup = _parsed(text)
    if only_inline and parse_reply_markup(text) is not None:
        raise bad_request("inline keyboard expected")
    if markup.get("keyboard"):
        return ()
    rows = markup.get("inline_keyboard")
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise bad_request('Field "inline_keyboard" must be of type Array')
    return _checked(tuple(row for row in map(_row, rows) if row))


def _checked(keyboard: Keyboard) -> Keyboard:
    buttons = [button for row in keyboard for button in row]
    for button in buttons:
        _check(button)
    if len(buttons) > LARGEST_KEYBOARD:
        raise bad_request("reply markup is too long")
    return keyboard


def _row(row: Json) -> tuple[Button, ...]:
    if not isinstance(row, list):
        raise bad_request('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    return tuple(_button(button) for button in row)


def _button(button: Json) -> Button:
    if not isinstance(button, Mapping):
        raise _unparsed("InlineKeyboardButton must be an Object")
    text = _string(button, "text")
    if text is None:
        raise _unparsed('Can\'t find field "text"')
    style = (_string(button, "style") or "").lower()
    if style not in ("", "default", *STYLES):
        raise _unparsed("invalid button style specified")
    kind, value = _does(button)
    return Button(text, kind, value, style.removeprefix("default"))


def _does(button: Object) -> tuple[str, str]:
    for kind in ("url", "callback_data"):
        if value := _string(button, kind):
            return kind, value
    for kind in ("callback_game", "pay", "login_url"):
        if kind in button:
            raise bad_request("BUTTON_TYPE_INVALID")
    for kind in ("switch_inline_query", "switch_inline_query_current_chat"):
        if (value := _string(button, kind)) is not None:
            return kind, value
    for kind, inner in (("web_app", "url"), ("copy_text", "text")):
        if kind in button:
            return kind, _inner(button, kind, inner)
    raise _unparsed("Text buttons are unallowed in the inline keyboard")


def _inner(button: Object, kind: str, name: str) -> str:
    inside = button[kind]
    if not isinstance(inside, Mapping):
        raise _unparsed(f'Field "{kind}" must be of type Object')
    value = _string(inside, name)
    if value is None:
        raise _unparsed(f'Can\'t find field "{name}"')
    return value


def _string(fields: Object, name: str) -> str | None:
    """Numbers pass as strings, as they do at Telegram."""
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise _unparsed(f'Field "{name}" must be of type String')


def _check(button: Button) -> None:
    if not button.text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if button.kind == "callback_data" and len(button.value.encode()) > LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.kind == "copy_text" and not 1 <= len(button.value) <= LONGEST_COPY:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if button.kind in ("url", "web_app") and not _is_url(button.value):
        raise bad_request(f"inline keyboard button URL '{button.value}' is invalid: Wrong HTTP URL")
    if button.kind == "web_app" and not button.value.startswith("https://"):
        raise bad_request(
            f"inline keyboard button Web App URL '{button.value}' is invalid: Only HTTPS links are allowed"
        )


def _is_url(url: str) -> bool:
    """Telegram knows no hosts without a dot: http://localhost is refused, http://127.0.0.1 is not."""
    return bool(re.match(r"(tg|ton)://\S+$|(https?://)?([\w-]+\.)+[\w-]+(:\d+)?([/?#]\S*)?$", url, re.IGNORECASE))


def _unparsed(what: str) -> Refusal:
    return bad_request(f"can't parse inline keyboard button: {what}")
