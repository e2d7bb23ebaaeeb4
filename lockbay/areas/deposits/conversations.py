"""Deposits: coin, network, address. Each is a screen of its own, so that a button of any of them works for ever."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.areas.deposits import screens
from lockbay.areas.deposits.errands import OpenPayin
from lockbay.areas.deposits.networks import Network, coin, network_of
from lockbay.areas.deposits.records import DepositInfo, Payin
from lockbay.money import Currency
from lockbay.postgres.queries import Refused


async def deposit(chat: Chat, currency: str = "", network: str = "") -> None:
    """Leads to the person's own address for a coin on a network, made when they first ask for it."""
    if not currency:
        return await chat.show(screens.choose_coin(chat.words))
    chosen = coin(chat.words, currency)
    if not network and len(chosen.networks) > 1:
        return await chat.show(screens.choose_network(chat.words, chosen))
    over = network_of(chat.words, chosen, network or chosen.networks[0])
    address = await _address(chat, chosen, over)
    if isinstance(address, Refused):
        return await chat.show(screens.refused(chat.words, chosen, over, address))
    await chat.show(screens.address(chat.words, address, over))


async def _address(chat: Chat, currency: Currency, network: Network) -> Payin | Refused:
    info = await chat.read(DepositInfo, currency.code, network.code)
    if info is not None and info.payin is not None:
        return info.payin
    return await chat.do("address", OpenPayin(chat.user_id, currency.code, network.code))
