"""What follows a move: the trade as it is then, under what has just happened to it, or why nothing has. Before a move
that is not possible it is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import evolve
from markupsafe import Markup

from lockbay.actors.conversation import Chat
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.areas import stages
from lockbay.areas.trades import refusals, screens
from lockbay.areas.trades.records import Move, TradeState
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
        return await chat.show(_stopped(bot, chat, page, outcome, why))
    await chat.show(screens.trade(chat.words, page, chat.now, bot, screens.done(chat.words, deed)))


def barred(bot: str, chat: Chat, page: TradePage, move: Move) -> Screen:
    """Instead of the question before a move that is not possible."""
    return _stopped(bot, chat, page, Refused(page.barred.get(move, "")), refusals.sentence)


def _stopped(bot: str, chat: Chat, page: TradePage, refused: Refused, why: Why) -> Screen:
    """The trade and all that can be done now, under what has become of it where that is why."""
    details = {**refused.details, **stages.known(page.state, page.role, page.ended_how)}
    said = why(chat.words, evolve(refused, details=details))
    is_told = refused.reason == "wrong_state"
    return screens.trade(chat.words, page, chat.now, bot, is_told=is_told).with_problem(said)
