"""Referrals: who brought whom, and the fee credit that both get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.referrals import conversations
from lockbay.areas.referrals.news import NOTICES

__all__ = ["COMMANDS", "NOTICES", "flows"]


def flows(bot: str) -> Mapping[str, Flow]:
    """All flows by name. `bot` is the bot's username: referral links lead to it."""
    return {"referral": conversations.referral(bot), "referred": conversations.referred}


COMMANDS: Final[Mapping[str, str]] = {"referral": "referral"}
