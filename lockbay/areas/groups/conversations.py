"""Groups: what happens in them (asides, which ask nothing), and what is chosen for them in the private chat."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from lockbay.actors.aside import InGroup
from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.actors.update import AskedInGroup, GroupEvent, GroupMembership, GroupMoved
from lockbay.areas.groups import screens
from lockbay.areas.groups.records import ChangeGroup, GroupList, LookAtGroup, MoveGroup, SeeGroup, TellMembership
from lockbay.errors import Outdated
from lockbay.postgres.queries import Refused

NEWEST: Final = "0"
ANNOUNCE: Final = "announce"


def in_group(bot: str) -> InGroup:
    """What the bot does about an event in a group. What it shows goes there."""

    async def happened(chat: Chat, chat_id: int, event: GroupEvent) -> None:
        match event:
            case GroupMembership():
                await _membership(bot, chat, chat_id, event)
            case AskedInGroup(name=name, to=to) if name == ANNOUNCE and to.casefold() in ("", bot.casefold()):
                await _asked(bot, chat, chat_id, event)
            case GroupMoved(new_id):
                await chat.do("move", MoveGroup(chat_id, new_id))

    return happened


async def _membership(bot: str, chat: Chat, chat_id: int, event: GroupMembership) -> None:
    """Whoever brought the bot is asked in their own chat; without one, the group gets a button that leads to it."""
    told = TellMembership(chat.user_id, chat_id, event.title, event.is_in, _moment(event.at))
    came = await chat.do("member", told)
    if not isinstance(came, Refused) and came.came and not came.asked:
        await chat.show(screens.hello(chat.words, bot, came.slug))


async def _asked(bot: str, chat: Chat, chat_id: int, event: AskedInGroup) -> None:
    """Whoever does not run the group gets no answer, and nobody does who floods it: the others are not bothered. Only
    who runs a group can write in its name; who that is, Telegram says when they choose in their own chat.
    """
    group = await chat.do("see", SeeGroup(chat.user_id, chat_id, event.title, _moment(event.at)))
    if isinstance(group, Refused):
        return
    if event.by_the_group or await _may_run(chat, group.slug):
        await chat.show(screens.answered(chat.words, bot, group.slug))


async def _may_run(chat: Chat, slug: str) -> bool:
    """Where Telegram does not tell, they are asked again in their own chat."""
    theirs = await chat.do("look", LookAtGroup(chat.user_id, slug))
    return not isinstance(theirs, Refused) or theirs.reason == "cannot_tell"


def groups(bot: str) -> Flow:
    """Those that the person brought the bot into, before one, from its page's button; the newest without."""

    async def flow(chat: Chat, before: str = NEWEST) -> None:
        page = await chat.read(GroupList, 0 if before == NEWEST else identifier(before))
        await chat.show(screens.groups(chat.words, page, bot, is_first=before == NEWEST))

    return flow


async def group(chat: Chat, slug: str) -> None:
    """What is announced in one, for those who run it."""
    found = await chat.do("look", LookAtGroup(chat.user_id, slug))
    if isinstance(found, Refused):
        return await chat.show(screens.refused(chat.words, found))
    await chat.show(screens.group(chat.words, found))


async def group_news(chat: Chat, slug: str, topic: str, wanted: str) -> None:
    """One topic, or all, on or off: the button says which, so that pressing it twice does no harm."""
    if wanted not in ("0", "1"):
        raise Outdated
    changed = await chat.do("change", ChangeGroup(chat.user_id, slug, topic, wanted == "1"))
    if isinstance(changed, Refused):
        return await chat.show(screens.refused(chat.words, changed))
    await chat.show(screens.group(chat.words, changed))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
