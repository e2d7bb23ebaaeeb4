"""Cash-outs: what is asked, in one piece from the coin to the code, and what becomes of them.

One statement is read at the beginning and one operation commits at the end, which is tried without a code first; a code
takes two more, its mail and the operation again. No answer is understood by what the cash-out itself changes: a replay
after it comes to the same operation, whose key then tells that it is done. A code that is wrong has its own occurrence
of that key; of them all one can succeed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from attrs import evolve
from markupsafe import Markup

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import identifier, this
from lockbay.areas import proof
from lockbay.areas.cashout import answers, limits, questions, screens
from lockbay.areas.cashout.answers import Field
from lockbay.areas.cashout.draft import Draft, Quote
from lockbay.areas.cashout.records import CancelCashout, CashoutList, CashoutPage, CashoutStart, Coin, Cost
from lockbay.areas.cashout.refusals import sentence
from lockbay.areas.destinations import Destination, choose, keep
from lockbay.areas.payout import Cashout
from lockbay.areas.proof import Typed, ask_code
from lockbay.postgres.queries import Refused

# Another amount or destination may do; any other refusal ends it.
MENDABLE: Final = frozenset(
    {"terms_changed", "insufficient", "below_minimum", "inexact_amount", "own_address", "daily_usd",
     "unverified_daily_usd", "new_email_daily_usd"}
)  # fmt: skip


async def cash_out(chat: Chat) -> None:
    """Coin, amount, network, where to, review, code; requested."""
    start = await _start(chat)
    if start.barred_until is not None:
        return await chat.show(screens.barred(chat.words, start.barred_until, chat.now))
    screen = questions.coin(chat.words, start.at(chat.now), chat.now)
    coin = await chat.ask("coin", screen, parse=answers.coin(chat.words, start))
    amount = await _amount(chat, start, coin, coin.networks)
    cost = await _network(chat, coin, amount)
    destination = await _destination(chat, start, coin, cost)
    await _finish(chat, start, Draft(coin, amount, cost, destination))


async def cash_out_to(chat: Chat, destination_id: str) -> None:
    """To where money went before: two taps, an amount and Confirm."""
    start, wanted = await _start(chat), identifier(destination_id)
    if start.barred_until is not None:
        return await chat.show(screens.barred(chat.words, start.barred_until, chat.now))
    saved = next((each for each in start.saved if each.id == wanted), None)
    coin = start.coin(saved.currency) if saved is not None else None
    cost = next((each for each in coin.networks if each.network == saved.network), None) if coin and saved else None
    if saved is None or coin is None or cost is None:
        return await chat.show(screens.no_destination(chat.words))
    amount = await _amount(chat, start, coin, (cost,))
    await _finish(chat, start, Draft(coin, amount, cost, saved.destination))


async def _start(chat: Chat) -> CashoutStart:
    start = await chat.read(CashoutStart)
    return start


async def _amount(chat: Chat, start: CashoutStart, coin: Coin, costs: Sequence[Cost]) -> Decimal | None:
    screen = questions.amount(chat.words, start.at(chat.now), coin, costs, chat.now)
    fits = _fits(chat, start, coin)
    return await chat.ask("amount", screen, parse=answers.amount(chat.words, coin, costs), fits=fits)


def _fits(chat: Chat, start: CashoutStart, coin: Coin) -> Callable[[Decimal | None], None]:
    """Whether the day allows it, when it is said."""
    return lambda amount: limits.check(chat.words, start.at(chat.now), coin, amount, chat.now)


async def _network(chat: Chat, coin: Coin, amount: Decimal | None) -> Cost:
    if len(coin.networks) == 1:
        return coin.networks[0]
    screen = questions.network(chat.words, coin, amount)
    return await chat.ask("network", screen, parse=answers.network(chat.words, coin, amount))


async def _finish(chat: Chat, start: CashoutStart, draft: Draft) -> None:
    """The review until it is confirmed and requested; what can be mended leads back to it."""
    quote, problem, mailed = draft.quote(), None, None
    while True:
        agreed = await _reviewed(chat, start, draft, quote, problem)
        if not isinstance(agreed, Decimal):
            draft = await _changed(chat, start, draft, agreed)
            quote, problem = draft.quote(), None
            continue
        outcome = await _request(chat, draft, agreed, mailed)
        if isinstance(outcome, Typed):
            mailed, problem = outcome, None
            continue
        if isinstance(outcome, Cashout):
            return await chat.show(screens.requested(chat.words, outcome))
        problem = sentence(chat.words, outcome, draft.coin.currency, chat.now)
        if outcome.reason not in MENDABLE:
            return await chat.show(screens.not_requested(chat.words, problem))
        start = await _start(chat)
        draft = draft.renewed(start)
        quote = _requoted(outcome) or draft.quote()


async def _reviewed(
    chat: Chat, start: CashoutStart, draft: Draft, quote: Quote, problem: Markup | None
) -> Field | Decimal:
    screen = questions.review(chat.words, start.at(chat.now), draft, quote)
    return await chat.ask("review", screen.with_problem(problem), parse=answers.review(chat.words))


def _requoted(refused: Refused) -> Quote | None:
    """The database's own numbers, when those that were shown are not true any more."""
    if refused.reason != "terms_changed":
        return None
    return Quote(Decimal(refused.details["fee"]), Decimal(refused.details["net"]))


