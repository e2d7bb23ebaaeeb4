"""Deposits: coin, network, address; or an amount, and the page of a bank transfer.

Each but the amount is a screen of its own, so that a button of any of them works for ever.
"""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.conversation import Chat
from lockbay.areas.deposits import answers, screens
from lockbay.areas.deposits.records import BankDeposit, DepositInfo
from lockbay.areas.networks import BANK, Network, coin, network_of
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.areas.payin_refusals import sentence
from lockbay.money import Currency, Money
from lockbay.postgres.queries import Refused


async def deposit(chat: Chat, currency: str = "", network: str = "") -> None:
    """Leads to the person's own address for a coin on a network, made when they first ask for it; NGN to a transfer."""
    if not currency:
        return await chat.show(screens.choose_coin(chat.words))
    chosen = coin(chat.words, currency)
    if not network and len(chosen.networks) > 1:
        return await chat.show(screens.choose_network(chat.words, chosen))
    over = network_of(chat.words, chosen, network or chosen.networks[0])
    if over == BANK:
        return await _bank_transfer(chat, chosen)
    address = await _address(chat, chosen, over)
    if isinstance(address, Refused):
        return await chat.show(screens.refused(chat.words, chosen, over, address))
    await chat.show(screens.address(chat.words, address, over))


async def _address(chat: Chat, currency: Currency, network: Network) -> Payin | Refused:
    info = await chat.find(DepositInfo, currency.code, network.code)
    if info is not None and info.payin is not None:
        return info.payin
    return await chat.do("address", OpenPayin(chat.user_id, currency.code, network.code))


async def _bank_transfer(chat: Chat, currency: Currency) -> None:
    problem = None
    while True:
        amount = await _amount(chat, problem)
        page = await chat.do("page", OpenPayin(chat.user_id, currency.code, BANK.code, amount=amount.amount))
        if isinstance(page, Payin):
            return await chat.show(screens.bank_page(chat.words, page))
        if page.reason != "bad_amount":
            return await chat.show(screens.refused(chat.words, currency, BANK, page))
        problem = sentence(chat.words, page)


async def _amount(chat: Chat, problem: Markup | None) -> Money:
    limits = await chat.read(BankDeposit)
    screen = screens.how_much(chat.words, limits)
    return await chat.ask("amount", screen.with_problem(problem), parse=answers.amount(chat.words, limits))
