"""Support for who asks, on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest

from lockbay.actors.parse import Said
from lockbay.actors.person import Person
from lockbay.actors.screen import Attachment
from lockbay.actors.update import Sent
from lockbay.areas.messages import IN_A_ROW
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.support.records import AnswerTicket, CloseTicket, SupportPage
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, met
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.supporting import DAN, PLAN, ask, reply, told
from tests.areas.supporting import talking as talking
from tests.clock import MovedClock
from tests.talk import Talking, Warm

NASTY = '<b>Help & "me"</b>\nto <a href="tg://x">it</a>'
STRANGER = 10_000_000_009


async def page_of(database: Database, user_id: int) -> SupportPage:
    page = await database.read(SupportPage, user_id, 0)
    assert page is not None
    return page


async def answered(database: Database, ticket_id: int, text: str, by: int = CLEO) -> None:
    answer = await database.perform(AnswerTicket(by, ticket_id, "text", text, ""), fresh_key())
    assert not isinstance(answer, Refused), answer


async def test_a_question_opens_a_ticket_and_all_of_support_is_told_who_asks(
    database: Database, talking: Talking
) -> None:
    ana = talking(ANA)
    assert "What can we do for you?" in sent(await ana.open("support"))
    await ana.say("Where is my money?")
    assert "Sent to support · your ticket is S-" in sent(ana.screen)
    await ana.say("It is 5 USDT")
    assert "Sent to support · ticket S-" in sent(ana.screen)
    slug = (await page_of(database, ANA)).slug
    for member in (BEN, CLEO):
        first, second = await told(database, member)
        assert sent(first.screen).startswith(f"🛟 New ticket {slug} · reply to answer\n👤 @ana, here since 22 Nov")
        assert sent(first.screen).endswith("They write:\nWhere is my money?")
        assert sent(second.screen).startswith(f"🛟 Ticket {slug} · reply")
        assert leads_to(first.screen) == {"ticket_answer", "ticket_take", "ticket_close", "ticket", "user", "menu"}
    assert await told(database, DAN) == []
    await ana.press("show the messages")
    assert "You · 22 Nov, 12:00 UTC\nWhere is my money?" in sent(ana.screen)
    assert "Menu" in labels(ana.screen)


async def test_an_answer_is_told_without_a_name_and_can_be_answered(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "hello?")
    await answered(database, asked.ticket_id, "Good day")
    [answer] = await told(database, ANA)
    assert sent(answer.screen) == f"🛟 LockBay support answers · ticket {asked.slug}\nGood day"
    ana = talking(ANA)
    ana.screens.append(answer.screen)
    await ana.press("Reply to support")
    assert "LockBay support · 22 Nov, 12:00 UTC\nGood day" in sent(ana.screen)
    assert "cleo" not in sent(ana.screen)
    await ana.say("thanks")
    assert [(each.n, each.role) for each in (await page_of(database, ANA)).messages] == [
        (1, "user"),
        (2, "staff"),
        (3, "user"),
    ]
    assert len(await told(database, BEN)) == 1, "Cleo looks after it now"
    assert len(await told(database, CLEO)) == 2


async def test_who_asks_closes_and_a_message_within_seven_days_opens_it_again(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    ana = talking(ANA)
    await ana.open("support")
    await ana.say("one")
    slug = (await page_of(database, ANA)).slug
    await ana.press("Close the ticket")
    assert f"Ticket {slug} is closed" in sent(ana.screen)
    assert ana.is_over
    clock.advance(timedelta(days=7) - timedelta(seconds=1))
    await ana.press("Support")
    assert f"ticket {slug}, closed" in sent(ana.screen)
    assert "Close the ticket" not in "".join(labels(ana.screen))
    await ana.say("two")
    assert f"ticket {slug} is open again" in sent(ana.screen)
    assert sent((await told(database, CLEO))[-1].screen).startswith(f"🛟 Ticket {slug} is open again")
    await ana.press("Close the ticket")
    clock.advance(timedelta(days=7))
    assert "What can we do for you?" in sent(await ana.open("support"))
    await ana.say("three")
    assert (await page_of(database, ANA)).slug != slug


async def test_a_second_close_and_a_strangers_close_are_refused_in_words(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "one")
    number = str(asked.ticket_id)
    assert "you are not of those who answer people" in sent(await talking(DAN).open("support_close", number))
    assert "you are not of those" in sent(await talking(DAN).open("support_close", "999"))
    assert "is closed" in sent(await talking(ANA).open("support_close", number))
    assert "is not as it was" in sent(await talking(ANA).open("support_close", number))


async def test_the_blocked_the_closed_and_the_new_can_ask(database: Database, talking: Talking) -> None:
    await met(database, STRANGER, "New")
    for flow in ("support", "support_close", "support_file"):
        for person in (Person(1, "A", blocked=True), Person(1, "A", onboarded=True, closed=True), Person(1, "A")):
            assert gate(person, flow) is None
    assert gate(Person(1, "A", blocked=True, role="owner"), "tickets") == "blocked"
    await database.pool.fetch("t", f"UPDATE users SET blocked_at = now() WHERE id = {ANA}", (), reads=False)
    await database.pool.fetch("t", f"UPDATE users SET closed_at = now() WHERE id = {DAN}", (), reads=False)
    for user_id, flag in ((ANA, "⛔ blocked"), (DAN, "🚪 closed their account"), (STRANGER, "🌱 has not accepted")):
        asking = talking(user_id)
        await asking.open("support")
        assert "Sent to support" in sent(await asking.say("let me in"))
        assert flag in sent((await told(database, CLEO))[-1].screen)


@pytest.mark.parametrize(("media", "name"), [("photo", "📷 Photo 1"), ("document", "📎 File 1")])
async def test_files_go_both_ways_under_their_captions(
    database: Database, talking: Talking, media: Literal["photo", "document"], name: str
) -> None:
    ana = talking(ANA)
    await ana.open("support")
    await ana.reply(Sent(media, "AgAC-_id", " The <receipt> "))
    await ana.say("see above")
    notice = (await told(database, CLEO))[0].screen
    assert notice.attachment == Attachment(media, "AgAC-_id")
    assert notice.stays
    assert sent(notice).endswith("The <receipt>")
    await ana.open("support")
    assert f"{name}: The <receipt>" in sent(ana.screen)
    await ana.press(name)
    assert ana.screen.attachment == notice.attachment
    await ana.press("Back")
    ticket_id = (await page_of(database, ANA)).ticket_id
    assert ticket_id is not None
    answer = AnswerTicket(CLEO, ticket_id, media, "", "AgAC-_id")
    assert not isinstance(await database.perform(answer, fresh_key()), Refused)
    assert (await told(database, ANA))[0].screen.attachment == notice.attachment


async def test_what_is_no_message_is_not_sent_and_too_many_are_refused(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    ana = talking(ANA)
    await ana.open("support")
    assert "only, so that was not sent" in sent(await ana.reply(Sent("other", "", "a voice")))
    assert "1001 characters" in sent(await ana.say("x" * 1001))
    assert (await page_of(database, ANA)).messages == ()
    for number in range(20):
        await ask(database, ANA, f"{number}")
    assert "20 messages a minute are the most" in sent(await ana.say("one more"))
    clock.advance(timedelta(minutes=1))
    assert "Sent to support" in sent(await ana.say("one more"))


async def test_what_is_not_sent_does_not_stand_above_that_it_was_sent(talking: Talking) -> None:
    """The message before it was."""
    ana = talking(ANA)
    await ana.open("support")
    await ana.say("Where is it?")
    refused = sent(await ana.reply(Sent("other", "", "a voice")))
    assert "so that was not sent" in refused
    assert "✅" not in refused
    assert "🛟 Support · ticket" in refused


async def test_many_messages_in_a_row_go_on_in_another_conversation(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    ana = Warm(PLAN, database, clock, ANA)
    await ana.open("support")
    for number in range(IN_A_ROW):
        clock.advance(timedelta(seconds=4))
        await ana.say(f"{number}")
    assert "You have written a lot" in sent(ana.screen)
    assert "Press the button first" in sent(await ana.say("lost"))
    await ana.press("write on")
    await ana.say("not lost")
    texts = [each.text for each in (await page_of(database, ANA)).messages]
    assert (texts[-1], len(texts)) == ("not lost", 10)
    await ana.open("support")
    await ana.press("Older")
    assert "\n30\n" in f"{sent(ana.screen)}\n"


async def test_free_text_and_names_cannot_break_out_and_the_longest_fit(database: Database, talking: Talking) -> None:
    await met(database, STRANGER, "<i>\u202eEve & co</i>" * 4)
    eve = talking(STRANGER)
    await eve.open("support")
    await eve.say(NASTY)
    for text in ("&" * 1000, "😀" * 1000):
        await eve.say(text)
    await eve.reply(Sent("photo", "id", "😀" * 1000))
    for notice in await told(database, CLEO):
        sent(notice.screen)
    assert NASTY in sent((await told(database, CLEO))[0].screen)
    for _ in range(4):
        sent(await eve.open("support"))
    seen = set()
    while "Older ▶️" in labels(eve.screen):
        seen |= {label for label in labels(eve.screen) if "Photo" in label}
        sent(await eve.press("Older"))
    assert seen == {"📷 Photo 4"}
    assert NASTY in sent(eve.screen)


async def test_answers_are_unread_until_the_person_looks_or_writes(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "one")

    async def unread() -> int:
        found = await database.pool.fetch(
            "u", f"SELECT unread FROM tickets WHERE id = {asked.ticket_id}", (), reads=True
        )
        return int(str(found[0]["unread"]))

    await answered(database, asked.ticket_id, "a")
    await answered(database, asked.ticket_id, "b")
    assert await unread() == 2
    await talking(ANA).open("support")
    assert await unread() == 0
    await answered(database, asked.ticket_id, "c")
    await ask(database, ANA, "two")
    assert await unread() == 0


async def test_a_reply_to_an_answer_reaches_the_ticket_from_anywhere(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "one")
    await answered(database, asked.ticket_id, "And?")
    [answer] = await told(database, ANA)
    shown = await reply(database, ANA, answer.message_id, Said("This"))
    assert shown is not None
    assert sent(shown) == f"✅ Sent to support · ticket {asked.slug}"
    assert (await page_of(database, ANA)).messages[-1].text == "This"
    await database.perform(CloseTicket(CLEO, asked.ticket_id), fresh_key())
    closed = (await told(database, ANA))[-1]
    assert "Support has closed ticket" in sent(closed.screen)
    assert await reply(database, ANA, closed.message_id, Sent("photo", "id", "look")) is not None
    assert (await page_of(database, ANA)).state == "open"
    with pytest.raises(Invalid, match="texts, photos and files only"):
        await reply(database, ANA, answer.message_id, Sent("other"))


async def test_a_reply_to_anything_else_is_no_aside(database: Database, talking: Talking) -> None:
    await ask(database, ANA, "one")
    [notice] = await told(database, CLEO)
    assert await reply(database, ANA, notice.message_id, Said("hm")) is None, "that message is in another's chat"
    assert await reply(database, ANA, 1, Said("hm")) is None
    assert await reply(database, ANA, 1, Said("hm"), sent_at=0) is None, "however old it is"
