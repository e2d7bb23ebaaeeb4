"""The networks that money travels on, as people know them."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from lockbay.actors.words import Words
from lockbay.areas.text import cut
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES, Currency


@frozen
class Network:
    """`confirmations` is how many blocks a deposit waits for; a bank has none."""

    code: str
    name: str
    confirmations: int = 1


BANK: Final = Network("BANK", "Bank transfer", confirmations=0)
NETWORKS: Final = {
    network.code: network
    for network in (
        Network("TRC20", "Tron (TRC20)"),
        Network("ERC20", "Ethereum (ERC20)"),
        Network("BTC", "Bitcoin", confirmations=2),
        Network("ETH", "Ethereum"),
        Network("LTC", "Litecoin"),
        Network("DOGE", "Dogecoin"),
        Network("TRX", "Tron"),
        BANK,
    )
}


def network_name(code: str) -> str:
    """As people know it."""
    known = NETWORKS.get(code)
    return known.name if known else cut(code, 20)


def depositable() -> tuple[Currency, ...]:
    """What can be paid in, in its fixed order."""
    return tuple(currency for currency in CURRENCIES.values() if currency.networks)


def carried(network: str) -> Currency:
    """What travels on it: one each."""
    return next(currency for currency in CURRENCIES.values() if network in currency.networks)


def is_coin(currency: Currency) -> bool:
    """Whether it travels on a chain of blocks."""
    return any(code != BANK.code for code in currency.networks)


def coin(words: Words, code: str) -> Currency:
    """Raises Invalid for what cannot be paid in."""
    found = CURRENCIES.get(code.upper())
    if found is None or not found.networks:
        raise Invalid(words("{code} cannot be deposited here.", code=code[:10]))
    return found


def network_of(words: Words, currency: Currency, code: str) -> Network:
    """Raises Invalid for a network that the coin does not travel on here."""
    if code not in currency.networks:
        raise Invalid(words("{coin} does not come over that network here.", coin=currency.code))
    return NETWORKS[code]
