"""Deposits: places to pay in, and the news when money comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.deposits import conversations
from lockbay.areas.deposits.news import NOTICES

__all__ = ["COMMANDS", "FLOWS", "NOTICES"]

FLOWS: Final[Mapping[str, Flow]] = {"deposit": conversations.deposit}
COMMANDS: Final[Mapping[str, str]] = {"deposit": "deposit"}
