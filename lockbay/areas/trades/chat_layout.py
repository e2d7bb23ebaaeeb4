"""What the chat's screens and its notices have in common: who wrote, files by name, and texts that must fit."""

from __future__ import annotations

from typing import Final

from lockbay.actors.screen import Attachment, Link
from lockbay.actors.words import Words
from lockbay.areas.trades.chat_records import MessageKind
from lockbay.areas.trades.records import Role

CAPTION: Final = 1024  # UTF-16 units; Bot API: sendPhoto, sendDocument


def chat_button(words: Words, trade_id: int, newest: int, unread: int) -> Link:
    """Leads to the chat. What is unread when the button is made, its press marks as read."""
    if not unread:
        return Link(words.label("💬 Chat"), "trade_chat", (str(trade_id),))
    return Link(words.label("💬 Chat ({n} new)", n=unread), "trade_chat", (str(trade_id), "0", str(newest)), "primary")


def open_trade(words: Words, trade_id: int) -> Link:
    """One step back."""
    return Link(words.label("⬅️ Back to the trade"), "trade", (str(trade_id),))


def side(words: Words, role: Role) -> str:
    """What somebody is in the trade."""
    return words.label("buyer") if role == "buyer" else words.label("seller")


def file_name(words: Words, kind: MessageKind, n: int) -> str:
    """A file of the chat, as the list and its button call it."""
    return words.label("📷 Photo {n}", n=n) if kind == "photo" else words.label("📎 File {n}", n=n)


def attachment(kind: MessageKind, file_id: str) -> Attachment | None:
    """The file of a message; a text has none."""
    return None if kind == "text" else Attachment(kind, file_id)


def units(text: str) -> int:
    """How long Telegram finds a text: in UTF-16 units, after its entities are read."""
    return len(text.encode("utf-16-le")) // 2


def fitted(text: str, most: int) -> str:
    """At most so many units of it."""
    if units(text) <= most:
        return text
    return text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", "ignore") + "…"
