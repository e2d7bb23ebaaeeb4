"""Referrals: who brought whom, and the fee credit that both get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.actors.notice import Notice


def flows(bot: str) -> Mapping[str, Flow]:
    """All flows by name. `bot` is the bot's username: referral links lead to it."""
    return {}


COMMANDS: Final[Mapping[str, str]] = {}
NOTICES: Final[Mapping[str, Notice]] = {}
