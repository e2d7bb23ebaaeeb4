"""Trades: from the invitation to the release."""

from __future__ import annotations

from collections.abc import Mapping

from lockbay.actors.notice import Notice
from lockbay.areas.trades import news_screens, payment_news
from lockbay.areas.trades.chat_asides import aside
from lockbay.areas.trades.chat_news import NOTICES as CHAT_NOTICES
from lockbay.areas.trades.conversations import COMMANDS, flows

__all__ = ["CHAT_NOTICES", "COMMANDS", "aside", "flows", "notices"]


def notices(bot: str) -> Mapping[str, Notice]:
    """How what happens in a trade, and what is paid for it, is told. `bot` is the bot's username."""
    return {**news_screens.notices(bot), **payment_news.notices()}
