"""Where money goes to, and how it is chosen: shared by cash-outs, exchanges and contacts.

What is asked next depends on the answers alone, not on what is saved or what a provider says: both change, and a replay
must come by the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from attrs import evolve

from lockbay.actors.conversation import Chat
from lockbay.actors.screen import Screen
from lockbay.areas import destinations_answers as answers
from lockbay.areas import destinations_screens as screens
from lockbay.areas.destinations_answers import Look, fitting, is_bank
from lockbay.areas.destinations_records import Account as Account
from lockbay.areas.destinations_records import Bank as Bank
from lockbay.areas.destinations_records import Banks as Banks
from lockbay.areas.destinations_records import Destination as Destination
from lockbay.areas.destinations_records import ListBanks as ListBanks
from lockbay.areas.destinations_records import ResolveAccount as ResolveAccount
from lockbay.areas.destinations_records import Saved as Saved
from lockbay.areas.destinations_records import can_be_kept as can_be_kept
from lockbay.areas.destinations_screens import ending as ending
from lockbay.areas.destinations_screens import goes_to as goes_to
from lockbay.areas.destinations_screens import saved_label as saved_label
from lockbay.money import Currency
from lockbay.postgres.queries import Refused

LONGEST_CODE: Final = 32  # bytes; a button has 64, with the question's number in them


async def choose(
    chat: Chat, currency: Currency, network: str, saved: Sequence[Saved], ours: Collection[str] = ()
) -> Destination:
    """A saved destination, or a new one: an address, or an account whose owner's name was found and confirmed. Nothing
    is written. `ours` are addresses that the person pays in to, as far as they are known here: nothing is sent there.

    Whether a new one is kept is not asked: that would take a step from everybody. A review offers it with a button that
    leads to `keep`.
    """
    if is_bank(network):
        return await _account_of_a_bank(chat, fitting(network, saved))
    return await _address(chat, currency, network, fitting(network, saved), ours)


async def keep(chat: Chat, destination: Destination) -> Destination:
    """The same, with the label that it is to be kept under: for when somebody presses "keep it" in a review."""
    suggested = screens.suggestion(destination)
    screen = screens.keep(chat.words, destination)
    label = await chat.ask("keep", screen, parse=answers.label(chat.words, suggested, may_be_none=True))
    return evolve(destination, label=label)


async def name(chat: Chat, destination: Destination) -> Destination:
    """Like `keep`, for whoever has decided to keep it."""
    suggested = screens.suggestion(destination)
    screen = screens.name(chat.words, destination)
    return evolve(destination, label=await ask_label(chat, screen, suggested))


async def ask_label(chat: Chat, screen: Screen, suggested: str = "") -> str:
    """A name, typed; or `suggested`, pressed."""
    return await chat.ask("name", screen, parse=answers.label(chat.words, suggested))


async def _address(
    chat: Chat, currency: Currency, network: str, saved: Sequence[Saved], ours: Collection[str]
) -> Destination:
    answer: Destination | Look = Look()
    while isinstance(answer, Look):
        screen = screens.place(chat.words, currency.code, network, saved, answer)
        answer = await chat.ask("to", screen, parse=answers.place(chat.words, network, saved, answer, ours))
    return answer


async def _account_of_a_bank(chat: Chat, saved: Sequence[Saved]) -> Destination:
    while True:
        bank = await _bank(chat, saved)
        if not isinstance(bank, Bank):
            return bank
        account = await _account(chat, bank)
        if account is not None:
            return Destination("BANK", account.number, bank.code, bank.name, account.name)


async def _bank(chat: Chat, saved: Sequence[Saved]) -> Bank | Destination:
    """A bank, or a saved account."""
    answer: Bank | Destination | Look = Look(is_fresh=True)
    banks: tuple[Bank, ...] = ()
    while isinstance(answer, Look):
        if answer.is_fresh:
            banks = await _banks(chat)
        screen = screens.bank(chat.words, saved, banks, answer)
        answer = await chat.ask("to", screen, parse=answers.bank(chat.words, saved, banks, answer))
    return answer


async def _banks(chat: Chat) -> tuple[Bank, ...]:
    """None at all when the provider is away; none whose code does not fit into a button."""
    listed = await chat.do("banks", ListBanks())
    banks = () if isinstance(listed, Refused) else listed.banks
    return tuple(bank for bank in banks if len(bank.code.encode()) <= LONGEST_CODE)


async def _account(chat: Chat, bank: Bank) -> Account | None:
    """The account that they say is the one; None: they want another bank."""
    found: Account | Refused | None = None
    while True:
        screen = screens.account(chat.words, bank, found)
        answer = await chat.ask("account", screen, parse=answers.account(chat.words, found))
        if not isinstance(answer, str):
            return answer
        found = await chat.do("resolve", ResolveAccount(chat.user_id, bank.code, answer))
