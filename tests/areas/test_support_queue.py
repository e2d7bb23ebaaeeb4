"""Who looks after a ticket, who hears of it, and in which order they wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.actors.parse import Pressed, Said
from lockbay.actors.person import MeetPerson, Reach
from lockbay.areas.admin.records import AdminDashboard
from lockbay.areas.support.records import Answered, AnswerTicket, AssignTicket, CloseTicket, Moved, ReopenTicket
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, onboarded
from tests.areas.sendable import labels, sent
from tests.areas.supporting import DAN, ask, page_of, recorded, reply, texts, told
from tests.areas.supporting import talking as talking
from tests.clock import MovedClock
from tests.talk import Talking

FAY = 10_000_000_005


async def test_of_two_who_take_a_ticket_one_has_it_and_the_other_is_told_who(
    database: Database, talking: Talking
) -> None:
    asked = await ask(database, ANA, "Where is it?")
    ben, cleo = talking(BEN), talking(CLEO)
    ben.screens.append((await told(database, BEN))[0].screen)
    cleo.screens.append((await told(database, CLEO))[0].screen)
    await ben.press("Take it")
    assert "with @ben" in sent(ben.screen)
    await cleo.press("Take it")
    assert "@ben looks after this ticket by now" in sent(cleo.screen)
    await ask(database, ANA, "still there?")
    assert (len(await told(database, BEN)), len(await told(database, CLEO))) == (2, 1)
    assert "Take it" not in "".join(labels((await told(database, BEN))[1].screen))
    await cleo.press("Take it")  # from Ben, whom the ticket's screen shows
    assert "with @cleo" in sent(cleo.screen)
    assert [act[:2] for act in await recorded(database)] == [(BEN, "ticket_assign"), (CLEO, "ticket_assign")]
    assert asked.ticket_id


async def test_a_ticket_is_given_to_a_colleague_who_hears_of_it(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    cleo = talking(CLEO)
    await cleo.open("ticket", str(asked.ticket_id))
    await cleo.press("Give to")
    assert labels(cleo.screen)[:1] == ["@ben"]
    await cleo.press("@ben")
    assert "with @ben" in sent(cleo.screen)
    given = (await told(database, BEN))[-1]
    assert given.kind == "ticket_assigned"
    assert f"@cleo gave you ticket {asked.slug}" in sent(given.screen)
    assert "@ana" in sent(given.screen)
    assert labels(given.screen)[:2] == ["✍️ Answer", "🛟 Open the ticket"]
    assert await reply(database, BEN, given.message_id, Said("Here")) is not None
    assert await texts(database, asked.ticket_id) == ["Where is it?", "Here"]


async def test_who_takes_a_ticket_or_has_it_already_is_told_of_nothing(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    heard = list[str]()
    database.on_told = lambda: heard.append("told")
    for who, was, to, hears in ((CLEO, 0, CLEO, 0), (CLEO, CLEO, BEN, 1), (CLEO, BEN, BEN, 1), (BEN, BEN, BEN, 1)):
        moved = await database.perform(AssignTicket(who, asked.ticket_id, was, to), fresh_key())
        assert isinstance(moved, Moved), moved
        assert [each.kind for each in await told(database, BEN)].count("ticket_assigned") == hears
        assert len(heard) == hears, "notices are looked for when there is one"
    assert "ticket_assigned" not in [each.kind for each in await told(database, CLEO)]


async def test_those_hear_who_answer_people_and_all_of_them_when_the_one_is_gone(
    database: Database, talking: Talking
) -> None:
    staff = (
        f"INSERT INTO staff (user_id, role, by_settings) VALUES ({DAN}, 'support', false), ({FAY}, 'finance', false)"
    )
    await onboarded(database, FAY, "Fay", "fay")
    await database.pool.fetch("staff", staff, (), reads=False)
    asked = await ask(database, ANA, "one")
    heard = [len(await told(database, each)) for each in (BEN, CLEO, DAN, FAY)]
    assert heard == [1, 1, 1, 0]
    assert await database.perform(AssignTicket(DAN, asked.ticket_id, 0, DAN), fresh_key()) == Moved(
        asked.ticket_id, asked.slug
    )
    await ask(database, ANA, "two")
    assert len(await told(database, DAN)) == 2
    await database.pool.fetch("gone", f"DELETE FROM staff WHERE user_id = {DAN}", (), reads=False)
    await ask(database, ANA, "three")
    heard = [len(await told(database, each)) for each in (BEN, CLEO, DAN, FAY)]
    assert heard == [2, 2, 2, 0]
    assert (await page_of(database, asked.ticket_id)).assigned_to is None


async def test_who_owns_lockbay_and_asks_is_not_told_of_it_but_the_others_are(
    database: Database, talking: Talking
) -> None:
    await ask(database, BEN, "one")
    assert await told(database, BEN) == []
    assert len(await told(database, CLEO)) == 1


async def test_nobody_looks_after_what_they_asked_themselves(database: Database, talking: Talking) -> None:
    """Who does would be the only one to hear of what they write, and is not told of it."""
    asked = await ask(database, BEN, "one")
    for by in (BEN, CLEO):
        assert await database.perform(AssignTicket(by, asked.ticket_id, 0, BEN), fresh_key()) == Refused("own_ticket")
    ben, cleo = talking(BEN), talking(CLEO)
    assert "Take it" not in "".join(labels(await ben.open("ticket", str(asked.ticket_id))))
    assert "nobody looks after a ticket of their own" in sent(await ben.open("ticket_take", str(asked.ticket_id)))
    await cleo.open("ticket", str(asked.ticket_id))
    assert "@ben" not in labels(await cleo.press("Give to"))
    await ask(database, BEN, "two")
    assert len(await told(database, CLEO)) == 2


async def test_who_answers_what_they_asked_themselves_does_not_take_it(database: Database, talking: Talking) -> None:
    asked = await ask(database, BEN, "one")
    answered = await database.perform(AnswerTicket(BEN, asked.ticket_id, "text", "Found it", ""), fresh_key())
    assert isinstance(answered, Answered)
    assert not answered.took
    assert await recorded(database) == []
    await ask(database, BEN, "two")
    assert len(await told(database, CLEO)) == 2


async def test_a_ticket_that_is_with_its_own_author_from_before_is_heard_by_all(
    database: Database, talking: Talking
) -> None:
    asked = await ask(database, BEN, "one")
    await database.pool.fetch("before", f"UPDATE tickets SET assigned_to = {BEN}", (), reads=False)
    assert (await page_of(database, asked.ticket_id)).assigned_to is None
    await ask(database, BEN, "two")
    assert len(await told(database, CLEO)) == 2


async def test_a_forged_colleague_is_refused(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    for forged, sentence in ((str(DAN), "they do not answer people any more"), ("x", "no longer active")):
        cleo = talking(CLEO)
        await cleo.open("ticket_assign", str(asked.ticket_id))
        if forged == "x":
            with pytest.raises(Invalid, match=sentence):
                await cleo.reply(Pressed(forged))
        else:
            assert sentence in sent(await cleo.reply(Pressed(forged)))


async def test_the_queue_has_who_waits_longest_first_and_pages(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    asked = []
    for number in range(20):
        user_id = 10_000_000_100 + number
        await database.run(MeetPerson(user_id, f"p{number}", "P", "en"))
        asked.append(await ask(database, user_id, f"question {number}"))
        clock.advance(timedelta(seconds=1))
    await database.perform(AnswerTicket(CLEO, asked[0].ticket_id, "text", "yes", ""), fresh_key())
    await ask(database, 10_000_000_101, "again")  # it waits since its first message
    cleo = talking(CLEO)
    await cleo.open("tickets")
    assert "Waiting for an answer: 19, open: 20" in sent(cleo.screen)
    seen: list[str] = []
    while True:
        seen += [label for label in labels(cleo.screen) if "S-" in label]
        if "Next" not in labels(cleo.screen):
            break
        await cleo.press("Next")
    expected = [f"⏳ {each.slug}" for each in asked[1:]] + [f"✔️ {asked[0].slug} (mine)"]
    assert seen == expected
    await cleo.open("tickets")
    await cleo.press(asked[1].slug)
    assert "question 1" in sent(cleo.screen)


async def test_closed_tickets_of_a_person_are_found_page_by_page(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    asked = []
    for number in range(10):
        asked.append(await ask(database, ANA, f"question {number}"))
        await database.perform(CloseTicket(ANA, asked[-1].ticket_id), fresh_key())
        clock.advance(timedelta(days=8))
    cleo = talking(CLEO)
    await cleo.open("ticket", str(asked[3].ticket_id))
    await cleo.press("Their tickets")
    assert [label for label in labels(cleo.screen) if "S-" in label] == [each.slug for each in asked[:1:-1]]
    assert "closed · 1 message" in sent(cleo.screen)
    await cleo.press("Next")
    assert [label for label in labels(cleo.screen) if "S-" in label] == [asked[1].slug, asked[0].slug]
    await cleo.press(asked[0].slug)
    await cleo.press("Reopen")
    assert "waits since" in sent(cleo.screen)
    assert "There are none." in sent(await cleo.open("user_tickets", str(DAN)))
    assert "S-" not in sent(await talking(DAN).open("user_tickets", str(ANA)))


async def test_the_person_who_cannot_be_reached_is_marked(database: Database, talking: Talking) -> None:
    asked = await ask(database, ANA, "Where is it?")
    await database.run(Reach(ANA, True))
    assert "📵 has blocked the bot" in sent(await talking(CLEO).open("ticket", str(asked.ticket_id)))


async def test_what_nobody_has_answered_waits_again_when_its_ticket_is_opened_again(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    asked = await ask(database, ANA, "Where is it?")
    await database.perform(AnswerTicket(CLEO, asked.ticket_id, "text", "Here", ""), fresh_key())
    clock.advance(timedelta(hours=1))
    await ask(database, ANA, "It is not")
    since = (await page_of(database, asked.ticket_id)).waits_since
    clock.advance(timedelta(hours=1))
    await ask(database, ANA, "Hello?")
    await database.perform(CloseTicket(CLEO, asked.ticket_id), fresh_key())
    await database.perform(ReopenTicket(CLEO, asked.ticket_id), fresh_key())
    assert (await page_of(database, asked.ticket_id)).waits_since == since
    house = await database.read(AdminDashboard, CLEO)
    assert house is not None
    assert house.tickets == 1