async def _changed(chat: Chat, start: CashoutStart, draft: Draft, field: Field) -> Draft:
    match field:
        case "amount":
            return evolve(draft, amount=await _amount(chat, start, draft.coin, (draft.cost,)))
        case "network":  # another one has other addresses
            cost = await _network(chat, draft.coin, draft.amount)
            return evolve(draft, cost=cost, destination=await _destination(chat, start, draft.coin, cost))
        case "to":
            return evolve(draft, destination=await _destination(chat, start, draft.coin, draft.cost))
        case "keep":
            return evolve(draft, destination=await keep(chat, draft.destination))


async def _destination(chat: Chat, start: CashoutStart, coin: Coin, cost: Cost) -> Destination:
    return await choose(chat, coin.unit, cost.network, start.saved, start.ours)


async def _request(chat: Chat, draft: Draft, net: Decimal, typed: Typed | None) -> Cashout | Refused | Typed:
    """Requests it, after a code where one is needed; one that is wrong requests nothing. It is tried without: whatever
    else stands in the way is said before anybody looks for a mail. Typed: they want the review again.
    """
    outcome: Cashout | Refused = await chat.do("request", draft.operation(chat.user_id, net, None))
    while isinstance(outcome, Refused) and outcome.reason in proof.REASONS:
        answer = await ask_code(chat, draft.outgoing(net), questions.proven(chat.words, draft, net), outcome, typed)
        if isinstance(answer, Refused) or answer.digits is None:
            return answer
        typed = answer
        outcome = await chat.do("request", draft.operation(chat.user_id, net, typed.digits))
    return outcome


async def cashout(chat: Chat, cashout_id: str) -> None:
    """One cash-out, as it is now."""
    page = await chat.find(CashoutPage, identifier(cashout_id))
    await chat.show(screens.unknown(chat.words) if page is None else screens.page(chat.words, page))


async def cashouts(chat: Chat, before: str = "0") -> None:
    """The list, page by page."""
    last = identifier(before)
    view = await chat.read(CashoutList, last)
    await chat.show(screens.cashouts(chat.words, view, last))


async def cancel_cashout(chat: Chat, cashout_id: str) -> None:
    """One question, one operation, and the cash-out as it is then."""
    page = await chat.find(CashoutPage, identifier(cashout_id))
    if page is None:
        return await chat.show(screens.unknown(chat.words))
    await chat.ask("confirm", screens.cancel(chat.words, page), parse=this(chat.words, answers.CONFIRM))
    outcome = await chat.do("cancel", CancelCashout(chat.user_id, page.id))
    now = await chat.read(CashoutPage, page.id)
    shown = screens.page(chat.words, now)
    if isinstance(outcome, Refused):
        shown = shown.with_problem(sentence(chat.words, outcome, now.currency, chat.now))
    await chat.show(shown)
