"""Contacts: listing, adding, renaming and deleting what money is sent to."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import choice, identifier
from lockbay.actors.screen import Screen
from lockbay.areas.contacts import screens
from lockbay.areas.contacts.records import AddContact, Contacts, RemoveContact, RenameContact
from lockbay.areas.destinations import Saved, ask_label, choose, name
from lockbay.areas.networks import NETWORKS, carried
from lockbay.postgres.queries import Refused


async def contacts(chat: Chat, page: str = "0") -> None:
    """What was used last, first."""
    await chat.show(screens.contacts(chat.words, await _contacts(chat), identifier(page)))


async def contact(chat: Chat, destination_id: str) -> None:
    """One of them, and what can be done with it."""
    found = (await _contacts(chat)).find(identifier(destination_id))
    await chat.show(screens.missing(chat.words) if found is None else screens.contact(chat.words, found))


async def add_contact(chat: Chat) -> None:
    """What for, where to, under which name."""
    network = await chat.ask("network", screens.which(chat.words), parse=choice(chat.words, {n: n for n in NETWORKS}))
    currency = carried(network)
    new = await choose(chat, currency, network, (), (await _contacts(chat)).ours)
    new = await name(chat, new)
    added = await chat.do(
        "add",
        AddContact(
            chat.user_id, new.label, currency.code, network,
            new.address, new.bank_code, new.bank_name, new.account_name,
        ),
    )  # fmt: skip
    await chat.show(_changed(chat, added))


async def rename_contact(chat: Chat, destination_id: str) -> None:
    """Another name for it."""
    found = (await _contacts(chat)).find(identifier(destination_id))
    if found is None:
        return await chat.show(screens.missing(chat.words))
    label = await ask_label(chat, screens.name(chat.words, found))
    renamed = await chat.do("rename", RenameContact(chat.user_id, found.id, label))
    await chat.show(_changed(chat, renamed))


async def remove_contact(chat: Chat, destination_id: str) -> None:
    """The question before it. The yes is a flow of its own: a replay would not find what it has deleted."""
    found = (await _contacts(chat)).find(identifier(destination_id))
    if found is None:
        return await chat.show(screens.missing(chat.words))
    await chat.show(screens.remove(chat.words, found))


async def removed_contact(chat: Chat, destination_id: str) -> None:
    """Deletes it."""
    gone = await chat.do("remove", RemoveContact(chat.user_id, identifier(destination_id)))
    await chat.show(screens.missing(chat.words) if isinstance(gone, Refused) else screens.removed(chat.words, gone))


def _changed(chat: Chat, now: Saved | Refused) -> Screen:
    return screens.not_added(chat.words, now) if isinstance(now, Refused) else screens.contact(chat.words, now)


async def _contacts(chat: Chat) -> Contacts:
    view = await chat.read(Contacts)
    return view
