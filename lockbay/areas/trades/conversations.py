"""What people do with trades, each flow read from top to bottom.

No flow looks at what its own operation changes before it has asked: killed after the operation, it is replayed on a
trade that has moved already, must ask the same, and then learns by the operation's key that it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from attrs import evolve
from markupsafe import Markup

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.standing import Profile
from lockbay.areas.trades import answers, chat_flows, invitations, list_screens, moves, paying, questions, screens
from lockbay.areas.trades.agreement import AgreeCancel, EndProposal, GiveBack, ProposeCancel
from lockbay.areas.trades.answers import Field
from lockbay.areas.trades.draft import Draft, Quote, Seller
from lockbay.areas.trades.moves import Asked
from lockbay.areas.trades.outcomes import barred, show_outcome
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    FeePayer,
    JoinTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.areas.trades.refusals import sentence
from lockbay.areas.trades.views import InvitationPage, NewTrade, TradeList, TradePage
from lockbay.money import Currency, Money
from lockbay.postgres.queries import Operation, Refused

COMMANDS: Final[Mapping[str, str]] = {"trade": "new_trade", "trades": "trades"}
OPERATIONS: Final[Mapping[Asked, Callable[[int, TradePage], Operation[TradeState]]]] = {
    "cancel": lambda user_id, page: CancelTrade(user_id, page.id),
    "accept": lambda user_id, page: AcceptTrade(user_id, page.id),
    "decline": lambda user_id, page: DeclineTrade(user_id, page.id),
    "deliver": lambda user_id, page: DeliverTrade(user_id, page.id),
    "release": lambda user_id, page: ReleaseTrade(user_id, page.id),
    "propose": lambda user_id, page: ProposeCancel(user_id, page.id),
    "agree": lambda user_id, page: AgreeCancel(user_id, page.id),
    "disagree": lambda user_id, page: EndProposal(user_id, page.id),
    "withdraw": lambda user_id, page: EndProposal(user_id, page.id),
    "give_back": lambda user_id, page: GiveBack(user_id, page.id),
}


def flows(bot: str) -> Mapping[str, Flow]:
    """All flows by name. `bot` is the bot's username: invitations link to it."""
    return {
        "new_trade": partial(new_trade, bot),
        "trades": trades,
        "trade": partial(trade, bot),
        "invitation": partial(invitation, bot),
        **{moves.FLOWS[move]: partial(make_move, bot, move) for move in OPERATIONS},
        **paying.flows(bot),
        **chat_flows.FLOWS,
    }


async def trades(chat: Chat, before: str = "0") -> None:
    """The list, page by page."""
    last = identifier(before)
    page = await chat.read(TradeList, last)
    await chat.show(list_screens.trades(chat.words, page, chat.now, last))


async def trade(bot: str, chat: Chat, trade_id: str) -> None:
    """One trade, with everything that its viewer may do."""
    page = await chat.find(TradePage, identifier(trade_id))
    shown = screens.unknown(chat.words) if page is None else screens.trade(chat.words, page, chat.now, bot)
    await chat.show(shown)


async def make_move(bot: str, move: Asked, chat: Chat, trade_id: str) -> None:
    """Cancel, accept, decline, deliver or release: one question, one operation, and the trade as it is then. What is
    not possible is asked as well, without a button for yes: the operation may be what has made it so.
    """
    page = await chat.find(TradePage, identifier(trade_id))
    if page is None:
        return await chat.show(screens.unknown(chat.words))
    sure = moves.question(chat.words, page, move) if move in page.may else barred(bot, chat, page, move)
    await chat.ask("confirm", sure, parse=answers.confirmed(chat.words))
    outcome = await chat.do(move, OPERATIONS[move](chat.user_id, page))
    await show_outcome(bot, chat, page.id, move, outcome)


