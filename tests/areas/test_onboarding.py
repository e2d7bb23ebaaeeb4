"""Onboarding, up to the terms and the menu: on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Pressed, Reply, Said
from lockbay.actors.person import Person
from lockbay.actors.screen import Link
from lockbay.actors.turn import Turn
from lockbay.areas import onboarding
from lockbay.areas.onboarding.conversations import MOST_ANSWERS
from lockbay.areas.onboarding.gate import OPEN, OPEN_TO_BLOCKED, OPEN_TO_CLOSED
from lockbay.plan import plan
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from tests.areas.newcomers import EMAIL, PLAN, is_onboarded, mailed_code, state
from tests.areas.people import ANA, BEN, met, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)


async def test_a_newcomer_skips_the_email_accepts_the_terms_and_is_in_the_menu(
    database: Database, talking: Talking
) -> None:
    talk = talking(await met(database, ANA))
    assert "Welcome to LockBay, Ana" in sent(await talk.open("start"))
    assert "terms" in sent(await talk.press("Skip"))
    assert "LockBay" in sent(await talk.press("Accept"))
    assert leads_to(talk.screen) >= {"wallet", "deposit", "new_trade", "trades", "history", "help"}
    assert await is_onboarded(database)


async def test_who_mistyped_the_email_hears_that_no_code_went_to_the_right_one_yet(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    """They saw the wrong address again, and waited for a code that never came."""
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say("ana@example.org")
    await talk.press("Change e-mail")
    told = sent(await talk.say(EMAIL))
    assert told.startswith(
        "⚠️ A code was just sent to another address, and none to the one that you typed now. "
        "You can change the e-mail in 60 seconds."
    )
    assert "ana@example.org" in told
    clock.advance(timedelta(seconds=60))
    await talk.press("Change e-mail")
    assert EMAIL in sent(await talk.say(EMAIL))
    assert "A code was just sent. You can ask for another in 60 seconds." in sent(await talk.press("Send again"))


async def test_a_newcomer_chooses_the_language_before_the_terms_are_read(database: Database, talking: Talking) -> None:
    """Who speaks French in an English Telegram had to accept them in English: the settings are behind them."""
    await set_rates(database)
    await offered(database, await onboarded(database, BEN, "Ben"), "username", "@ana")
    talk = talking(await met(database, ANA, username="ana"))
    assert "English" not in labels(await talk.open("start", "/deposit"))
    french = await talk.press("Français")
    assert "Bienvenue chez LockBay, Ana" in sent(french)
    assert "Une transaction vous attend" in sent(french)
    assert "English" in labels(french)
    assert "adresse e-mail" in sent(await talk.say("bonjour"))
    assert "Les conditions" in sent(await talk.press("Passer"))
    assert ("/deposit",) in [b.args for row in talk.screen.rows for b in row if isinstance(b, Link)]


async def test_who_sends_start_again_goes_on_from_where_they_were(database: Database, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    assert "Check your mail" in sent(await talk.open("start"))
    await talk.say(await mailed_code(database))
    assert "terms" in sent(await talk.open("start"))
    await talk.press("Accept")
    assert "menu" not in leads_to(await talk.open("start"))
    assert "wallet" in leads_to(talk.screen)


@pytest.mark.parametrize("given", [Said("CODE"), Said(EMAIL), Pressed("skip")], ids=["code", "address", "skip"])
async def test_an_answer_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    database: Database, clock: MovedClock, given: Reply
) -> None:
    """Killed between commit and settling: the update comes again, to a person whose rows are already changed."""
    chat = Chat(Person(await met(database, ANA), "Ana"), clock.now())

    def turn() -> Turn:
        return Turn(ANA, database, {}, Context(), clock.now())

    conversation = Conversation(PLAN.flows["start"], chat, Journal(1, "start"))
    await conversation.begin(turn())
    if given == Said("CODE"):
        await conversation.answer(turn(), Said(EMAIL))
        given = Said(await mailed_code(database))
    before = conversation.journal
    first, replayed, second = turn(), turn(), turn()
    await conversation.answer(first, given)

    revived = Conversation(PLAN.flows["start"], chat, before)
    await revived.resume(replayed)
    await revived.answer(second, given)
    assert not replayed.shown
    assert second.shown == first.shown
    assert len(first.shown) == 1


@pytest.mark.parametrize("value", ["", "accept", "terms", "x" * 500, "resend"])
async def test_forged_button_values_do_nothing(database: Database, talking: Talking, value: str) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    assert "mail" in sent(await talk.reply(Pressed(value)))
    now = await state(database)
    assert (now.email_skipped_at, now.code, await is_onboarded(database)) == (None, None, False)


@pytest.mark.parametrize("name", ["<b>Ana</b> & <script>", "آنا سارة", "\u202eanA", "😀" * 32, "Ana {x} %s"])
async def test_any_name_is_greeted_as_it_is(database: Database, talking: Talking, name: str) -> None:
    talk = talking(await met(database, ANA, name))
    assert name in sent(await talk.open("start"))


async def test_who_answers_for_ever_is_let_out_before_the_journal_is_full(database: Database, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    for _ in range(MOST_ANSWERS - 1):
        await talk.reply(Pressed("skip"))
    assert not talk.is_over
    await talk.reply(Pressed("skip"))
    assert talk.is_over
    assert leads_to(talk.screen) == {"start"}


async def test_accepting_the_terms_again_from_an_old_screen_changes_nothing(
    database: Database, raw: Connection, talking: Talking, clock: MovedClock
) -> None:
    talk = talking(await onboarded(database, ANA))
    before = await raw.fetch("SELECT * FROM users")
    clock.advance(timedelta(days=1))
    assert "wallet" in leads_to(await talk.open("accept_terms"))
    assert await raw.fetch("SELECT * FROM users") == before


async def test_accepting_the_terms_makes_the_actor_look_at_the_person_again(
    database: Database, talking: Talking
) -> None:
    talk = talking(await met(database, ANA))
    changes: list[Change] = []
    database.on_changed = changes.extend
    await talk.open("start")
    await talk.press("Skip")
    await talk.press("Accept")
    assert Change(ANA, Person.__name__) in changes


@pytest.mark.parametrize(
    ("person", "flow", "leads"),
    [
        (Person(ANA, "Ana"), "menu", "start"),
        (Person(ANA, "Ana"), "start", None),
        (Person(ANA, "Ana"), "help", None),
        (Person(ANA, "Ana"), "start_in", None),
        (Person(ANA, "Ana"), "accept_terms", None),
        (Person(ANA, "Ana", onboarded=True), "wallet", None),
        (Person(ANA, "Ana", onboarded=True, blocked=True), "wallet", "blocked"),
        (Person(ANA, "Ana", onboarded=True, blocked=True), "new_trade", "blocked"),
        (Person(ANA, "Ana", onboarded=True, blocked=True), "pay", "blocked"),
        (Person(ANA, "Ana", onboarded=True, blocked=True), "release", None),
        (Person(ANA, "Ana", onboarded=True, blocked=True), "trade_chat", None),
        (Person(ANA, "Ana", blocked=True), "accept_terms", "blocked"),
        (Person(ANA, "Ana", blocked=True, role="owner"), "blocked", "blocked"),
    ],
)
def test_the_gate_lets_nobody_past_onboarding_or_a_block(person: Person, flow: str, leads: str | None) -> None:
    assert onboarding.gate(person, flow) == leads


def test_what_is_open_to_some_is_there() -> None:
    assert plan("lockbay_bot").flows.keys() >= OPEN | OPEN_TO_BLOCKED | OPEN_TO_CLOSED


async def test_the_blocked_are_told_so(database: Database, talking: Talking) -> None:
    talk = talking(await onboarded(database, ANA))
    assert "blocked" in sent(await talk.open("blocked"))
