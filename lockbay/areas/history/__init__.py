"""History: every movement of a person's money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.history import conversations

FLOWS: Final[Mapping[str, Flow]] = {
    "history": conversations.history,
    "receipt": conversations.receipt,
    "statement": conversations.statement,
}
COMMANDS: Final[Mapping[str, str]] = {"history": "history"}
