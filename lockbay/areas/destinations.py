"""Where money goes to, and how it is chosen: shared by cash-outs, exchanges and contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from lockbay.actors.conversation import Chat
from lockbay.actors.errand import Errand
from lockbay.actors.parse import Parse, Pressed, Reply, Said
from lockbay.actors.screen import Answer, Screen
from lockbay.areas import buttons
from lockbay.areas.networks import NETWORKS
from lockbay.areas.text import cut, paragraphs
from lockbay.errors import Invalid
from lockbay.money import Currency

MOST: Final = 40  # characters of a label


@frozen
class Destination:
    """An address on a network, or an account at a bank (`network` BANK, `address` its number, all of `bank_…` and
    `account_name`). With a label it is to be kept under that name.
    """

    network: str
    address: str
    bank_code: str = ""
    bank_name: str = ""
    account_name: str = ""
    label: str = ""


@frozen
class Saved:
    """A destination that the person has kept."""

    id: int
    label: str
    currency: str
    network: str
    address: str
    bank_code: str
    bank_name: str
    account_name: str


@frozen
class Bank:
    """A bank, by the code that the provider knows it by."""

    code: str
    name: str


@frozen
class Banks:
    """All that can be paid to."""

    banks: tuple[Bank, ...]


@frozen
class ListBanks(Errand[Banks]):
    """The banks that can be paid to. Refused: `provider_away`."""


@frozen
class Account:
    """An account that exists, and whose it is."""

    number: str
    name: str


@frozen
class ResolveAccount(Errand[Account]):
    """Whose account it is. Refused: `unresolved` (there is no such account), `provider_away`."""

    user_id: int
    bank_code: str
    account_number: str


async def choose(chat: Chat, currency: Currency, network: str, saved: Sequence[Saved]) -> Destination:
    """A saved destination, or one that is typed. Nothing is written. Whether a typed one is kept is not asked here:
    that takes a step from everybody; a review offers it with a button that leads to `keep`.
    """
    fitting = [each for each in saved if each.network == network]
    return await chat.ask("to", _screen(chat, currency, network, fitting), parse=_answer(chat, network, fitting))


async def keep(chat: Chat, destination: Destination) -> Destination:
    """The same, with the label that it is to be kept under: to be called when somebody presses "keep" in a review."""
    raise NotImplementedError


def _screen(chat: Chat, currency: Currency, network: str, saved: Sequence[Saved]) -> Screen:
    words = chat.words
    text = paragraphs(
        (
            words("📤 <b>Where to?</b>"),
            words(
                "Type or paste the {network} address for your {coin}.", network=NETWORKS[network].name, coin=currency
            ),
        )
    )
    rows = tuple((Answer(cut(each.label, 40), f"saved.{each.id}"),) for each in saved[:8])
    return Screen(text, (*rows, (buttons.cancel(words),)))


def _answer(chat: Chat, network: str, saved: Sequence[Saved]) -> Parse[Destination]:
    named = {f"saved.{each.id}": each for each in saved}

    def parse(reply: Reply) -> Destination:
        match reply:
            case Pressed(value) if each := named.get(value):
                return Destination(each.network, each.address, each.bank_code, each.bank_name, each.account_name)
            case Said(text):
                return Destination(network, text)
            case _:
                raise Invalid(chat.words("Please type the address, or press one of the buttons below."))

    return parse
