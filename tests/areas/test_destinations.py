"""Where money goes to: chosen on the real database, killed and replayed at every answer."""

from __future__ import annotations

import pytest
from attrs import define, field

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Pressed
from lockbay.actors.plan import Plan
from lockbay.actors.screen import Answer, Screen
from lockbay.actors.words import words
from lockbay.areas import destinations_answers as answers
from lockbay.areas import menu
from lockbay.areas.contacts.records import Contacts
from lockbay.areas.destinations import Account, Bank, Banks, Destination, ListBanks, ResolveAccount, choose, keep
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, onboarded
from tests.areas.sendable import labels, sent
from tests.clock import MovedClock
from tests.talk import Talk

WORDS = words("en", "UTC")
TRON = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL"
ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
ZENITH, KUDA = Bank("057", "Zenith Bank"), Bank("50211", "Kuda Microfinance Bank")
BANKS = Banks((ZENITH, KUDA, *(Bank(f"9{n:03}", f"Bank of Town {n:03}") for n in range(600))))
ADA = Account("0123456789", "ADA <OBI>")


@define
class Desk:
    """What the provider of bank transfers says; what it was asked."""

    banks: Banks | Refused = BANKS
    account: Account | Refused = ADA
    asked: list[str] = field(factory=list)

    async def list(self, _: ListBanks, __: str) -> Banks | Refused:
        return self.banks

    async def resolve(self, errand: ResolveAccount, _: str) -> Account | Refused:
        self.asked.append(f"{errand.bank_code} {errand.account_number}")
        return self.account


chosen: list[Destination] = []


async def pick(chat: Chat, code: str, network: str) -> None:
    """Chooses, and keeps if that is wanted."""
    saved = await chat.read(Contacts)
    destination = await choose(chat, CURRENCIES[code], network, saved.saved)
    offer = Screen(chat.words("Chosen"), ((Answer("Keep", "keep"), Answer("Go on", "go")),))
    if await chat.ask("review", offer, parse=lambda reply: reply.value == "keep"):  # type: ignore[union-attr]
        destination = await keep(chat, destination)
    chosen.append(destination)
    await chat.show(Screen(chat.words("Done")))


@pytest.fixture
def desk() -> Desk:
    chosen.clear()
    return Desk()


@pytest.fixture
async def talk(database: Database, clock: MovedClock, desk: Desk) -> Talk:
    plan = Plan({**menu.FLOWS, "pick": pick}, {}, "menu", lambda person, flow: None)
    return Talk(
        plan, database, clock, await onboarded(database, ANA), {ListBanks: desk.list, ResolveAccount: desk.resolve}
    )


async def save(database: Database, *rows: tuple[str, str, str, str, str]) -> None:
    """label, currency, network, address, bank code"""
    for row in rows:
        await database.pool.fetch(
            "save",
            "INSERT INTO destinations (user_id, label, currency, network, address, bank_code, bank_name, account_name,"
            f" created_at) VALUES ({ANA}, $1, $2, $3, $4, $5, CASE $5 WHEN '' THEN '' ELSE 'Zenith Bank' END,"
            " CASE $5 WHEN '' THEN '' ELSE 'ADA OBI' END, now())",
            row,
            reads=False,
        )


async def test_an_address_is_typed_and_nothing_more_is_asked(talk: Talk) -> None:
    assert "address for the USDT" in sent(await talk.open("pick", "USDT", "TRC20"))
    assert "Chosen" in sent(await talk.say(TRON))
    await talk.press("Go on")
    assert chosen == [Destination("TRC20", TRON)]


async def test_a_wrong_address_is_asked_again_with_the_reason(talk: Talk) -> None:
    await talk.open("pick", "USDT", "TRC20")
    assert "looks like an address of Ethereum" in sent(await talk.say(ETHEREUM))
    assert "typing mistake" in sent(await talk.say(TRON[:-1] + "M"))
    assert "whole of it" in sent(await talk.say("<b>hello</b>"))
    assert "Chosen" in sent(await talk.say(TRON))


