"""How a destination is asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from attrs import evolve
from markupsafe import Markup

from lockbay.actors.screen import Answer, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.destinations_answers import (
    AGAIN,
    ANOTHER_BANK,
    LONGEST_LABEL,
    NOT_KEPT,
    SUGGESTED,
    Look,
    bank_value,
    is_bank,
    saved_value,
    yes_value,
)
from lockbay.areas.destinations_records import Account, Bank, Destination, Saved
from lockbay.areas.networks import BANK, NETWORKS, network_name
from lockbay.areas.text import cut, fact, lines, paragraphs
from lockbay.postgres.queries import Refused

A_PAGE: Final = 8
LONGEST: Final = 60  # characters of a button
SMALL: Final = frozenset({"of", "for", "and"})  # in the name of a bank
T = TypeVar("T")


def ending(address: str) -> str:
    """Enough to tell one's own addresses apart."""
    return address if len(address) <= 12 else f"{address[:4]}…{address[-4:]}"


class Place(Protocol):
    """Where money goes: an address on a network, or a number at a bank."""

    @property
    def network(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def bank_name(self) -> str: ...
    @property
    def account_name(self) -> str: ...


def goes_to(words: Words, to: Place) -> Markup:
    """To be compared letter by letter: over which network to which address, or to whose account at which bank."""
    if to.network == BANK.code:
        return words(
            "To: <b>{name}</b>, {bank}, <code>{number}</code>",
            name=cut(to.account_name, 80),
            bank=cut(to.bank_name, 80),
            number=cut(to.address, 40),
        )
    return lines(
        fact(words, words.label("Network"), network_name(to.network)),
        words("To: <code>{address}</code>", address=cut(to.address, 120)),
    )


def saved_label(each: Saved) -> str:
    """A saved destination on a button: what it is called, and how it ends, as two may be called the same."""
    return cut(f"⭐ {cut(each.label, LONGEST_LABEL)} · {ending(each.address)}", LONGEST)


def place(words: Words, coin: str, network: str, saved: Sequence[Saved], look: Look) -> Screen:
    """A saved address, or a new one."""
    name = NETWORKS[network].name
    text = paragraphs(
        (
            words("📍 <b>Where to?</b>"),
            words("Type or paste the {network} address for the {coin}.", network=name, coin=coin)
            if not saved
            else words(
                "Press one that you have kept, or type another {network} address for the {coin}.",
                network=name,
                coin=coin,
            ),
        )
    )
    shown, turning = _page(words, saved, look)
    rows = [(Answer(saved_label(each), saved_value(each)),) for each in shown]
    return Screen(text, (*rows, *turning, buttons.step_back(words)))


def bank(words: Words, saved: Sequence[Saved], banks: Sequence[Bank], look: Look) -> Screen:
    """A saved account, or the bank of a new one."""
    found = _found(saved, banks, look.search)
    text = paragraphs((words("🏦 <b>Which bank?</b>"), _how_to_choose(words, banks, found, look)))
    shown, turning = _page(words, found, look)
    rows: list[Row] = [(_choice(each),) for each in shown]
    if not banks:
        rows.append((Answer(words.label("Try again"), AGAIN, "primary"),))
    if look.search:
        rows.append((Answer(words.label("All banks"), AGAIN),))
    return Screen(text, (*rows, *turning, buttons.step_back(words)))


def _choice(each: Saved | Bank) -> Answer:
    if isinstance(each, Bank):
        return Answer(cut(each.name, LONGEST), bank_value(each))
    return Answer(saved_label(each), saved_value(each))


def _how_to_choose(words: Words, banks: Sequence[Bank], found: Sequence[Saved | Bank], look: Look) -> Markup:
    if not banks:
        return words(
            "⚠️ The list of banks cannot be had just now, and no money has moved. Please try again in a minute."
        )
    if not found:
        return words("No bank is called “{search}”. Type another part of its name.", search=look.search)
    if look.search:
        return words("Found for “{search}”. Press one, or type another part of its name.", search=look.search)
    return words("Type a part of its name, or press it.")


def _found(saved: Sequence[Saved], banks: Sequence[Bank], search: str) -> list[Saved | Bank]:
    """What has every word that was typed in it, in any order; or is called so for short."""
    wanted = search.casefold().split()
    named: list[tuple[str, Saved | Bank]] = [
        *((f"{each.label} {each.bank_name} {each.account_name}", each) for each in saved),
        *((each.name, each) for each in banks),
    ]
    return [each for name, each in named if all(word in name.casefold() for word in wanted)] + [
        each for each in banks if _is_short("".join(wanted), each.name.casefold())
    ]


def _is_short(typed: str, name: str) -> bool:
    """Whether they are the first letters of its words, some or all, as in GTB, GTBank and UBA."""
    letters = typed.removesuffix("bank")
    initials = "".join(word[0] for word in name.split()), "".join(word[0] for word in name.split() if word not in SMALL)
    return len(letters) > 1 and typed not in name and any(short.startswith(letters) for short in initials)


def account(words: Words, bank: Bank, found: Account | Refused | None) -> Screen:
    """The number, and then whose account it is."""
    another: Row = (Answer(words.label("✏️ Another bank"), ANOTHER_BANK),)
    last = buttons.step_back(words)
    if isinstance(found, Account):
        text = lines(
            words("👤 <b>{name}</b>", name=cut(found.name, 100)),
            words("{bank}, account <code>{number}</code>", bank=cut(bank.name, 80), number=found.number),
            "",
            words("Is this the account? If not, type another number."),
        )
        return Screen(text, ((Answer(words.label("✅ Yes, this one"), yes_value(found), "success"),), another, last))
    text = paragraphs(
        (
            words("🏦 <b>{bank}</b>", bank=cut(bank.name, 80)),
            words("Type the account number: 10 digits. I will show you whose account it is."),
        )
    )
    screen = Screen(text, (another, last))
    return screen if found is None else screen.with_problem(_not_found(words, found))


def _not_found(words: Words, refused: Refused) -> Markup:
    if refused.reason == "unresolved":
        return words("That bank has no such account. No money has moved. Please look at the number, and the bank.")
    return words("The bank cannot be asked just now, and no money has moved. Please type the number again in a minute.")


def suggestion(destination: Destination) -> str:
    """A name that it could be kept under."""
    name = NETWORKS[destination.network].name
    plain = destination.account_name if is_bank(destination.network) else f"{name} {ending(destination.address)}"
    return cut(plain, LONGEST_LABEL)


def keep(words: Words, destination: Destination) -> Screen:
    """The name that it is kept under, if it is."""
    asked = name(words, destination)
    *rows, last = asked.rows
    return evolve(asked, rows=(*rows, (Answer(words.label("Don't keep it"), NOT_KEPT),), last))


def name(words: Words, destination: Destination) -> Screen:
    """The name that it is kept under."""
    text = paragraphs(
        (
            words("⭐ <b>Keep it under which name?</b>"),
            words("Type one, of {most} characters at most. Next time you only press it.", most=LONGEST_LABEL),
        )
    )
    suggested = words.label("Use “{name}”", name=suggestion(destination))
    return Screen(text, ((Answer(cut(suggested, LONGEST), SUGGESTED),), buttons.step_back(words)))


def _page(words: Words, every: Sequence[T], look: Look) -> tuple[Sequence[T], tuple[Row, ...]]:
    """A part of them, and the buttons to the other parts."""
    last = max(len(every) - 1, 0) // A_PAGE
    page = min(look.page, last)
    turning: Row = ()
    if page > 0:
        turning += (Answer(words.label("⬅️ {n}", n=page), f"page.{page - 1}"),)
    if page < last:
        turning += (Answer(words.label("{n} ➡️", n=page + 2), f"page.{page + 1}"),)
    return every[page * A_PAGE : (page + 1) * A_PAGE], (turning,) if turning else ()
