"""Exchange: one currency for another, at a price that was promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.exchange import conversations
from lockbay.areas.exchange.news import NOTICES as NOTICES

FLOWS: Final[Mapping[str, Flow]] = {
    "exchange": conversations.exchange,
    "exchanges": conversations.exchanges,
}
COMMANDS: Final[Mapping[str, str]] = {"exchange": "exchange"}
