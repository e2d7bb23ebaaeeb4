"""The wallet: one screen."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.areas.balances import Wallet
from lockbay.areas.wallet import screens


async def wallet(chat: Chat) -> None:
    """What is there, what is held, what it is worth."""
    view = await chat.read(Wallet)
    await chat.show(screens.wallet(chat.words, view, chat.now))
