"""Preferences: language, time zone, what one is told of, the public profile, the end of an account."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.preferences import conversations
from lockbay.areas.preferences.news import NOTICES

__all__ = ["COMMANDS", "NOTICES", "flows"]


def flows(email: Flow) -> Mapping[str, Flow]:
    """`email(chat, place, typed)` proves an address and goes on to a place (lockbay.actors.plan)."""
    return {
        "settings": conversations.settings,
        "language": conversations.language,
        "time_zone": conversations.time_zone,
        "notices": conversations.notices,
        "hear": conversations.hear,
        "quiet_hours": conversations.quiet_hours,
        "my_email": partial(conversations.my_email, email),
        "visibility": conversations.visibility,
        "show_me": conversations.show_me,
        "announce_me": conversations.announce_me,
        "close_account": conversations.close_account,
        "closed": conversations.closed,
        "reopen_account": conversations.reopen_account,
    }


COMMANDS: Final[Mapping[str, str]] = {"settings": "settings"}