async def test_an_ethereum_address_is_kept_with_its_checksum(talk: Talk) -> None:
    await talk.open("pick", "ETH", "ETH")
    await talk.say(ETHEREUM.lower())
    await talk.press("Go on")
    assert chosen == [Destination("ETH", ETHEREUM)]


async def test_saved_ones_of_the_network_are_buttons(talk: Talk, database: Database) -> None:
    await save(database, ("My wallet", "USDT", "TRC20", TRON, ""), ("Cold", "ETH", "ETH", ETHEREUM, ""))
    screen = await talk.open("pick", "USDT", "TRC20")
    assert "⭐ My wallet · TNPe…YqeL" in labels(screen)
    assert not any("Cold" in label for label in labels(screen))
    await talk.press("My wallet")
    await talk.press("Go on")
    assert chosen == [Destination("TRC20", TRON)]


async def test_many_saved_ones_are_turned_through(talk: Talk, database: Database) -> None:
    await save(database, *((f"Wallet {n}", "USDT", "TRC20", f"{TRON}{n}", "") for n in range(20)))
    await talk.open("pick", "USDT", "TRC20")
    await talk.press("2 ➡️")
    screen = await talk.press("3 ➡️")
    assert [label for label in labels(screen) if "Wallet" in label][-1].startswith("⭐ Wallet 0")
    await talk.press("⬅️ 2")
    await talk.press("Wallet 9 ")
    assert "Chosen" in sent(talk.screen)


async def test_a_new_one_is_kept_under_a_typed_or_suggested_name_or_not(talk: Talk) -> None:
    for answer, label in (("  My\nwallet ", "My wallet"), ("", "Tron (TRC20) TNPe…YqeL"), ("no", "")):
        await talk.open("pick", "USDT", "TRC20")
        await talk.say(TRON)
        sent(await talk.press("Keep"))
        assert "1 to 40" in sent(await talk.say("x" * 41))
        assert "1 to 40" in sent(await talk.say("\u200b"))
        if answer == "no":
            await talk.press("Don't keep")
        elif answer:
            await talk.say(answer)
        else:
            await talk.press("Use")
        assert chosen[-1] == Destination("TRC20", TRON, label=label)


async def test_a_bank_is_found_by_typing_and_the_name_of_the_account_confirmed(talk: Talk, desk: Desk) -> None:
    assert "Which bank" in sent(await talk.open("pick", "NGN", "BANK"))
    assert "No bank is called “zz”" in sent(await talk.say("zz"))
    screen = await talk.say("bank KUDA")
    assert [label for label in labels(screen) if "Bank" in label] == ["Kuda Microfinance Bank"]
    assert "10 digits" in sent(await talk.press("Kuda"))
    assert "10 digits" in sent(await talk.say("12345"))
    assert desk.asked == []
    assert "ADA <OBI>" in sent(await talk.say("01234 56789"))
    assert set(desk.asked) == {"50211 0123456789"}
    await talk.press("Yes")
    await talk.press("Go on")
    assert chosen == [Destination("BANK", "0123456789", "50211", KUDA.name, "ADA <OBI>")]


async def test_hundreds_of_banks_are_turned_through(talk: Talk) -> None:
    await talk.open("pick", "NGN", "BANK")
    screen = await talk.press("➡️")
    assert "Bank of Town 006" in labels(screen)
    await talk.say("Town")
    assert "Bank of Town 008" in labels(await talk.press("2 ➡️"))
    assert "Zenith Bank" in labels(await talk.press("All banks"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("gtb", "Guaranty Trust Bank"),
        ("GTBank", "Guaranty Trust Bank"),
        ("gt bank", "Guaranty Trust Bank"),
        ("uba", "United Bank for Africa"),
        ("fcmb", "First City Monument Bank"),
        ("fbn", "First Bank of Nigeria"),
    ],
)
async def test_a_bank_is_found_by_what_everybody_calls_it(talk: Talk, desk: Desk, typed: str, name: str) -> None:
    names = "Guaranty Trust Bank", "United Bank for Africa", "First City Monument Bank", "First Bank of Nigeria"
    desk.banks = Banks((ZENITH, KUDA, *(Bank(f"9{n}", each) for n, each in enumerate(names))))
    await talk.open("pick", "NGN", "BANK")
    assert labels(await talk.say(typed))[0] == name
    assert "No bank is called “b”" not in sent(await talk.say("b"))
    assert "No bank is called “xu”" in sent(await talk.say("xu"))


