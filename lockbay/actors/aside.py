"""Asides: a reply to something that we told, taken wherever the person is, and what somebody does in a group. What they
are in stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TypeAlias

from lockbay.actors.conversation import Chat, Conversation, Flow, World
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Reply
from lockbay.actors.requests import Request
from lockbay.actors.update import GroupEvent, Original

Aside: TypeAlias = Callable[[Chat, Original, Reply], Coroutine[Request, object, bool]]
InGroup: TypeAlias = Callable[[Chat, int, GroupEvent], Coroutine[Request, object, None]]  # the chat's id


def first_of(*asides: Aside) -> Aside:
    """Each is asked in turn, until one has taken the reply."""

    async def aside(chat: Chat, original: Original, reply: Reply) -> bool:
        for each in asides:
            if await each(chat, original, reply):
                return True
        return False

    return aside


async def take_aside(aside: Aside, chat: Chat, update_id: int, original: Original, reply: Reply, world: World) -> bool:
    """Whether the aside took the reply. Raises Invalid when it did and cannot use it."""
    taken = []

    async def flow(chat: Chat) -> None:
        taken.append(await aside(chat, original, reply))

    await _at_once(flow, chat, update_id, world)
    return taken[0]


async def take_in_group(
    in_group: InGroup, chat: Chat, update_id: int, chat_id: int, event: GroupEvent, world: World
) -> None:
    """What the plan does about something in a group. `chat` is of whoever did it; what is shown is for the group."""

    async def flow(chat: Chat) -> None:
        await in_group(chat, chat_id, event)

    await _at_once(flow, chat, update_id, world)


async def _at_once(flow: Flow, chat: Chat, update_id: int, world: World) -> None:
    """From its beginning to its end. It has no journal, as it cannot be in the middle of anything: the same update
    again does the same, and what it does is done once, as its keys are made of the update's id.
    """
    said = Conversation(flow, chat, Journal(update_id, "aside"))
    await said.begin(world)
    if said.pending is not None:
        said.close()
        raise TypeError("an aside asks nothing")
