"""An aside: a reply to something that we told, taken wherever the person is. What they are in stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TypeAlias

from lockbay.actors.conversation import Chat, Conversation, Request, World
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Reply
from lockbay.actors.update import Original

Aside: TypeAlias = Callable[[Chat, Original, Reply], Coroutine[Request, object, bool]]


async def take_aside(aside: Aside, chat: Chat, update_id: int, original: Original, reply: Reply, world: World) -> bool:
    """Whether the aside took the reply. Raises Invalid when it did and cannot use it.

    It has no journal, as it cannot be in the middle of anything: the same update again does the same, and what it does
    is done once, as its keys are made of the update's id.
    """
    taken = []

    async def flow(chat: Chat) -> None:
        taken.append(await aside(chat, original, reply))

    said = Conversation(flow, chat, Journal(update_id, "aside"))
    await said.begin(world)
    if said.pending is not None:
        said.close()
        raise TypeError("an aside asks nothing")
    return taken[0]
