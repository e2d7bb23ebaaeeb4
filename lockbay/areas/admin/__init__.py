"""Administration: the state of the house, and the decisions that only people can make."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.actors.notice import Notice
from lockbay.areas.admin import (
    alarms,
    broadcast_screens,
    broadcasts,
    cashout_flows,
    cashout_news,
    console,
    conversations,
    corrections,
    dead_letters,
    exports,
    house_news,
    maintenance,
    news,
    people,
    people_news,
    team,
    terms_book,
    transactions,
    unapplied,
)
from lockbay.areas.staff import for_staff


def flows(menu: Flow, site: str = "", secret: bytes = b"") -> dict[str, Flow]:
    """`menu` is where people land who are not of the staff. `site` is the web server as the world reaches it, or "";
    `secret` is that of the database facade.
    """
    door: Flow = partial(console.web_console, console.Door(site, secret))
    every = {
        "web_console": door,
        **conversations.FLOWS,
        **unapplied.FLOWS,
        **cashout_flows.FLOWS,
        **alarms.FLOWS,
        **people.FLOWS,
        **team.FLOWS,
        **maintenance.FLOWS,
        **terms_book.FLOWS,
        **corrections.FLOWS,
        **dead_letters.FLOWS,
        **broadcasts.FLOWS,
        **transactions.FLOWS,
        **exports.FLOWS,
    }
    return for_staff(every, menu)


COMMANDS: Final[Mapping[str, str]] = {"admin": "admin"}
NOTICES: Final[Mapping[str, Notice]] = {
    **news.NOTICES,
    **cashout_news.NOTICES,
    **house_news.NOTICES,
    **people_news.NOTICES,
    **broadcast_screens.NOTICES,
}
