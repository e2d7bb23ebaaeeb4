"""The menu and the help: one screen each."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.areas.menu import screens
from lockbay.areas.menu.records import Menu


async def menu(chat: Chat) -> None:
    """What the person has, what waits for them, and the way to all of it."""
    view = await chat.read(Menu)
    assert view is not None, "a person has a menu"
    await chat.show(screens.menu(chat.words, view))


async def help(chat: Chat) -> None:
    """How a trade goes, and the commands."""
    await chat.show(screens.help(chat.words, is_admin=chat.person.is_admin))
