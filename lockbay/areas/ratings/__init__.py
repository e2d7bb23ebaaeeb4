"""Ratings: what people say of each other after a trade, and the profiles that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.ratings import conversations
from lockbay.areas.ratings.news import NOTICES
from lockbay.areas.ratings.profiles import Links

__all__ = ["COMMANDS", "NOTICES", "flows"]


def flows(bot: str, site: str = "") -> Mapping[str, Flow]:
    """All flows by name. `bot` is the bot's username and `site` the web server as the world sees it, or "": profiles
    link to both.
    """
    return conversations.flows(Links(bot, site))


COMMANDS: Final[Mapping[str, str]] = {}
