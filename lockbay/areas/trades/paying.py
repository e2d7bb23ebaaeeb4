"""How a buyer pays a trade: from the wallet, from another balance, with a coin, by bank transfer; or goes on with less.

What leaves the wallet is asked for first, and the amount that was shown is in the button: nobody agrees to another one.
As elsewhere, no flow looks at what its own operation changes before it has asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import Parse, button, identifier, this
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.areas.networks import BANK, Network, coin, is_coin, network_of
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.areas.trades import payment_screens as screens
from lockbay.areas.trades import screens as pages
from lockbay.areas.trades.outcomes import barred, show_outcome
from lockbay.areas.trades.payment import TradePayment
from lockbay.areas.trades.payment_refusals import sentence
from lockbay.areas.trades.records import Move, PayQuoted, PayTrade, QuotePayment, ReduceTrade, TradeState
from lockbay.areas.trades.views import TradePage
from lockbay.errors import Invalid
from lockbay.money import NGN, Currency, currency, from_plain
from lockbay.postgres.queries import Refused

NEW_PRICE: Final = frozenset({"quote_expired", "terms_changed"})


def flows(bot: str) -> Mapping[str, Flow]:
    """All flows by name. `bot` is the bot's username, for the trade's page that they end with."""
    return {
        "pay": partial(pay, bot),
        "pay_wallet": partial(pay_wallet, bot),
        "pay_balance": partial(pay_balance, bot),
        "pay_coin": partial(pay_coin, bot),
        "pay_bank": partial(pay_bank, bot),
        "reduce": partial(go_on, bot),
    }


async def pay(bot: str, chat: Chat, trade_id: str) -> None:
    """Every way to pay, with what it costs."""
    payment = await _payable(bot, chat, trade_id)
    if payment is not None:
        await chat.show(screens.ways(chat.words, payment, chat.now))


async def pay_wallet(bot: str, chat: Chat, trade_id: str) -> None:
    """Out of the balance in the trade's own currency."""
    payment = await _payment(chat, trade_id)
    if payment is None:
        return
    sure = await _barred(bot, chat, payment, "pay") or screens.from_wallet(chat.words, payment)
    amount = await chat.ask("confirm", sure, parse=_amount(chat.words))
    await _show_outcome(bot, chat, payment.id, "pay", await chat.do("pay", PayTrade(chat.user_id, payment.id, amount)))


async def pay_balance(bot: str, chat: Chat, trade_id: str, code: str) -> None:
    """Out of another balance, at a price that is promised for some minutes; late, a new one is asked about."""
    payment = await _payment(chat, trade_id)
    if payment is None:
        return
    other, problem = currency(code).code, None
    while True:
        quote = await chat.do("quote", QuotePayment(chat.user_id, payment.id, other))
        if isinstance(quote, Refused):
            return await _show_outcome(bot, chat, payment.id, "pay", quote)
        screen = screens.quoted(chat.words, payment, quote, chat.now)
        await chat.ask("confirm", screen.with_problem(problem), parse=this(chat.words, str(quote.id)))
        outcome = await chat.do("pay", PayQuoted(chat.user_id, quote.id))
        if not (isinstance(outcome, Refused) and outcome.reason in NEW_PRICE):
            return await _show_outcome(bot, chat, payment.id, "pay", outcome)
        problem = sentence(chat.words, outcome)


async def pay_coin(bot: str, chat: Chat, trade_id: str, code: str = "", network: str = "") -> None:
    """Coin, network, address: each a screen of its own, so that a button of any of them works for ever."""
    payment = await _payable(bot, chat, trade_id)
    if payment is None:
        return
    if not code:
        return await chat.show(screens.choose_coin(chat.words, payment))
    chosen = coin(chat.words, code)
    if not is_coin(chosen):
        raise Invalid(chat.words("{code} comes by bank transfer only.", code=chosen.code))
    if not network and len(chosen.networks) > 1:
        return await chat.show(screens.choose_network(chat.words, payment, chosen))
    over = network_of(chat.words, chosen, network or chosen.networks[0])
    where = await _place(chat, payment, chosen, over)
    if where is not None:
        await chat.show(screens.address(chat.words, payment, where, over, chat.now))


async def pay_bank(bot: str, chat: Chat, trade_id: str) -> None:
    """The page of a bank transfer over what is missing."""
    payment = await _payable(bot, chat, trade_id)
    if payment is None:
        return
    where = await _place(chat, payment, NGN, BANK)
    if where is not None:
        await chat.show(screens.bank_page(chat.words, payment, where, chat.now))


async def go_on(bot: str, chat: Chat, trade_id: str) -> None:
    """With what has arrived: the seller gets less, and has to accept that."""
    payment = await _payment(chat, trade_id)
    if payment is None:
        return
    sure = await _barred(bot, chat, payment, "reduce") or screens.going_on(chat.words, payment)
    held = await chat.ask("confirm", sure, parse=_amount(chat.words))
    outcome = await chat.do("reduce", ReduceTrade(chat.user_id, payment.id, held))
    await _show_outcome(bot, chat, payment.id, "reduce", outcome)


async def _payment(chat: Chat, trade_id: str) -> TradePayment | None:
    """None when there is no such trade that the person buys in; then that is shown."""
    payment = await chat.find(TradePayment, identifier(trade_id))
    if payment is None:
        await chat.show(pages.unknown(chat.words))
    return payment


async def _payable(bot: str, chat: Chat, trade_id: str) -> TradePayment | None:
    """The same; None as well when it cannot be paid."""
    payment = await _payment(chat, trade_id)
    shown = None if payment is None else await _barred(bot, chat, payment, "pay")
    if shown is None:
        return payment
    await chat.show(shown)
    return None


async def _barred(bot: str, chat: Chat, payment: TradePayment, move: Move) -> Screen | None:
    """What stands instead of a move that is not possible."""
    if move in payment.may:
        return None
    return barred(bot, chat, await chat.read(TradePage, payment.id), move)


async def _place(chat: Chat, payment: TradePayment, chosen: Currency, over: Network) -> Payin | None:
    """The place to pay in, with what is missing now. None: there is none, and why is shown."""
    where = await chat.do("place", OpenPayin(chat.user_id, chosen.code, over.code, trade_id=payment.id))
    if isinstance(where, Payin):
        return where
    again = screens.again(chat.words, payment, chosen, over)
    await chat.show(screens.no_place(chat.words, payment, sentence(chat.words, where), again))
    return None


def _amount(words: Words) -> Parse[Decimal]:
    """The amount in the button."""
    return button(words, from_plain)


async def _show_outcome(bot: str, chat: Chat, trade_id: int, deed: pages.Deed, outcome: TradeState | Refused) -> None:
    """The trade as it is now; where it was not paid and still can be, the ways to pay, and why."""
    if isinstance(outcome, Refused):
        payment = await chat.find(TradePayment, trade_id)
        if payment is not None and "pay" in payment.may:
            ways = screens.ways(chat.words, payment, chat.now)
            return await chat.show(ways.with_problem(sentence(chat.words, outcome)))
    await show_outcome(bot, chat, trade_id, deed, outcome, sentence)
