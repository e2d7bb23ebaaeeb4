"""How the answers about a destination are understood. Each raises Invalid with a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

from attrs import evolve, frozen

from lockbay.actors.parse import Parse, Pressed, Reply, Said
from lockbay.actors.words import Words
from lockbay.areas.addresses import checked
from lockbay.areas.destinations_records import Account, Bank, Destination, Saved
from lockbay.areas.networks import BANK
from lockbay.errors import Invalid
from lockbay.postgres.queries import Refused

OURS: Final = (
    "That is an address of LockBay’s own, where deposits arrive, so nothing can be sent there. No money moved; "
    "please give the address of another wallet."
)
LONGEST_LABEL: Final = 40
LONGEST_SEARCH: Final = 40
AGAIN: Final = "again"
ANOTHER_BANK: Final = "bank"
SUGGESTED: Final = "suggested"
NOT_KEPT: Final = "no"

_PAGE: Final = re.compile(r"page\.(\d{1,3})", re.ASCII)
_ACCOUNT: Final = re.compile(r"\d{10}", re.ASCII)


@frozen
class Look:
    """What part of a list is looked at. `is_fresh`: the list is to be fetched anew."""

    search: str = ""
    page: int = 0
    is_fresh: bool = False


def saved_value(each: Saved) -> str:
    """Of its button."""
    return f"saved.{each.id}"


def bank_value(each: Bank) -> str:
    """Of its button."""
    return f"code.{each.code}"


def place(
    words: Words, network: str, saved: Sequence[Saved], look: Look, ours: Collection[str] = ()
) -> Parse[Destination | Look]:
    """A saved destination, or an address that is typed and none of `ours`; or another page."""
    named = {saved_value(each): each.destination for each in saved}

    def parse(reply: Reply) -> Destination | Look:
        match reply:
            case Pressed(value) if found := named.get(value) or _turned(look, value):
                return found
            case Said(text):
                address = checked(words, network, text)
                if address in ours or address.lower() in ours:  # as sql/contacts/ours.sql compares
                    raise Invalid(words(OURS))
                return Destination(network, address)
            case _:
                raise Invalid(words("Please type the address, or press one of the buttons below."))

    return parse


def bank(words: Words, saved: Sequence[Saved], banks: Sequence[Bank], look: Look) -> Parse[Destination | Bank | Look]:
    """A saved account, a bank, another page, or what to look for."""
    named: Mapping[str, Destination | Bank] = {
        **{saved_value(each): each.destination for each in saved},
        **{bank_value(each): each for each in banks},
    }

    def parse(reply: Reply) -> Destination | Bank | Look:
        match reply:
            case Pressed(value) if value == AGAIN:
                return Look(is_fresh=True)
            case Pressed(value) if found := named.get(value) or _turned(look, value):
                return found
            case Said(text) if re.fullmatch(r"[\d\s-]+", text):
                raise Invalid(words("First the bank, then the number: type a part of the bank's name."))
            case Said(text):
                return Look(search=text[:LONGEST_SEARCH])
            case _:
                raise Invalid(words("Please type a part of the bank's name, or press one of the buttons below."))

    return parse


def _turned(look: Look, value: str) -> Look | None:
    found = _PAGE.fullmatch(value)
    return evolve(look, page=int(found[1]), is_fresh=False) if found else None


AccountAnswer: TypeAlias = str | Account | None


def yes_value(account: Account) -> str:
    """Of the button that says yes: a replay that finds another name does not take it for a yes to that one."""
    return "yes." + sha256(f"{account.number} {account.name}".encode()).hexdigest()[:8]


def account(words: Words, found: Account | Refused | None) -> Parse[AccountAnswer]:
    """A number to look up; the account that was found, when they say that it is the one; None: another bank."""

    def parse(reply: Reply) -> AccountAnswer:
        match reply:
            case Pressed(value) if value == ANOTHER_BANK:
                return None
            case Pressed(value) if isinstance(found, Account) and value == yes_value(found):
                return found
            case Pressed(value) if _ACCOUNT.fullmatch(value):
                return value
            case Said(text) if _ACCOUNT.fullmatch(digits := re.sub(r"[\s-]", "", text)):
                return digits
            case Said():
                raise Invalid(words("An account number has 10 digits. Please type it again."))
            case _:
                raise Invalid(words("Please type the account number, or press one of the buttons below."))

    return parse


def label(words: Words, suggested: str, *, may_be_none: bool = False) -> Parse[str]:
    """A name of one line; "", where there may be none: not to be kept."""

    def parse(reply: Reply) -> str:
        match reply:
            case Pressed(value) if value == SUGGESTED and suggested:
                return suggested
            case Pressed(value) if value == NOT_KEPT and may_be_none:
                return ""
            case Said(text) if len(name := " ".join(text.split())) <= LONGEST_LABEL and _is_visible(name):
                return name
            case Said():
                raise Invalid(words("A name has 1 to {most} characters.", most=LONGEST_LABEL))
            case _:
                raise Invalid(words("Please type a name, or press one of the buttons below."))

    return parse


def _is_visible(name: str) -> bool:
    """A button must have something on it."""
    return any(character.isprintable() and not character.isspace() for character in name)


def fitting(network: str, saved: Sequence[Saved]) -> list[Saved]:
    """Those that money can go to over it."""
    return [each for each in saved if each.network == network]


def is_bank(network: str) -> bool:
    """Whether an account is asked for, not an address."""
    return network == BANK.code
