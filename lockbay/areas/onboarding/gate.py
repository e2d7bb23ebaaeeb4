"""The gates: which flows are open to somebody who is not onboarded, is blocked, or has closed their account."""

from __future__ import annotations

from typing import Final

from lockbay.actors.person import Person

SUPPORT: Final = frozenset({"support", "support_close", "support_file"})  # the way out of whatever there is
OPEN: Final = SUPPORT | {"start", "start_in", "help", "accept_terms"}  # to those who are not onboarded
OPEN_TO_BLOCKED: Final = SUPPORT | {  # they begin nothing, and end what was begun: sql/trades/why_not.sql
    "trades", "trade", "trade_chat", "trade_chat_file", "decline", "deliver", "release", "give_back", "cancel_trade",
    "propose_cancel", "agree_cancel", "decline_cancel", "withdraw_cancel", "open_dispute", "help",
}  # fmt: skip
OPEN_TO_CLOSED: Final = SUPPORT | {"help", "reopen_account"}  # to those who have closed their account


def gate(person: Person, flow: str) -> str | None:
    """The flow that a person must go through before this one; None: they may."""
    if person.blocked:
        return None if flow in OPEN_TO_BLOCKED else "blocked"
    if person.closed:
        return None if flow in OPEN_TO_CLOSED else "closed"
    return None if person.onboarded or flow in OPEN else "start"
