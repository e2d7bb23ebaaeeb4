"""Onboarding: from the first /start to the accepted terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.onboarding import conversations
from lockbay.areas.onboarding.gate import gate

__all__ = ["COMMANDS", "KEYBOARDS", "flows", "gate"]

COMMANDS: Final[Mapping[str, str]] = {"start": "start", "invitations": "invitations"}
KEYBOARDS: Final = frozenset({"phone"})  # flows that ask with one


def flows(menu: Flow, invitation: Flow, onward: Flow) -> dict[str, Flow]:
    """`menu` is where the onboarded land, `invitation(chat, token)` the page of a trade that somebody is invited to,
    `onward(chat, place)` whatever a newcomer wanted to open.
    """
    start = conversations.start(onward)
    return {
        "start": start,
        "start_in": conversations.start_in(start),
        "accept_terms": conversations.accept_terms(menu, onward),
        "invitations": conversations.invitations,
        "phone": conversations.phone(invitation, onward),
        "email": conversations.email(invitation, onward),
        "blocked": conversations.blocked,
    }
