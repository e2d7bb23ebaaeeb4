"""Deposits: addresses to pay to, and the news when money comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Flow
from lockbay.actors.notice import Notice
from lockbay.areas.deposits import conversations, screens

FLOWS: Final[Mapping[str, Flow]] = {"deposit": conversations.deposit}
COMMANDS: Final[Mapping[str, str]] = {}
NOTICES: Final[Mapping[str, Notice]] = {
    "deposit_seen": Notice(screens.DepositNews, screens.seen),
    "deposit_credited": Notice(screens.DepositNews, screens.credited),
}
