"""Where whoever pressed a link wants to go: an invitation's token, a place (lockbay.actors.plan), whose link it was."""

from __future__ import annotations

import re
from typing import Final

from lockbay.areas.onboarding.gate import OPEN

DEAD: Final = "-"  # a token that no invitation has
# With a wish, the button that accepts the terms still fits its 64 bytes.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_PLACE: Final = re.compile(r"(?=.{1,48}\Z)(?:/[A-Za-z0-9_.-]+)+")
_PROFILE: Final = re.compile(r"p_([0-9a-f]{12})")
_GROUP: Final = re.compile(r"g_([0-9a-f]{12})")
_INVITATION: Final = re.compile(r"/(?:invitation|phone|email)/([A-Za-z0-9_-]+)")
_REFERRAL: Final = re.compile(r"r_([A-Za-z0-9]+)")  # an invitation's token has no such beginning


def wished(payload: str) -> str:
    """Anybody may type anything behind /start. What can lead nowhere is a link all the same."""
    if shared := _PROFILE.fullmatch(payload):
        return f"/person/{shared[1]}"
    if of_group := _GROUP.fullmatch(payload):
        return f"/group/{of_group[1]}"
    if _TOKEN.fullmatch(payload):
        return payload
    if _PLACE.fullmatch(payload) and payload.split("/")[1] not in OPEN:
        return payload
    return DEAD if payload and not payload.startswith("/") else ""


def place_of(wish: str) -> str:
    """Where a wish leads."""
    if code := brought_by(wish):
        return f"/referral/{code}"
    return f"/invitation/{wish}" if wish and not wish.startswith("/") else wish


def token_of(wish: str) -> str:
    """The invitation's, if the wish is one."""
    found = _INVITATION.fullmatch(place_of(wish))
    return found[1] if found else ""


def brought_by(wish: str) -> str | None:
    """The code of whose link it was, if the wish is one of those."""
    brought = _REFERRAL.fullmatch(wish)
    return brought[1] if brought else None
