"""Trades: from the invitation to the release."""

from lockbay.areas.trades.conversations import COMMANDS, flows
from lockbay.areas.trades.news import notices

__all__ = ["COMMANDS", "flows", "notices"]
