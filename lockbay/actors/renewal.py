"""A question that was asked by what has changed since: nothing is refused because of what was so before."""

from __future__ import annotations

from lockbay.actors.conversation import Conversation, World
from lockbay.actors.parse import Reply
from lockbay.errors import Diverged, Invalid, KeyReused


async def renewed(world: World, conversation: Conversation, reply: Reply) -> Conversation:
    """The conversation to be answered: another one, run from line 1 on what is so now, as after a restart, where this
    one is old and would refuse the reply. An earlier answer that does not fit any more is asked anew then.

    Where it leads elsewhere, it is this one after all: whoever is asked to confirm what cannot be any more hears that
    from the operation, and why.
    """
    if not (conversation.is_old and conversation.refuses(reply)):
        return conversation
    anew = Conversation(conversation.flow, conversation.chat, conversation.journal)
    try:
        await anew.resume(world)
    except (Diverged, Invalid, KeyReused):
        anew.close()
        return conversation
    conversation.close()
    return anew
