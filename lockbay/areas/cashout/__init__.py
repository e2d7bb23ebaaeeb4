"""Cash-outs: money leaves a wallet, to an address or a bank account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.areas.cashout import conversations
from lockbay.areas.cashout.news import NOTICES

__all__ = ["COMMANDS", "FLOWS", "NOTICES"]

FLOWS: Final[Mapping[str, Flow]] = {
    "cash_out": conversations.cash_out,
    "cash_out_to": conversations.cash_out_to,
    "cashout": conversations.cashout,
    "cashouts": conversations.cashouts,
    "cancel_cashout": conversations.cancel_cashout,
}
COMMANDS: Final[Mapping[str, str]] = {"cashout": "cash_out"}
