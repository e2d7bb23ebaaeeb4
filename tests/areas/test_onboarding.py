"""Onboarding on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation, Flow
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Pressed, Reply, Said
from lockbay.actors.person import Person
from lockbay.actors.plan import Plan, onward, together
from lockbay.actors.screen import Link, Screen
from lockbay.actors.turn import Turn
from lockbay.actors.words import words
from lockbay.areas import code_mail, menu, onboarding
from lockbay.areas.code_mail import CodeMail
from lockbay.areas.menu.conversations import menu as menu_flow
from lockbay.areas.menu.records import Menu
from lockbay.areas.onboarding.conversations import MOST_ANSWERS
from lockbay.areas.onboarding.gate import OPEN, OPEN_TO_BLOCKED, OPEN_TO_CLOSED
from lockbay.areas.onboarding.records import Onboarding
from lockbay.areas.trades.records import JoinTrade
from lockbay.plan import plan
from lockbay.postgres import rows
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from tests.areas.people import ANA, BEN, CLEO, another, do, met, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.security.service_role import by_hand
from tests.talk import Talk, Talking, talks

EMAIL = "ana@example.com"


async def invitation(chat: Chat, token: str) -> None:
    """In place of the page that the trades area has."""
    await chat.show(Screen(chat.words("Invitation {token}", token=token)))


FLOWS: dict[str, Flow] = {}
FLOWS |= together(
    onboarding.flows(menu_flow, invitation, onward(FLOWS, "menu")), menu.FLOWS, {"invitation": invitation}
)
PLAN = Plan(FLOWS, onboarding.COMMANDS, "menu", onboarding.gate)
talking = talks(PLAN)


async def mail(database: Database) -> Screen:
    """The code mail that was written last."""
    [row] = await database.pool.fetch(
        "mail", "SELECT data::text FROM outbox WHERE kind = 'email_code' ORDER BY id DESC LIMIT 1", (), reads=True
    )
    data = orjson.loads(row["data"])
    notice = code_mail.notices(database.secret)["email_code"]
    return notice.draw(words("en", "UTC"), rows.structurer(notice.record)(data))


async def mailed_code(database: Database) -> str:
    return sent(await mail(database))[:6]


async def state(database: Database, user_id: int = ANA) -> Onboarding:
    view = await database.read(Onboarding, user_id)
    assert view is not None
    return view


async def is_onboarded(database: Database, user_id: int = ANA) -> bool:
    view = await database.read(Menu, user_id)
    assert view is not None
    return view.onboarded


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


async def test_what_cannot_be_read_is_told_by_what_was_asked(database: Database, talking: Talking) -> None:
    """It was always called an e-mail address that is none, also where the code or the terms waited."""
    talk = talking(await met(database, ANA))
    await talk.open("start")
    assert "That is not an e-mail address" in sent(await talk.say("hello"))
    await talk.say(EMAIL)
    for typed in ("hello", "12"):
        assert "The code has 6 digits" in sent(await talk.say(typed))
    assert "Check your mail" in sent(await talk.open("start"))
    assert "The code has 6 digits" in sent(await talk.say("hello"))
    assert "terms" in sent(await talk.press("Skip"))
    for typed in ("yes", "12"):
        assert "press Accept" in sent(await talk.say(typed))
    await talk.open("start")
    assert "press Accept" in sent(await talk.say("yes"))


async def test_a_newcomer_proves_the_email_with_the_code_from_the_mail(database: Database, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    assert EMAIL in sent(await talk.say("ana@EXAMPLE.com"))
    code = await mailed_code(database)
    assert f"{EMAIL} is yours" in sent(await talk.say(f"{code[:3]} {code[3:]}"))
    await talk.press("Accept")
    assert (await state(database)).email == EMAIL


async def test_a_wrong_code_says_how_many_tries_are_left_and_five_end_it(database: Database, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    wrong = another(await mailed_code(database))
    for left in ("4 tries left", "3 tries left", "2 tries left", "1 try left", "last try. You can go on in 60 minutes"):
        assert left in sent(await talk.say(wrong))
    assert "You can go on in 60 minutes" in sent(await talk.say(await mailed_code(database)))
    assert (await state(database)).email_verified_at is None
    assert "terms" in sent(await talk.press("Skip"))


async def test_a_code_is_sent_again_after_a_minute_and_only_the_new_one_counts(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    old = await mailed_code(database)
    assert "in 60 seconds" in sent(await talk.press("Send again"))
    assert await mailed_code(database) == old
    clock.advance(timedelta(seconds=60))
    await talk.press("Send again")
    new = await mailed_code(database)
    assert new != old
    assert "not the code" in sent(await talk.say(old))
    assert "is yours" in sent(await talk.say(new))


async def test_an_expired_code_is_refused_and_a_new_one_offered(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    old = await mailed_code(database)
    clock.advance(timedelta(minutes=10))
    assert "not valid any more" in sent(await talk.say(old))
    await talk.press("New code to ana@example.com")
    assert "is yours" in sent(await talk.say(await mailed_code(database)))


async def test_the_address_can_be_changed_before_the_code_is_typed(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say("ana@exmaple.com")
    assert "Type your address" in sent(await talk.press("Change"))
    clock.advance(timedelta(minutes=2))
    assert EMAIL in sent(await talk.say(EMAIL))
    await talk.say(await mailed_code(database))
    assert (await state(database)).email == EMAIL


async def test_an_address_that_somebody_else_has_proven_is_refused(database: Database, talking: Talking) -> None:
    for user_id in (ANA, BEN):
        talk = talking(await met(database, user_id))
        await talk.open("start")
        await talk.say(EMAIL if user_id == ANA else "ANA@example.com")
        if user_id == ANA:
            await talk.say(await mailed_code(database))
    assert "belongs to another account" in sent(talk.screen)
    assert "Skip" in labels(talk.screen)


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


NO_ADDRESSES = ["ana", "ana@", "@example.com", "ana@example", "ana@@example.com", "a b@example.com", "ana@exa mple.com"]
ODD_TEXTS = ["<b>@example.com", "ana@[127.0.0.1]", "ana@example.com\nben@example.com", "😀", "مرحبا", "\u202eana"]
NO_CODES = ["12345", "1234567", "١٢٣٤٥٦", "9" * 4096]
TOO_LONG = ["@" * 4096, "a" * 4096, "a@" + "b" * 300 + ".com"]


@pytest.mark.parametrize("typed", NO_ADDRESSES + ODD_TEXTS + NO_CODES + TOO_LONG)
async def test_what_is_neither_address_nor_code_is_asked_again_and_never_repeated(
    database: Database, talking: Talking, typed: str
) -> None:
    talk = talking(await met(database, ANA))
    greeting = await talk.open("start")
    shown = sent(await talk.say(typed))
    assert shown.startswith("⚠️")
    assert shown.endswith(sent(greeting))
    assert (await state(database)).code is None


async def test_a_photo_instead_of_an_address_asks_again(database: Database, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    assert "type an answer" in sent(await talk.send_photo())


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


@pytest.mark.parametrize("stage", ["new", "mailed", "skipped"])
@pytest.mark.parametrize("made_up", ["0" * 12, "trade_17", "T-ABCDEF", "x" * 64, "taken", "for somebody else"])
async def test_a_link_that_leads_nowhere_says_so_and_not_why(
    database: Database, talking: Talking, made_up: str, stage: str
) -> None:
    """The same of one that never was and of one that is no more: nobody learns which tokens there are."""
    await set_rates(database)
    trade = await offered(database, await onboarded(database, BEN, "Ben"))
    other = await offered(database, BEN, "username", "@zoe")
    await do(database, JoinTrade(await onboarded(database, CLEO, "Cleo"), str(trade.token)))
    talk = talking(await met(database, ANA))
    if stage != "new":
        await talk.open("start")
        await (talk.say("ana@example.com") if stage == "mailed" else talk.press("Skip"))
    token = {"taken": trade.token, "for somebody else": other.token}.get(made_up, made_up)
    text = sent(await talk.open("start", str(token)))
    assert text.startswith("⚠️ The link that brought you here is not valid, or not any more.")
    assert "A trade waits" not in text
    assert not talk.is_over


async def test_who_is_in_and_opens_a_link_that_leads_nowhere_is_told(database: Database, clock: MovedClock) -> None:
    talk = Talk(plan("lockbay_bot"), database, clock, await onboarded(database, ANA))
    for made_up in ("trade_17", "x" * 64, "hello there"):
        assert "This invitation cannot be found" in sent(await talk.open("start", made_up))


async def test_an_invited_newcomer_becomes_the_seller_when_they_accept_the_terms(
    database: Database, talking: Talking
) -> None:
    await set_rates(database)
    trade = await offered(database, await onboarded(database, BEN, "Ben"))
    assert trade.token is not None
    talk = talking(await met(database, ANA))
    assert "A trade waits for you" in sent(await talk.open("start", trade.token))
    await talk.press("Skip")
    assert "you are its seller" in sent(await talk.press("Accept"))
    assert Link("Open the trade", "trade", (str(trade.id),), style="primary") in [
        b for row in talk.screen.rows for b in row
    ]


async def test_an_invitation_that_does_not_work_keeps_nobody_out(database: Database, talking: Talking) -> None:
    await set_rates(database)
    trade = await offered(database, await onboarded(database, BEN, "Ben"), "username", "@somebody")
    assert trade.token is not None
    for user_id, token, says in ((ANA, trade.token, "not shown to be yours"), (CLEO, "nosuchtoken", "does not exist")):
        talk = talking(await met(database, user_id))
        await talk.open("start", token)
        await talk.press("Skip")
        assert says in sent(await talk.press("Accept"))
        assert "menu" in leads_to(talk.screen)
        assert await is_onboarded(database, user_id)


@pytest.mark.parametrize(
    ("column", "says"),
    [("blocked_at", "account is blocked. No money moved"), ("closed_at", "account is closed. No money moved")],
)
async def test_who_was_barred_meanwhile_is_told_so_and_not_to_open_the_link_again(
    database: Database, talking: Talking, column: str, says: str
) -> None:
    await set_rates(database)
    trade = await offered(database, await onboarded(database, BEN, "Ben"))
    assert trade.token is not None
    talk = talking(await met(database, ANA))
    await talk.open("start", trade.token)
    await talk.press("Skip")
    await by_hand(database, f"UPDATE users SET {column} = now() WHERE id = {ANA}")
    text = sent(await talk.press("Accept"))
    assert says in text
    assert "Please open the link again" not in text


@pytest.mark.parametrize("payload", ["<b>", "a:b", "x" * 41, "é", "😀" * 40, "ref_1\n"])
async def test_a_start_payload_that_cannot_be_a_token_keeps_nobody_out(
    database: Database, talking: Talking, payload: str
) -> None:
    talk = talking(await met(database, ANA))
    assert "is not valid, or not any more" in sent(await talk.open("start", payload))
    assert "waits" not in sent(talk.screen)
    sent(await talk.press("Skip"))
    assert "The invitation that brought you here does not exist" in sent(await talk.press("Accept"))
    assert "wallet" in leads_to(await talk.press("Menu"))


async def test_who_is_in_lands_in_the_menu_or_at_the_invitation(database: Database, talking: Talking) -> None:
    talk = talking(await onboarded(database, ANA))
    assert "wallet" in leads_to(await talk.open("start"))
    assert sent(await talk.open("start", "abc123")) == "Invitation abc123"


async def test_trades_that_wait_for_a_username_are_offered_after_the_terms(
    database: Database, talking: Talking
) -> None:
    await set_rates(database)
    buyer = await onboarded(database, BEN, "<i>Ben</i> \u202e")
    trade = await offered(database, buyer, "username", "@ANA", description="<b>Bike</b>\n" * 70)
    talk = talking(await met(database, ANA, "Ana", "ana"))
    assert "waits for you" in sent(await talk.open("start"))
    await talk.press("Skip")
    shown = sent(await talk.press("Accept"))
    assert "100 USDT" in shown
    assert "<b>Bike</b> <b>Bike</b>" in shown
    assert sent(await talk.press("100 USDT from")) == f"Invitation {trade.token}"
    assert "100 USDT" in sent(await talk.open("invitations"))


async def test_without_invitations_the_list_says_so(database: Database, talking: Talking) -> None:
    talk = talking(await onboarded(database, ANA))
    assert "No trade waits" in sent(await talk.open("invitations"))
    assert "menu" in leads_to(talk.screen)


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


async def test_the_mail_has_the_code_in_its_subject_and_its_record_never_shows_the_nonce(
    database: Database, talking: Talking
) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    subject, _, body = sent(await mail(database)).partition("\n")
    assert subject == f"{await mailed_code(database)} is your LockBay code"
    assert "22 Nov, 12:10 UTC" in body
    assert "nonsense" not in repr(CodeMail(ANA, "email", "nonsense", database.clock.now()))


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
