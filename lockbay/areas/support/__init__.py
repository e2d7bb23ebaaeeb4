"""Support: what people ask, and what the staff answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.staff import for_staff
from lockbay.areas.support import conversations, desk
from lockbay.areas.support.asides import aside
from lockbay.areas.support.news import NOTICES

__all__ = ["COMMANDS", "NOTICES", "aside", "flows"]

COMMANDS: Final[Mapping[str, str]] = {"support": "support"}


def flows(menu: Flow) -> dict[str, Flow]:
    """`menu` is where people land who are not of the staff that answers."""
    return {**conversations.FLOWS, **for_staff(desk.FLOWS, menu)}
