"""What follows a move: the trade as it is then, under what has just happened to it, or why nothing has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from markupsafe import Markup

from lockbay.actors.conversation import Chat
from lockbay.actors.words import Words
from lockbay.areas.trades import refusals, screens
from lockbay.areas.trades.records import TradeState
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.queries import Refused

Why: TypeAlias = Callable[[Words, Refused], Markup]


async def show_outcome(
    bot: str, chat: Chat, trade_id: int, deed: screens.Deed, outcome: TradeState | Refused, why: Why = refusals.sentence
) -> None:
    """`why` is what to say of a refusal."""
    page = await chat.find(TradePage, trade_id)
    if page is None:
        return await chat.show(screens.unknown(chat.words))
    if isinstance(outcome, Refused):
        return await chat.show(screens.trade(chat.words, page, chat.now, bot).with_problem(why(chat.words, outcome)))
    await chat.show(screens.trade(chat.words, page, chat.now, bot, screens.done(chat.words, deed)))
