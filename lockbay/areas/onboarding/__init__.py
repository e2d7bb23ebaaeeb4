"""Onboarding: from the first /start to the accepted terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.onboarding import conversations
from lockbay.areas.onboarding.conversations import gate
from lockbay.areas.onboarding.mail import notices

__all__ = ["COMMANDS", "flows", "gate", "notices"]

COMMANDS: Final[Mapping[str, str]] = {"start": "start"}


def flows(menu: Flow, invitation: Flow) -> dict[str, Flow]:
    """`menu` is where the onboarded land, `invitation(chat, token)` the page of a trade that somebody is invited to."""
    return {
        "start": conversations.start(menu, invitation),
        "accept_terms": conversations.accept_terms(menu),
        "invitations": conversations.invitations,
        "blocked": conversations.blocked,
    }
