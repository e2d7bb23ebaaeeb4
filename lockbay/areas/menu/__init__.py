"""The menu, from where every screen is two taps away, and the help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.menu import conversations

FLOWS: Final[Mapping[str, Flow]] = {"menu": conversations.menu, "help": conversations.help}
COMMANDS: Final[Mapping[str, str]] = {"menu": "menu", "help": "help"}
