"""Administration: the state of the house on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.admin import conversations


def flows(menu: Flow) -> dict[str, Flow]:
    """`menu` is where people land who are no admins."""
    return {"admin": conversations.admin(menu)}


COMMANDS: Final[Mapping[str, str]] = {"admin": "admin"}
