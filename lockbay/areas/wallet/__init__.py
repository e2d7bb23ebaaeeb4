"""The wallet: balances and their worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.wallet import conversations

FLOWS: Final[Mapping[str, Flow]] = {"wallet": conversations.wallet}
COMMANDS: Final[Mapping[str, str]] = {"wallet": "wallet"}
