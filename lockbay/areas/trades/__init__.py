"""Trades: from the invitation to the release."""

from lockbay.areas.trades.chat_news import NOTICES as CHAT_NOTICES
from lockbay.areas.trades.conversations import COMMANDS, flows
from lockbay.areas.trades.news import notices

__all__ = ["CHAT_NOTICES", "COMMANDS", "flows", "notices"]
