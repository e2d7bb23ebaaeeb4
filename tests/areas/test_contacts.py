"""Contacts on the real database, killed and replayed at every answer."""

from __future__ import annotations

import pytest
import trio

from lockbay.actors.plan import Plan
from lockbay.actors.screen import Link
from lockbay.areas import contacts, menu
from lockbay.areas.contacts.records import AddContact, Contacts, RemoveContact, RenameContact
from lockbay.areas.destinations import Account, Bank, Banks, ListBanks, ResolveAccount, Saved
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, fresh_key, fund, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

TRON = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL"
ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


async def list_banks(_: ListBanks, __: str) -> Banks:
    return Banks((Bank("057", "Zenith Bank"),))


async def resolve(errand: ResolveAccount, _: str) -> Account:
    return Account(errand.account_number, "ADA OBI")


@pytest.fixture
async def talk(database: Database, clock: MovedClock) -> Talk:
    plan = Plan({**menu.FLOWS, **contacts.FLOWS}, contacts.COMMANDS, "menu", lambda person, flow: None)
    return Talk(plan, database, clock, await onboarded(database, ANA), {ListBanks: list_banks, ResolveAccount: resolve})


def addition(user: int = ANA, address: str = TRON, label: str = "Mine", *, network: str = "TRC20") -> AddContact:
    currency = {"TRC20": "USDT", "ETH": "ETH", "LTC": "LTC"}[network]
    return AddContact(user, label, currency, network, address, "", "", "")


async def saved(database: Database, user: int = ANA) -> tuple[Saved, ...]:
    view = await database.read(Contacts, user)
    assert view is not None
    return view.saved


async def test_an_address_is_added_and_listed(talk: Talk, database: Database) -> None:
    assert "kept no address" in sent(await talk.open("contacts"))
    asked = await talk.press("Add")
    assert labels(asked)[:3] == ["USDT · Tron (TRC20)", "USDT · Ethereum (ERC20)", "BTC · Bitcoin"]
    await talk.press("Tron (TRC20)")
    await talk.say(TRON)
    assert "which name" in sent(talk.screen)
    screen = await talk.say("Cold <b>")
    assert "Cold <b>" in sent(screen)
    assert TRON in sent(screen)
    [each] = await saved(database)
    assert (each.label, each.currency, each.network, each.address) == ("Cold <b>", "USDT", "TRC20", TRON)
    assert Link("💸 Cash out to it", "cash_out_to", (str(each.id),), style="primary") in [
        b for r in screen.rows for b in r
    ]
    assert "⭐ Cold <b> · TNPe…YqeL" in labels(await talk.open("contacts"))


async def test_a_bank_account_is_added_under_its_owners_name(talk: Talk, database: Database) -> None:
    await talk.open("add_contact")
    await talk.press("Bank account")
    await talk.press("Zenith")
    await talk.say("0123456789")
    await talk.press("Yes")
    shown = sent(await talk.press("Use “ADA OBI”"))
    assert "Zenith Bank" in shown
    assert "0123456789" in shown
    [each] = await saved(database)
    assert (each.label, each.currency, each.bank_code, each.account_name) == ("ADA OBI", "NGN", "057", "ADA OBI")


async def test_a_contact_is_renamed(talk: Talk, database: Database) -> None:
    await database.perform(addition(), fresh_key())
    await talk.open("contacts")
    await talk.press("Mine")
    await talk.press("Rename")
    assert "1 to 40" in sent(await talk.say("x" * 41))
    assert "Yours" in sent(await talk.say("Yours"))
    assert [each.label for each in await saved(database)] == ["Yours"]


async def test_a_contact_is_deleted_after_a_question(talk: Talk, database: Database) -> None:
    await database.perform(addition(), fresh_key())
    await talk.open("contacts")
    await talk.press("Mine")
    assert "no money moves" in sent(await talk.press("Delete"))
    assert len(await saved(database)) == 1
    asked = talk.screen
    assert "is deleted" in sent(await talk.press("Delete"))
    assert await saved(database) == ()
    talk.screens.append(asked)
    assert "not there any more" in sent(await talk.press("Delete")), "the button of an old screen"
    assert leads_to(talk.screen) >= {"contacts", "menu"}


