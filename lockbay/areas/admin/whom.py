"""Whom something is about: asked until it is somebody."""

from __future__ import annotations

from typing import TypeVar

from lockbay.actors.conversation import Chat
from lockbay.actors.screen import Screen
from lockbay.areas.admin import answers
from lockbay.postgres.queries import View

V = TypeVar("V", bound=View)


async def whom(chat: Chat, question: Screen, view: type[V], *keys: object) -> V:
    """The row that the view has for `keys` and for the @username or number that was entered."""
    shown = question
    while True:
        handle = await chat.ask("person", shown, parse=answers.handle(chat.words))
        found = await chat.find(view, *keys, handle)
        if found is not None:
            return found
        shown = question.with_problem(chat.words("LockBay knows nobody called {handle}.", handle=handle))
