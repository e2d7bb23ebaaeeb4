"""Disputes: what the two sides of a trade cannot settle, somebody of the staff decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.disputes.conversations import STAFF, open_dispute
from lockbay.areas.disputes.news import NOTICES
from lockbay.areas.staff import for_staff

__all__ = ["COMMANDS", "NOTICES", "flows"]
COMMANDS: Final[Mapping[str, str]] = {}


def flows(menu: Flow) -> dict[str, Flow]:
    """`menu` is where people land who are not of the staff."""
    return {"open_dispute": open_dispute, **for_staff(STAFF, menu)}