async def test_many_contacts_are_turned_through(talk: Talk, database: Database) -> None:
    for n in range(20):
        await database.perform(addition(address=f"{TRON}{n}", label=f"Wallet {n}"), fresh_key())
    await talk.open("contacts")
    await talk.press("2 ➡️")
    screen = await talk.press("3 ➡️")
    assert sum("Wallet" in label for label in labels(screen)) == 4
    assert "⭐ Wallet 11" in " ".join(labels(await talk.press("⬅️ 2")))
    sent(await talk.open("contacts", "99999"))


async def test_what_is_kept_already_is_shown_instead(talk: Talk, database: Database) -> None:
    await database.perform(addition(address=ETHEREUM, network="ETH"), fresh_key())
    await talk.open("add_contact")
    await talk.say("eth")
    await talk.say(ETHEREUM.lower())
    assert "kept that one already, as Mine" in sent(await talk.say("Again"))
    assert "Mine" in sent(await talk.press("Look at it"))


async def test_an_address_of_lockbay_is_not_kept(database: Database) -> None:
    """As the provider wrote it, which may be without the checksum."""
    await onboarded(database, ANA)
    await fund(database, ANA, "10")
    assert await database.perform(addition(address=f"USDT-of-{ANA}"), fresh_key()) == Refused("own_address")
    await database.pool.fetch(
        "hide", "UPDATE payins SET address = $1 WHERE user_id = $2", (ETHEREUM.lower(), ANA), reads=False
    )
    assert await database.perform(addition(address=ETHEREUM, network="ETH"), fresh_key()) == Refused("own_address")


async def test_the_own_deposit_address_is_refused_when_it_is_typed(talk: Talk, database: Database) -> None:
    """It was after a name for it had been asked for."""
    await fund(database, ANA, "10")
    await database.pool.fetch(
        "hide", "UPDATE payins SET address = $1 WHERE user_id = $2", (ETHEREUM.lower(), ANA), reads=False
    )
    await talk.open("add_contact")
    await talk.say("eth")
    assert "address of LockBay’s own" in sent(await talk.say(ETHEREUM))
    assert "Where to?" in sent(talk.screen)


async def test_there_are_fifty_at_most_even_when_two_come_at_once(database: Database) -> None:
    await onboarded(database, ANA)
    for n in range(49):
        await database.perform(addition(address=f"{TRON}{n}"), fresh_key())
    outcomes: list[Saved | Refused] = []

    async def add(address: str) -> None:
        outcomes.append(await database.perform(addition(address=address), fresh_key()))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(add, f"{TRON}a")
        nursery.start_soon(add, f"{TRON}b")
    assert sum(isinstance(each, Saved) for each in outcomes) == 1
    assert Refused("too_many", {"limit": "50"}) in outcomes


async def test_nobody_touches_what_somebody_else_has_kept(database: Database) -> None:
    await onboarded(database, ANA)
    await onboarded(database, BEN, "Ben")
    mine = await database.perform(addition(), fresh_key())
    assert isinstance(mine, Saved)
    assert isinstance(await database.perform(addition(BEN), fresh_key()), Saved), "both may keep the same address"
    assert await database.perform(RenameContact(BEN, mine.id, "His"), fresh_key()) == Refused("unknown_contact")
    assert await database.perform(RemoveContact(BEN, mine.id), fresh_key()) == Refused("unknown_contact")
    assert await saved(database) == (mine,)


async def test_the_same_request_is_answered_the_same(database: Database) -> None:
    await onboarded(database, ANA)
    key = fresh_key()
    once = await database.perform(addition(), key)
    assert await database.perform(addition(), key) == once
    gone = fresh_key()
    assert isinstance(once, Saved)
    assert await database.perform(RemoveContact(ANA, once.id), gone) == once
    assert await database.perform(RemoveContact(ANA, once.id), gone) == once
