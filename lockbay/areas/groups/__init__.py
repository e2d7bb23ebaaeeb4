"""Groups: what a bot in a group announces, when somebody who runs that group asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.actors.notice import Notice
from lockbay.areas.groups import conversations, screens
from lockbay.areas.groups.conversations import in_group

__all__ = ["COMMANDS", "NOTICES", "flows", "in_group"]


def flows(bot: str) -> Mapping[str, Flow]:
    """All flows by name. `bot` is the bot's username: links lead to it."""
    return {
        "groups": conversations.groups(bot),
        "group": conversations.group,
        "group_news": conversations.group_news,
    }


COMMANDS: Final[Mapping[str, str]] = {"groups": "groups", "announce": "groups"}
NOTICES: Final[Mapping[str, Notice]] = {"group_added": Notice(screens.GroupAdded, screens.added)}
