"""A reply to what support told reaches its ticket, and whatever its author is in the middle of stays as it is."""

from __future__ import annotations

from attrs import evolve

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Reply
from lockbay.actors.person import MeetPerson
from lockbay.actors.screen import encode_answer
from lockbay.actors.update import Command, Event, Original, Press, Sender, Sent, Typed, Update
from lockbay.areas import support
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.support.records import Asked, AskSupport, TicketPage
from lockbay.notices.records import NoticesSent
from lockbay.postgres.database import Database
from tests.actors.house import ADA, BOB, House, open_house, say, update
from tests.areas.people import fresh_key
from tests.clock import MovedClock

NOTICE = 41  # the message in Bob's chat that shows Ada's question


async def asked(database: Database) -> int:
    """Ada's ticket, of which Bob of the staff was told by a message."""
    for sender in (ADA, BOB):
        await database.run(MeetPerson(sender.id, sender.username, sender.first_name, "en"))
    await database.run(SaveStaff([BOB.id]))
    ticket = await database.perform(AskSupport(ADA.id, "text", "Where is it?", ""), fresh_key())
    assert isinstance(ticket, Asked)
    row = await database.pool.fetch("row", f"SELECT id FROM outbox WHERE user_id = {BOB.id}", (), reads=True)
    await database.run(NoticesSent([int(str(row[0]["id"]))], ["telegram"], [None], [NOTICE]))
    return ticket.ticket_id


def replying(house: House, event: Event, sender: Sender = BOB, message_id: int = NOTICE) -> Update:
    sent_at = int(house.services.clock.now().timestamp())
    return evolve(update(event, sender), reply_to=Original(message_id, sent_at))


async def texts(database: Database, ticket_id: int) -> list[str]:
    page = await database.read(TicketPage, BOB.id, ticket_id, 0)
    assert page is not None
    return [each.text for each in page.messages]


async def test_a_pending_question_is_still_there_and_is_answered_right_after(
    database: Database, clock: MovedClock
) -> None:
    ticket = await asked(database)
    async with open_house(database, clock, {}, aside=support.aside) as house:
        await house.tell(Command("two"), BOB)
        await house.receive(replying(house, Typed("On its way")))
        await house.quiet()
        assert house.replies.texts(BOB)[-1].startswith("✅ <b>Answered @ada</b>")
        await house.tell(Typed("Bob"), BOB)
        assert house.replies.texts(BOB)[-1] == "Bob, sure?"
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.restart()
        await house.receive(replying(house, Sent("photo", "id", "a photo of it")))
        await house.quiet()
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5), BOB)
        assert house.replies.texts(BOB)[-1] == "Bob said yes"
        assert await texts(database, ticket) == ["Where is it?", "On its way", "a photo of it"]
        assert await house.left() == []


async def test_a_notice_that_shows_a_question_by_now_is_answered(database: Database, clock: MovedClock) -> None:
    ticket = await asked(database)

    def edited(text: str) -> Update:
        changed = replying(house, Typed(text))
        assert changed.reply_to is not None
        return evolve(changed, reply_to=evolve(changed.reply_to, edited=True))

    async with open_house(database, clock, {}, aside=support.aside) as house:
        await house.tell(Command("two"), BOB)
        await house.receive(edited("Bob"))
        await house.quiet()
        assert house.replies.texts(BOB)[-1] == "Bob, sure?"
        await house.tell(Command("menu"), BOB)
        await house.receive(edited("On its way"))
        await house.quiet()
    assert await texts(database, ticket) == ["Where is it?", "On its way"]


async def test_an_update_that_comes_again_answers_once(database: Database, clock: MovedClock) -> None:
    ticket = await asked(database)
    async with open_house(database, clock, {}, aside=support.aside) as house:
        again = replying(house, Typed("On its way"))
        for _ in range(3):
            await house.receive(again)
            await house.quiet()
            await house.restart()
    assert await texts(database, ticket) == ["Where is it?", "On its way"]


async def test_a_forged_reply_of_somebody_else_is_an_ordinary_message(database: Database, clock: MovedClock) -> None:
    ticket = await asked(database)
    async with open_house(database, clock, {}, aside=support.aside) as house:
        await house.tell(Command("two"), ADA)
        await house.receive(replying(house, Typed("Eve"), ADA))
        await house.quiet()
        assert house.replies.texts(ADA)[-1] == "Eve, sure?"
        await house.receive(replying(house, Typed("hello"), BOB, NOTICE + 1))
        await house.quiet()
        assert house.replies.texts(BOB) == ["home"]
    assert await texts(database, ticket) == ["Where is it?"]


async def test_what_cannot_be_passed_on_is_said_and_the_question_waits(database: Database, clock: MovedClock) -> None:
    await asked(database)
    async with open_house(database, clock, {}, aside=support.aside) as house:
        await house.tell(Command("two"), BOB)
        await house.receive(replying(house, Sent("other")))
        await house.quiet()
        assert house.replies.texts(BOB)[-1].startswith("⚠️ I pass on texts, photos and files only")
        await house.tell(Typed("Bob"), BOB)
        assert house.replies.texts(BOB)[-1] == "Bob, sure?"


async def test_a_command_in_a_reply_is_a_command(database: Database, clock: MovedClock) -> None:
    ticket = await asked(database)
    async with open_house(database, clock, {}, aside=support.aside) as house:
        await house.receive(replying(house, Command("menu")))
        await house.quiet()
        assert house.replies.texts(BOB) == ["home"]
    assert await texts(database, ticket) == ["Where is it?"]


async def test_an_aside_that_asks_something_fails_and_is_buried(database: Database, clock: MovedClock) -> None:
    async def nosy(chat: Chat, _: Original, __: Reply) -> bool:
        await chat.ask("why", say(chat, "why?"), parse=lambda reply: reply)
        return True

    async with open_house(database, clock, {}, aside=nosy) as house:
        await house.receive(replying(house, Typed("x"), ADA))
        await house.quiet()
        assert len(house.replies.texts(ADA)) == 1
        assert "Something went wrong" in house.replies.texts(ADA)[0]
        [row] = await database.pool.fetch("dead", "SELECT error FROM dead_letters", (), reads=True)
        assert row["error"] == "TypeError: an aside asks nothing"
