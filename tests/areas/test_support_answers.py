"""The staff answers people, from a notice or from the ticket; on the real database, killed and replayed at every
answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio

from lockbay.actors.parse import Said
from lockbay.actors.update import Sent
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.support.records import (
    Answered,
    AnswerTicket,
    CloseTicket,
)
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, CLEO, fresh_key
from tests.areas.sendable import sent
from tests.areas.supporting import ask, page_of, recorded, reply, texts, told
from tests.areas.supporting import talking as talking
from tests.clock import MovedClock
from tests.talk import Talking


async def test_a_reply_to_the_notice_answers_and_takes_the_ticket(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    [notice] = await told(database, CLEO)
    shown = await reply(database, CLEO, notice.message_id, Said("On its way"))
    assert shown is not None
    assert sent(shown) == f"✅ Answered @ana · ticket {asked.slug}\nYou look after this ticket now."
    assert sent((await told(database, ANA))[0].screen).endswith("On its way")
    page = await page_of(database, asked.ticket_id)
    assert (page.assigned_to, page.waits_since, page.state) == (CLEO, None, "open")
    assert await recorded(database) == [(CLEO, "ticket_assign", f"ticket {asked.ticket_id}")]


async def test_what_is_not_sent_does_not_stand_above_that_it_was_answered(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    cleo = talking(CLEO)
    await cleo.open("ticket_answer", str(asked.ticket_id))
    assert "✅ Answered" in sent(await cleo.say("On its way"))
    refused = sent(await cleo.reply(Sent("other", "", "a voice")))
    assert "so that was not sent" in refused
    assert "✅" not in refused
    assert "Your answer to @ana" in refused


async def test_the_same_update_again_answers_once(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    [notice] = await told(database, CLEO)
    first = await reply(database, CLEO, notice.message_id, Said("Here"), update=77)
    assert first == await reply(database, CLEO, notice.message_id, Said("Here"), update=77)
    assert await texts(database, asked.ticket_id) == ["Where is it?", "Here"]
    assert len(await told(database, ANA)) == 1


async def test_photos_answer_too_and_other_things_are_refused_in_words(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    [notice] = await told(database, CLEO)
    assert await reply(database, CLEO, notice.message_id, Sent("photo", "id", "Here")) is not None
    with pytest.raises(Invalid, match="texts, photos and files only"):
        await reply(database, CLEO, notice.message_id, Sent("other", "", "voice"))
    assert await texts(database, asked.ticket_id) == ["Where is it?", "Here"]


async def test_of_two_who_answer_at_once_both_are_heard_and_the_second_knows(
    database: Database, talking: Talking
) -> None:
    asked = await ask(database, ANA, "Where is it?")
    [his], [hers] = await told(database, BEN), await told(database, CLEO)
    screens: list[str] = []

    async def answer(user_id: int, message_id: int, text: str) -> None:
        shown = await reply(database, user_id, message_id, Said(text))
        assert shown is not None
        screens.append(sent(shown))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(answer, BEN, his.message_id, "by Ben")
        nursery.start_soon(answer, CLEO, hers.message_id, "by Cleo")
    assert sorted(await texts(database, asked.ticket_id)) == ["Where is it?", "by Ben", "by Cleo"]
    assert sum("answered as well, just before you" in each for each in screens) == 1
    assert sum("You look after this ticket now" in each for each in screens) == 1
    assert len(await told(database, ANA)) == 2
    assert len(await recorded(database)) == 1


async def test_who_is_of_the_staff_no_more_cannot_answer_an_old_notice(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    [notice] = await told(database, CLEO)
    await database.run(SaveStaff([BEN]))
    shown = await reply(database, CLEO, notice.message_id, Said("Here"))
    assert shown is not None
    assert "you are not of those who answer people" in sent(shown)
    assert (await page_of(database, asked.ticket_id, BEN)).newest == 1
    for flow in ("ticket_answer", "ticket_take", "ticket_assign", "ticket_close", "ticket_reopen", "ticket"):
        assert "S-" not in sent(await talking(CLEO).open(flow, str(asked.ticket_id)))


async def test_an_old_message_is_said_to_be_forgotten(database: Database, talking: Talking, clock: MovedClock) -> None:
    await ask(database, ANA, "Where is it?")
    [notice] = await told(database, CLEO)
    sent_at = int(clock.now().timestamp())
    await database.pool.fetch("forget", "DELETE FROM outbox", (), reads=False)
    clock.advance(timedelta(days=89))
    assert await reply(database, CLEO, notice.message_id, Said("Here"), sent_at=sent_at) is None
    clock.advance(timedelta(days=1))
    shown = await reply(database, CLEO, notice.message_id, Said("Here"), sent_at=sent_at)
    assert shown is not None
    assert "too old to reply to" in sent(shown)


async def test_the_answer_button_leads_to_a_conversation(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    [notice] = await told(database, CLEO)
    cleo = talking(CLEO)
    cleo.screens.append(notice.screen)
    await cleo.press("Answer")
    assert "Your answer to @ana" in sent(cleo.screen)
    assert sent(cleo.screen).count("Where is it?") == 1
    await cleo.say("Here")
    assert "Answered @ana" in sent(cleo.screen)
    await cleo.say("and there")
    assert await texts(database, asked.ticket_id) == ["Where is it?", "Here", "and there"]
    await cleo.press("Open the ticket")
    assert "@cleo, support · 22 Nov, 12:00 UTC\nHere" in sent(cleo.screen)
    assert "answered, with @cleo" in sent(cleo.screen)
    await cleo.press("Close")
    assert "closed 22 Nov, 12:00 UTC by @cleo" in sent(cleo.screen)
    await cleo.press("Reopen")
    assert "answered, with @cleo" in sent(cleo.screen)
    ticket = f"ticket {asked.ticket_id}"
    assert await recorded(database) == [
        (CLEO, "ticket_assign", ticket),
        (CLEO, "ticket_close", ticket),
        (CLEO, "ticket_reopen", ticket),
    ]


async def test_an_answer_whose_turn_was_lost_is_sent_once(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    page = await page_of(database, asked.ticket_id)
    answer = AnswerTicket(CLEO, asked.ticket_id, "text", "Here", "")
    first = await database.perform(answer, "key")
    assert (
        first
        == await database.perform(answer, "key")
        == Answered(asked.ticket_id, page.slug, 2, "@ana", None, True, False)
    )


async def test_an_answer_to_a_closed_ticket_opens_it_again_unless_there_is_another(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    first = await ask(database, ANA, "one")
    [notice] = await told(database, CLEO)
    await database.perform(CloseTicket(ANA, first.ticket_id), fresh_key())
    shown = await reply(database, CLEO, notice.message_id, Said("Here"))
    assert shown is not None
    assert "The ticket was closed and is open again." in sent(shown)
    await database.perform(CloseTicket(ANA, first.ticket_id), fresh_key())
    clock.advance(timedelta(days=8))
    second = await ask(database, ANA, "two")
    assert second.ticket_id != first.ticket_id
    shown = await reply(database, CLEO, notice.message_id, Said("Here"))
    assert shown is not None
    assert f"has another open ticket, {second.slug}" in sent(shown)
    assert f"another open ticket, {second.slug}" in sent(
        await talking(CLEO).open("ticket_reopen", str(first.ticket_id))
    )
