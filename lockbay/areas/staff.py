"""Flows for the staff, and where they lead whoever may not see what they show: to the menu, as any word that means
nothing does. The statements know who may: a view has no row for anybody else, and an operation is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import wraps

from lockbay.actors.conversation import Chat, Flow
from lockbay.errors import Unseen


def for_staff(flows: Mapping[str, Flow], menu: Flow) -> dict[str, Flow]:
    """These flows; where one raises Unseen, it goes on as the menu."""
    return {name: _or_else(menu, flow) for name, flow in flows.items()}


def _or_else(menu: Flow, flow: Flow) -> Flow:
    @wraps(flow)  # a plan reads from its signature what it takes
    async def tried(chat: Chat, *args: object) -> None:
        with suppress(Unseen):
            return await flow(chat, *args)
        await menu(chat)

    return tried
