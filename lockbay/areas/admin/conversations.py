"""Administration: the dashboard, for admins only."""

from __future__ import annotations

from lockbay.actors.conversation import Chat, Flow
from lockbay.areas.admin import screens
from lockbay.areas.admin.records import AdminDashboard


def admin(menu: Flow) -> Flow:
    """The dashboard. Who is no admin gets the menu, as for any word that means nothing."""

    async def flow(chat: Chat) -> None:
        if not chat.person.is_admin:
            return await menu(chat)
        view = await chat.read(AdminDashboard)
        assert view is not None, "an admin is a person"
        await chat.show(screens.dashboard(chat.words, view, chat.now))

    return flow
