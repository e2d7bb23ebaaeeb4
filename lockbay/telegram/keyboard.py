"""A screen's buttons as the Bot API wants them, and how they degrade where a server knows less than we do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, cast

from lockbay.actors.screen import (
    Answer,
    AskContact,
    Button,
    Copy,
    Link,
    NoKeyboard,
    Origin,
    Screen,
    Url,
    encode_answer,
    encode_link,
)
from lockbay.telegram.types import Keyboard

# What a screen can do without, by the letters that a refusal names it with: newer fields (Bot API 9.4, 7.11 and 7.0,
# docs/apis.md §1.8), and addresses that Telegram does not take: of a host without a dot, or a link as a provider
# has it.
SPARED: Final = {
    "style": "style",
    "copytext": "copy_text",
    "linkpreviewoptions": "link_preview_options",
    "buttonurl": "url",
}


def screen_markup(screen: Screen, origin: Origin | None) -> Keyboard | None:
    """The markup of a screen; None where it has no buttons and leaves the person's keyboard as it is.

    Raises CallbackTooLong, and ValueError for an Answer on a screen that no conversation asked, and for two kinds of
    buttons: a message has one markup.
    """
    if screen.keyboard is not None:
        return _in_keyboards_place(screen, screen.keyboard)
    if not screen.rows:
        return None
    stays = screen.stays or screen.attachment is not None
    return {"inline_keyboard": [[_button(button, origin, stays) for button in row] for row in screen.rows]}


def _in_keyboards_place(screen: Screen, keyboard: AskContact | NoKeyboard) -> Keyboard:
    """https://core.telegram.org/bots/api#replykeyboardmarkup. It goes after one press, and is as low as it can be."""
    if screen.rows:
        raise ValueError("a message cannot have buttons and change the keyboard")
    if isinstance(keyboard, NoKeyboard):
        return {"remove_keyboard": True}
    share: dict[str, object] = {"text": keyboard.label, "request_contact": True}
    rows = [[share], *([{"text": other}] for other in keyboard.others)]
    return {"keyboard": rows, "one_time_keyboard": True, "resize_keyboard": True}


def _button(button: Button, origin: Origin | None, stays: bool) -> dict[str, object]:
    if isinstance(button, Copy):
        return {"text": button.label, "copy_text": {"text": button.text}}
    if isinstance(button, Url):
        return {"text": button.label, "url": button.url}
    made: dict[str, object] = {"text": button.label, "callback_data": _callback(button, origin, stays)}
    return made if button.style is None else {**made, "style": button.style}


def _callback(button: Answer | Link, origin: Origin | None, stays: bool) -> str:
    if isinstance(button, Link):
        return encode_link(button.flow, button.args, stays=stays)
    if origin is None:
        raise ValueError(f"the button {button.label!r} answers a question, but nothing was asked")
    return encode_answer(origin, button.value)


def without_refused_field(params: Mapping[str, object], description: str) -> dict[str, object] | None:
    """The same call without the field that a 400's description names; None when it names none that is there.

    Copy buttons and links go altogether (a button must do something): what they copy has to stand in the text as well.
    """
    words = re.sub(r"[^a-z]", "", description.lower())
    for letters, name in SPARED.items():
        if letters in words:
            plainer = _without(params, name)
            if plainer != params:
                return plainer
    return None


def _without(params: Mapping[str, object], name: str) -> dict[str, object]:
    plainer = {key: value for key, value in params.items() if key != name}
    if "reply_markup" in plainer:
        plainer["reply_markup"] = _plainer(cast(Keyboard, plainer["reply_markup"]), name)
    return plainer


def _plainer(keyboard: Keyboard, name: str) -> Keyboard:
    if "inline_keyboard" not in keyboard:
        return keyboard
    stripped = (
        [{key: value for key, value in button.items() if key != name} for button in row]
        for row in cast("list[list[dict[str, object]]]", keyboard["inline_keyboard"])
    )
    rows = ([button for button in row if len(button) > 1] for row in stripped)
    return {"inline_keyboard": [row for row in rows if row]}
