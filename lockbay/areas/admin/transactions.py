"""All that moves money, in one list: filtered, and looked into. For finance and owners; anybody else gets the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.admin import transaction_screens as screens
from lockbay.areas.admin.people_records import Somebody
from lockbay.areas.admin.transaction_records import TransactionCase, Transactions
from lockbay.areas.admin.transaction_screens import ALL, Filter
from lockbay.areas.admin.whom import whom
from lockbay.errors import Outdated


async def transactions(chat: Chat, kind: str = ALL, state: str = "", person: str = "0", place: str = "") -> None:
    """A page of them; of a kind, of a kind's state, of a person."""
    await _show(chat, _filter(kind, state, person), place)


async def transaction_states(chat: Chat, kind: str, person: str = "0") -> None:
    """Of which state?"""
    wanted = _filter(kind, "", person)
    await chat.read(Transactions, ALL, "", 0, 0, 0, 0, 0)
    await chat.show(screens.states(chat.words, wanted))


async def transaction_person(chat: Chat, kind: str = ALL, state: str = "") -> None:
    """Of whom?"""
    wanted = _filter(kind, state, "0")
    await chat.read(Transactions, ALL, "", 0, 0, 0, 0, 0)
    found = await whom(chat, screens.of_whom(chat.words, wanted), Somebody)
    await _show(chat, Filter(wanted.kind, wanted.state, found.id), "")


async def transaction(chat: Chat, kind: str, number: str) -> None:
    """One of them."""
    page = await chat.read(TransactionCase, kind, identifier(number))
    await chat.show(screens.case(chat.words, page))


async def _show(chat: Chat, wanted: Filter, place: str) -> None:
    at = screens.parse_place(place)
    view = await chat.read(
        Transactions, wanted.kind, wanted.state, wanted.person, at.trades, at.cashouts, at.deposits, at.exchanges
    )
    await chat.show(screens.listed(chat.words, view, wanted))


def _filter(kind: str, state: str, person: str) -> Filter:
    """Raises Outdated for what no button of ours holds."""
    if kind not in screens.KINDS or (state and state not in screens.STATES.get(kind, ())):
        raise Outdated
    return Filter(kind, state, identifier(person))


FLOWS: Final[Mapping[str, Flow]] = {
    "transactions": transactions,
    "transaction_states": transaction_states,
    "transaction_person": transaction_person,
    "transaction": transaction,
}