async def test_an_account_that_nobody_has_is_not_taken(talk: Talk, desk: Desk) -> None:
    desk.account = Refused("unresolved")
    await talk.open("pick", "NGN", "BANK")
    await talk.press("Zenith")
    screen = await talk.say("0123456789")
    assert "no such account" in sent(screen)
    assert not any("Yes" in label for label in labels(screen))
    desk.account = Refused("provider_away")
    assert "cannot be asked just now" in sent(await talk.say("0123456789"))
    desk.account = Account("0123456789", "ADA OBI")
    await talk.say("0123456789")
    await talk.press("Yes")
    await talk.press("Go on")
    assert [each.account_name for each in chosen] == ["ADA OBI"]


async def test_one_bank_that_fits_no_button_does_not_hide_the_others(talk: Talk, desk: Desk) -> None:
    desk.banks = Banks((Bank("9" * 60, "Long Bank"), KUDA))
    screen = await talk.open("pick", "NGN", "BANK")
    assert "Kuda Microfinance Bank" in labels(screen)
    assert "Long Bank" not in labels(screen)
    sent(screen)


async def test_another_bank_can_be_chosen_and_another_number_typed(talk: Talk, desk: Desk) -> None:
    await talk.open("pick", "NGN", "BANK")
    await talk.press("Zenith")
    await talk.say("0123456789")
    assert "Which bank" in sent(await talk.press("Another bank"))
    await talk.press("Kuda")
    await talk.say("0123456789")
    desk.account = Account("0123456780", "BOLA OBI")
    assert "BOLA" in sent(await talk.say("0123456780"))
    await talk.press("Yes")
    await talk.press("Go on")
    assert [(each.bank_code, each.address) for each in chosen] == [("50211", "0123456780")]


def test_a_yes_to_one_name_is_none_to_another() -> None:
    """As a replay may find: the provider is asked again."""
    was, now = Account("0123456789", "ADA OBI"), Account("0123456789", "SOMEBODY ELSE")
    yes = Pressed(answers.yes_value(was))
    assert answers.account(WORDS, was)(yes) == was
    for found in (now, Refused("unresolved"), None):
        with pytest.raises(Invalid):
            answers.account(WORDS, found)(yes)


async def test_banks_that_cannot_be_listed_are_asked_for_again(talk: Talk, desk: Desk, database: Database) -> None:
    await save(database, ("Mine", "NGN", "BANK", "0123456789", "057"))
    desk.banks = Refused("provider_away")
    screen = await talk.open("pick", "NGN", "BANK")
    assert "cannot be had" in sent(screen)
    assert any("Mine" in label for label in labels(screen))
    desk.banks = Banks((KUDA,))
    assert "Kuda Microfinance Bank" in labels(await talk.press("Try again"))


async def test_a_saved_account_is_one_press(talk: Talk, database: Database, desk: Desk) -> None:
    await save(database, ("Mine", "NGN", "BANK", "0123456789", "057"))
    await talk.open("pick", "NGN", "BANK")
    assert "First the bank" in sent(await talk.say("0123456789"))
    await talk.press("Mine")
    await talk.press("Go on")
    assert chosen == [Destination("BANK", "0123456789", "057", "Zenith Bank", "ADA OBI")]
    assert desk.asked == []
