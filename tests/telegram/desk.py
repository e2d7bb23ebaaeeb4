"""Who hands screens to the courier, and what Telegram may say to it."""

from __future__ import annotations

from functools import partial

import structlog
from markupsafe import Markup

from lockbay.actors.screen import Link, Screen
from lockbay.telegram.courier import Courier
from tests.telegram.stub import BOUND, Refused

Logs = list[structlog.typing.EventDict]
GONE = Refused(400, "Bad Request: message to edit not found")
AWAY = Refused(502, "Bad Gateway")
BLOCKED = Refused(403, "Forbidden: bot was blocked by the user")
NOT_MODIFIED = Refused(400, "Bad Request: message is not modified")


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def screen(text: str, photo: bytes | None = None) -> Screen:
    return Screen(Markup(text), ((Link("Menu", "menu"),),), photo)


class Desk:
    """Sends replies and notes which are done, in order."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self.done: list[str] = []

    def reply(self, chat_id: int, text: str, *, edit: int | None = None, photo_edit: bool = False) -> None:
        self.show(chat_id, screen(text), edit=edit, photo_edit=photo_edit)

    def show(self, chat_id: int, shown: Screen, *, edit: int | None = None, photo_edit: bool = False) -> None:
        done = partial(self.done.append, str(shown.text))
        self.courier.reply(chat_id, shown, origin=None, edit=edit, photo_edit=photo_edit, done=done)

    async def settled(self) -> None:
        assert await self.courier.drain(BOUND) == 0