async def invitation(bot: str, chat: Chat, token: str) -> None:
    """An invitation, opened by its link: look, join, and see the trade."""
    page = await chat.find(InvitationPage, token) if token.isascii() and token.isalnum() else None
    if page is None:
        return await chat.show(invitations.unknown(chat.words))
    await chat.ask("join", invitations.opened(chat.words, page, token, chat.now), parse=answers.confirmed(chat.words))
    joined = await chat.do("join", JoinTrade(chat.user_id, token))
    if isinstance(joined, Refused):
        return await chat.show(invitations.not_joined(chat.words, joined))
    await show_outcome(bot, chat, page.trade_id, "join", joined)


async def new_trade(bot: str, chat: Chat, named: str = "") -> None:
    """From the seller, who may be `named` already, to the confirmed trade. Each answer can be changed in the review."""
    terms = await chat.read(NewTrade)
    seller = answers.named(chat.words, terms, named) or await _seller(chat, terms)
    amount = await _amount(chat, terms, await _currency(chat, terms))
    description = await _description(chat)
    hours = await _delivery(chat, terms)
    payer = await _payer(chat, terms, amount)
    draft, quote, problem = Draft(seller, amount, description, hours, payer), None, None
    while True:
        quote = quote or draft.quote(terms.fee_percent)
        agreed = await _reviewed(chat, terms, draft, quote, problem)
        if not isinstance(agreed, Quote):
            draft, quote, problem = await _changed(chat, terms, draft, agreed), None, None
            continue
        created = await chat.do("create", draft.operation(chat.user_id, agreed))
        if isinstance(created, TradeState):
            return await show_outcome(bot, chat, created.id, "create", created)
        quote, problem = _requoted(created), sentence(chat.words, created)


async def _reviewed(chat: Chat, terms: NewTrade, draft: Draft, quote: Quote, problem: Markup | None) -> Field | Quote:
    username = draft.seller.handle.removeprefix("@") if draft.seller.kind == "username" else ""
    known = await chat.find(Profile, "", username) if username else None
    screen = questions.review(chat.words, draft, quote, terms, known)
    return await chat.ask("review", screen.with_problem(problem), parse=answers.review(chat.words))


def _requoted(refused: Refused) -> Quote | None:
    """The database's own numbers, when those that were shown are not true any more."""
    if refused.reason != "terms_changed":
        return None
    return Quote.decoded(f"{refused.details['fee']}/{refused.details['total']}")


async def _changed(chat: Chat, terms: NewTrade, draft: Draft, field: Field) -> Draft:
    match field:
        case "seller":
            return evolve(draft, seller=await _seller(chat, terms))
        case "amount":
            return evolve(draft, amount=await _amount(chat, terms, draft.amount.currency))
        case "currency":
            unit = await _currency(chat, terms)
            unchanged = unit == draft.amount.currency
            return draft if unchanged else evolve(draft, amount=await _amount(chat, terms, unit))
        case "description":
            return evolve(draft, description=await _description(chat))
        case "delivery":
            return evolve(draft, delivery_hours=await _delivery(chat, terms))
        case "fee":
            return evolve(draft, fee_payer=await _payer(chat, terms, draft.amount))


async def _seller(chat: Chat, terms: NewTrade) -> Seller:
    return await chat.ask("seller", questions.seller(chat.words, terms), parse=answers.seller(chat.words, terms))


async def _currency(chat: Chat, terms: NewTrade) -> Currency:
    return await chat.ask("currency", questions.currency(chat.words, terms), parse=answers.currency(chat.words, terms))


async def _amount(chat: Chat, terms: NewTrade, unit: Currency) -> Money:
    screen = questions.amount(chat.words, terms, unit)
    return await chat.ask("amount", screen, parse=answers.amount(chat.words, terms, unit))


async def _description(chat: Chat) -> str:
    return await chat.ask("description", questions.description(chat.words), parse=answers.description(chat.words))


async def _delivery(chat: Chat, terms: NewTrade) -> int:
    return await chat.ask("delivery", questions.delivery(chat.words, terms), parse=answers.delivery(chat.words, terms))


async def _payer(chat: Chat, terms: NewTrade, amount: Money) -> FeePayer:
    return await chat.ask("fee", questions.payer(chat.words, terms, amount), parse=answers.payer(chat.words))
