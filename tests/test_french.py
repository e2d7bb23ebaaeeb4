"""French: all of it is translated, as it would be printed, and nothing else is on the screens of a French person."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import orjson
import pytest
from babel.messages.catalog import Message

from lockbay import plan
from lockbay.actors.errand import UnknownErrand
from lockbay.actors.parse import Said, money
from lockbay.actors.person import MeetPerson
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import languages, words
from lockbay.areas import commands
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.preferences.records import Preferences, Speak
from lockbay.errors import Invalid
from lockbay.money import USDT
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, fund, met, offered, onboarded, set_rates
from tests.areas.sendable import labels, sent
from tests.clock import MovedClock
from tests.talk import Talk
from tests.test_catalogue import catalogue

FRENCH = words("fr", "UTC")
PLAN = plan.plan("lockbay_bot")
NOTICES = plan.notices("lockbay_bot", b"secret")
SAID = catalogue.read(catalogue.po("fr"), "fr")
LONGEST_LABEL = 40
# Words that hardly a sentence does without in English, and that no French one has.
ENGLISH = re.compile(
    r"\b(the|you|your|and|is|are|was|it|of|not|with|this|that|has|have|for|from|there|by)\b", re.IGNORECASE
)
# Somebody who mends the catalogue by search and replace may say a sentence once more.
TWICE = re.compile(r"(.{25,}).*\1", re.DOTALL)
# What French sets apart from the word before it with a space that does not break, and how it does not quote.
UNTYPOGRAPHICAL = re.compile(r"(?<=\w)['\"]|\w[;!?»]|«\S\b| [:;!?»%$]|« |[“”]")


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def sentences() -> list[Message]:
    return [message for message in SAID if message.id]


def test_all_of_it_is_translated() -> None:
    assert "fr" in languages()
    assert catalogue.ids(SAID) == catalogue.ids(catalogue.read(catalogue.TEMPLATE))
    assert [message.id for message in sentences() if message.fuzzy or not all(forms(message))] == []
    assert SAID.plural_expr == "(n > 1)"


def test_its_labels_fit_buttons() -> None:
    """Those that are longer in English, too, are no buttons."""
    long = [
        said.string
        for label in set(_labels())
        if (said := SAID.get(label)) and len(label) <= LONGEST_LABEL < len(str(said.string))
    ]
    assert long == []


def _labels() -> Iterator[str]:
    for _, tree in catalogue.sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and catalogue._name(node.func) == "label":
                yield catalogue._text(node.args[0])


def test_nothing_is_said_twice_that_english_says_once() -> None:
    twice = [message.id for message in sentences() if any(map(TWICE.search, forms(message)))]
    assert [said for said in twice if not TWICE.search(str(said))] == []


def test_it_is_set_as_french_is() -> None:
    wrong = [
        form
        for message in sentences()
        for form in forms(message)
        if UNTYPOGRAPHICAL.search(re.sub(r"<[^>]*>|https?:\S+|/\w+", "", form))
    ]
    assert wrong == []


def test_no_sentence_was_left_in_english() -> None:
    assert [form for message in sentences() for form in forms(message) if english(form)] == []


def test_the_commands_are_told_in_french() -> None:
    told = dict(commands.listed(FRENCH, is_admin=True))
    assert told["wallet"] == "Votre argent"
    assert not any(english(about) for about in told.values())


def english(text: str) -> list[str]:
    """What is English in it."""
    return ENGLISH.findall(re.sub(r"https?:\S+|\S+@\S+|\S*_\S*|\{\w+\}", "", text))


def check(screen: Screen) -> Screen:
    """A screen, of which nothing is in English."""
    left = [text for text in (sent(screen), *labels(screen)) if english(text)]
    assert left == []
    return screen


class Parle(Talk):
    """Talks with somebody French, whose screens are all looked at."""

    async def open(self, flow: str, *args: str) -> Screen:
        return check(await super().open(flow, *args))

    async def press(self, label: str) -> Screen:
        return check(await super().press(label))

    async def say(self, text: str) -> Screen:
        return check(await super().say(text))


@pytest.fixture
def talking(database: Database, clock: MovedClock) -> Callable[[int], Parle]:
    return lambda user_id: Parle(PLAN, database, clock, user_id)


async def french(database: Database, user_id: int, first_name: str, username: str) -> int:
    await onboarded(database, user_id, first_name, username)
    assert not isinstance(await database.perform(Speak(user_id, "fr"), fresh_key()), Refused)
    return user_id


async def told(database: Database) -> set[str]:
    """Every notice that was written, looked at; their kinds."""
    written = await database.pool.fetch("told", "SELECT kind, data::text FROM outbox ORDER BY id", (), reads=True)
    for row in written:
        notice = NOTICES[row["kind"]]
        check(notice.draw(FRENCH, rows.structurer(notice.record)(orjson.loads(row["data"]))))
    return {row["kind"] for row in written}


def test_the_amount_that_is_given_as_an_example_is_written_as_a_french_person_writes() -> None:
    with pytest.raises(Invalid) as refused:
        money(FRENCH, Said("beaucoup"), USDT)
    told = str(FRENCH.problem(refused.value))
    assert "1250,50" in told
    assert money(FRENCH, Said("1250,50"), USDT).amount == Decimal("1250.5")


async def test_somebody_new_is_welcomed_in_the_language_of_their_telegram(
    database: Database, talking: Callable[[int], Parle]
) -> None:
    await database.run(MeetPerson(ANA, "ana", "Ana", "fr"))
    ana = talking(ANA)
    assert "Bienvenue chez LockBay, Ana" in sent(await ana.open("start"))
    await ana.press("Passer")
    await ana.press("Accepter")
    assert "Votre portefeuille est vide." in sent(ana.screen)


async def test_french_is_chosen_in_the_settings(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA)
    talk = Talk(PLAN, database, clock, ANA)
    await talk.open("language")
    assert "Réglages" in sent(await talk.press("français"))
    view = await database.read(Preferences, ANA)
    assert view is not None
    assert view.language == "fr"


async def test_a_trade_is_made_paid_and_released_in_french(database: Database, talking: Callable[[int], Parle]) -> None:
    await set_rates(database)
    await french(database, ANA, "Ana", "ana")
    await french(database, BEN, "Ben", "ben")
    await fund(database, ANA, "5000")
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("new_trade")
    await ana.say("@ben")
    await ana.say("USDT")
    assert "une virgule" not in sent(await ana.say("1,250")), "may be two amounts"
    await ana.say("1 250,50")
    await ana.say("Un vélo bleu")
    await ana.say("2 jours")
    await ana.press("Je les paie")
    assert "Montant\u00a0: 1\u202f250,5 USDT" in sent(ana.screen)
    await ana.press("Confirmer")
    assert "Votre transaction est créée" in sent(ana.screen)
    await ana.press("Payer maintenant")
    await ana.press("Depuis votre portefeuille")
    await ana.press("Confirmer")
    assert "séquestre" in sent(ana.screen)
    page = await ben.open("trades")
    [opened] = [button for row in page.rows for button in row if isinstance(button, Link) and button.flow == "trade"]
    await ben.open(opened.flow, *opened.args)
    await ben.press("Accepter")
    await ben.press("Confirmer")
    await ben.press("Marquer livrée")
    await ben.press("Confirmer")
    await ana.open(opened.flow, *opened.args)
    await ana.press("Libérer")
    await ana.press("Confirmer")
    assert "terminée" in sent(ana.screen)
    await ana.press("Noter")
    await ana.press("★★★★★")
    await ana.press("Passer")
    await ana.press("Confirmer")
    assert await told(database) >= {"trade_paid", "trade_accepted", "trade_delivered", "trade_released"}


async def test_wherever_two_taps_lead_it_is_french(database: Database, talking: Callable[[int], Parle]) -> None:
    """Of one of the staff, who has some of everything; and what is said there to an answer that cannot be used."""
    await set_rates(database)
    await french(database, BEN, "Ben", "ben")
    await offered(database, BEN, "username", "@ana", description="Un vélo")
    await french(database, ANA, "Ana", "ana")
    await offered(database, ANA, "username", "@ben", description="Un vélo")
    await fund(database, ANA, "500")
    await met(database, CLEO, "Cleo")
    await database.run(SaveStaff([ANA]))
    talk = talking(ANA)
    first = links(await talk.open("menu"))
    second = {link for each in first for link in links(await talk.open(each.flow, *each.args))}
    for link in second:
        with contextlib.suppress(UnknownErrand):  # what asks a provider
            await talk.open(link.flow, *link.args)
            if not talk.is_over:
                await talk.say("☃")
    assert len({link.flow for link in second}) > 40
    await told(database)


def links(screen: Screen) -> list[Link]:
    return [button for row in screen.rows for button in row if isinstance(button, Link)]
