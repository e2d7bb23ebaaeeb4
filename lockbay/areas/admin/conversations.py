"""Administration: the state of the house, and the books of its providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.admin import books, screens
from lockbay.areas.admin.records import AdminBooks, AdminDashboard


async def admin(chat: Chat) -> None:
    """The state of the house."""
    view = await chat.read(AdminDashboard)
    await chat.show(screens.dashboard(chat.words, view, chat.now))


async def provider_books(chat: Chat, after: str = "0") -> None:
    """Providers against the books, and the differences page by page."""
    view = await chat.read(AdminBooks, identifier(after))
    await chat.show(books.books(chat.words, view))


FLOWS: Final[Mapping[str, Flow]] = {"admin": admin, "books": provider_books}
