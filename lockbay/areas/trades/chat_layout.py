"""What the chat's screens and its notices have in common: who wrote, and the ways between chat and trade."""

from __future__ import annotations

from lockbay.actors.screen import Link
from lockbay.actors.words import Words
from lockbay.areas.trades.chat_records import Voice


def chat_button(words: Words, trade_id: int, newest: int, unread: int) -> Link:
    """Leads to the chat. What is unread when the button is made, its press marks as read."""
    if not unread:
        return Link(words.label("💬 Chat"), "trade_chat", (str(trade_id),))
    return Link(words.label("💬 Chat ({n} new)", n=unread), "trade_chat", (str(trade_id), "0", str(newest)), "primary")


def open_dispute(words: Words, trade_id: int) -> Link:
    """One step back, for the staff."""
    return Link(words.label("⬅️ Back to the dispute"), "dispute", (str(trade_id),))


def side(words: Words, role: Voice) -> str:
    """What somebody is in the trade."""
    if role == "admin":
        return "LockBay"
    return words.label("buyer") if role == "buyer" else words.label("seller")
