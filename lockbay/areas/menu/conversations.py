"""The menu and the help: one screen each."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.areas.menu import screens
from lockbay.areas.menu.records import Costs, Menu


async def menu(chat: Chat, came: str = "") -> None:
    """What the person has, what waits for them, and the way to all of it. `came`: see lockbay.actors.plan."""
    view = await chat.read(Menu)
    await chat.show(screens.menu(chat.words, view).with_problem(screens.unasked(chat.words, came)))


async def help(chat: Chat) -> None:
    """How a trade goes, what things cost, and the commands."""
    costs = await chat.read(Costs)
    await chat.show(screens.help(chat.words, costs, is_admin=chat.person.is_admin))
