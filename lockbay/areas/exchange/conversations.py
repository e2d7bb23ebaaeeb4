"""Exchange: coin, coin, amount, a promised price, Confirm. What is promised is a row: nobody pays another number.

What depends on time or on the balance is decided by the statements, whose outcomes stay: a replay takes the same way.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from attrs import evolve
from markupsafe import Markup

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import identifier, this
from lockbay.areas import proof
from lockbay.areas.destinations import choose, keep
from lockbay.areas.exchange import answers, questions, screens
from lockbay.areas.exchange.answers import Agreed, Change
from lockbay.areas.exchange.draft import Draft, Target
from lockbay.areas.exchange.records import (
    Coin,
    Exchanged,
    ExchangeHistory,
    ExchangeQuote,
    ExchangeStart,
    QuoteExchange,
)
from lockbay.areas.exchange.refusals import sentence
from lockbay.errors import TimedOut
from lockbay.money import CURRENCIES
from lockbay.postgres.queries import Refused

MOST: Final = 30  # rounds of asking, well below what a journal holds
ANOTHER_AMOUNT: Final = frozenset({"inexact_amount", "below_minimum", "above_maximum", "insufficient", "position"})
FINAL: Final = frozenset({"not_onboarded", "blocked", "closed"})
NEWEST: Final = "0"


async def exchange(chat: Chat) -> None:
    """From the first question to what was exchanged."""
    start = await chat.read(ExchangeStart)
    given = await chat.ask("give", questions.give(chat.words, start), parse=answers.give(chat.words, start))
    got = await chat.ask("get", questions.get(chat.words, start, given), parse=answers.get(chat.words, start, given))
    draft: Draft | None = Draft(given, got)
    problem: Markup | None = None
    for _ in range(MOST):
        assert draft is not None
        draft, problem = await _round(chat, start, draft, problem)
        if draft is None:
            return
    await chat.show(screens.not_exchanged(chat.words, chat.words("That were many prices. Nothing was exchanged.")))


async def _round(
    chat: Chat, start: ExchangeStart, draft: Draft, problem: Markup | None
) -> tuple[Draft | None, Markup | None]:
    """One question, and what follows from its answer; no draft: it is over."""
    if draft.amount is None:
        return evolve(draft, amount=await _amount(chat, start, draft, problem)), None
    if draft.quote is None:
        asked = QuoteExchange(chat.user_id, draft.give.currency, draft.get.currency, draft.amount)
        quote = await chat.do("quote", asked)
        if isinstance(quote, Refused):
            return await _refused(chat, draft, quote)
        return evolve(draft, quote=quote), problem
    return await _review(chat, start, draft, draft.quote, problem)


async def _amount(chat: Chat, start: ExchangeStart, draft: Draft, problem: Markup | None = None) -> Decimal:
    screen = questions.amount(chat.words, start, draft.give, draft.get)
    return await chat.ask("amount", screen.with_problem(problem), parse=answers.amount(chat.words, draft.give.unit))


async def _review(
    chat: Chat, start: ExchangeStart, draft: Draft, quote: ExchangeQuote, problem: Markup | None
) -> tuple[Draft | None, Markup | None]:
    shown = questions.review(chat.words, start, draft, quote, chat.now).with_problem(problem)
    try:
        answer = await chat.ask(
            "review", shown, parse=answers.review(chat.words, quote.id), within=quote.valid_until - chat.now
        )
    except TimedOut:
        await chat.ask("ended", questions.ended(chat.words, quote), parse=this(chat.words, "price"))
        return evolve(draft, quote=None), None
    if isinstance(answer, Agreed):
        return await _confirm(chat, draft, quote, answer)
    return await _changed(chat, start, draft, answer), None


async def _changed(chat: Chat, start: ExchangeStart, draft: Draft, change: Change) -> Draft:
    match change:
        case "price":
            return evolve(draft, quote=None)
        case "amount":
            return evolve(draft, amount=await _amount(chat, start, draft), quote=None)
        case "wallet":
            return evolve(draft, target=None)
        case "keep":
            kept = evolve(draft.target, to=await keep(chat, draft.target.to)) if draft.target else None
            return evolve(draft, target=kept)
        case "send":
            return evolve(draft, target=await _target(chat, start, draft.get))


async def _target(chat: Chat, start: ExchangeStart, got: Coin) -> Target:
    """Where it is sent on to."""
    cost = got.networks[0]
    if len(got.networks) > 1:
        cost = await chat.ask("network", questions.network(chat.words, got), parse=answers.network(chat.words, got))
    return Target(cost, await choose(chat, CURRENCIES[got.currency], cost.network, start.saved, start.ours))


async def _confirm(
    chat: Chat, draft: Draft, quote: ExchangeQuote, agreed: Agreed
) -> tuple[Draft | None, Markup | None]:
    """Exchanges it, after a code where one is needed. A code that was typed is good for a newer price, too,
    unless more arrives by that.
    """
    for _ in range(MOST):
        outcome = await chat.do("confirm", draft.operation(chat.user_id, quote, agreed.net))
        if isinstance(outcome, Exchanged):
            await chat.show(screens.exchanged(chat.words, outcome))
            return None, None
        if outcome.reason not in proof.REASONS:
            return await _refused(chat, draft, outcome)
        what = questions.purpose(chat.words, draft, quote, agreed.net)
        typed = await proof.ask_code(chat, draft.outgoing(quote, agreed.net), what, outcome, draft.code)
        if isinstance(typed, Refused):
            return evolve(draft, target=None, code=None), proof.sentence(chat.words, typed, chat.now)
        draft = evolve(draft, code=typed)
        if typed.digits is None:
            return draft, None
    return evolve(draft, target=None, code=None), None


async def _refused(chat: Chat, draft: Draft, refused: Refused) -> tuple[Draft | None, Markup | None]:
    """Where it goes on from, and why."""
    problem = sentence(chat.words, refused, draft.get.currency if draft.target else draft.give.currency)
    if refused.reason == "quote_expired":
        return evolve(draft, quote=None), problem
    if refused.reason == "terms_changed":
        return draft.with_fee(Decimal(refused.details["fee"])), problem
    if refused.reason in ANOTHER_AMOUNT:
        return evolve(draft, amount=None, quote=None), problem
    if draft.target is not None and draft.quote is not None and refused.reason not in FINAL:
        return evolve(draft, target=None), problem  # it cannot be sent on, but it can be exchanged
    await chat.show(screens.not_exchanged(chat.words, problem))
    return None, None


async def exchanges(chat: Chat, before: str = NEWEST) -> None:
    """What was exchanged, page by page."""
    page = await chat.read(ExchangeHistory, identifier(before))
    await chat.show(screens.exchanges(chat.words, page, is_first=before == NEWEST))
