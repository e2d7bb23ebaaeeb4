"""Questions: what answers them, what does not, and what is left of them after a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from lockbay.actors.conversation import Chat
from lockbay.actors.journal import LONGEST
from lockbay.actors.parse import text
from lockbay.actors.router import Router
from lockbay.actors.screen import AskContact, NoKeyboard, encode_answer, encode_link
from lockbay.actors.update import Command, Contact, DeadlinePassed, Edited, Press, Sent, Typed
from lockbay.errors import Invalid, Outdated, TimedOut
from lockbay.postgres.database import Database
from tests.actors.house import ADA, open_house, say, update
from tests.clock import START, MovedClock


async def test_a_conversation_goes_on_after_everything_in_memory_is_gone(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.restart()
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5))
        assert house.replies.texts() == ["name?", "Ada, sure?", "Ada said yes"]
        assert house.replies.answers == [("c1", None)]
        assert house.replies.sent[-1].edit == 5


async def test_a_command_ends_what_was_going_on(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Command("menu"))
        await house.restart()
        await house.tell(Typed("Ada"))
        assert house.replies.texts() == ["name?", "home", "home"]


@pytest.mark.parametrize("is_in_memory", [True, False])
async def test_who_leaves_a_question_that_took_their_keyboard_gets_it_back(
    database: Database, clock: MovedClock, *, is_in_memory: bool
) -> None:
    """Its button would answer whatever is asked next: what a trade is about, or the other side in a chat."""

    async def share(chat: Chat) -> None:
        asked = evolve(say(chat, "number?"), keyboard=AskContact("Share", ("Cancel",)))
        await chat.ask("share", asked, parse=text(chat.words, most=20))

    async with open_house(database, clock, {"share": share}) as house:
        await house.tell(Command("share"))
        if not is_in_memory:
            await house.restart()
        await house.tell(Command("two"))
        assert house.replies.texts() == ["number?", "Your number was not shared.", "name?"]
        assert house.replies.keyboards == [AskContact("Share", ("Cancel",)), NoKeyboard(), None]
        await house.tell(Command("menu"))
        assert house.replies.texts()[3:] == ["home"]


async def test_a_command_that_there_is_not_is_no_answer_and_no_way_out(database: Database, clock: MovedClock) -> None:
    """What somebody writes in a chat, or about what they buy, may begin like one: it was gone, and so was the form."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("shrug"))
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        await house.restart()
        await house.tell(Command("2", "pizzas"))
        first, *_, asked = house.replies.texts()
        assert first == "home", "outside of any form it leads there"
        assert asked.startswith("⚠️ There is no such command")
        assert asked.endswith("Ada, sure?")
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5))
        assert house.replies.texts()[-1] == "Ada said yes"


async def test_home_is_told_what_came_that_nothing_waited_for(database: Database, clock: MovedClock) -> None:
    """A photo for the other side of a trade, sent outside of the chat, was answered with the menu and not a word."""

    async def home(chat: Chat, came: str = "") -> None:
        await chat.show(say(chat, came or "home"))

    async with open_house(database, clock, {"menu": home}) as house:
        await house.tell(Typed("hello"))
        await house.tell(Sent("photo", "file"))
        await house.tell(Command("shrug"))
        await house.tell(Command("shrug", "said"))
        await house.tell(Command("menu"))
        assert house.replies.texts() == ["said", "said", "no_command", "no_command", "home"]


async def test_a_conversation_that_is_too_long_is_closed_with_a_word_and_nothing_is_buried(
    database: Database, clock: MovedClock
) -> None:
    async def endless(chat: Chat) -> None:
        while True:
            await chat.ask("word", say(chat, "more?"), parse=text(chat.words, most=50))

    async with open_house(database, clock, {"endless": endless}) as house:
        await house.tell(Command("endless"))
        await house.receive(*(update(Typed("more")) for _ in range(LONGEST)))
        await house.quiet()
        await house.tell(Typed("one too many"))
        assert "too long" in house.replies.texts()[-1]
        assert await house.left() == []
        assert await database.pool.fetch("test", "SELECT FROM dead_letters", (), reads=True) == []
        await house.tell(Typed("hello"))
        assert house.replies.texts()[-1] == "home"


async def test_a_refusal_outside_of_a_question_is_a_screen_with_a_way_out(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Press("c1", encode_link("refuses", ("<b>",)), 9))
        assert house.replies.texts() == ["⚠️ no &lt;b&gt;"]


async def test_a_photo_or_an_edit_where_text_is_asked_asks_again(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Sent("photo", "f"))
        await house.tell(Edited())
        assert all("name?" in shown for shown in house.replies.texts())
        assert len(house.replies.sent) == 3
        await house.tell(Typed("Ada"))
        assert house.replies.texts()[-1] == "Ada, sure?"


async def test_who_edits_what_nothing_waits_for_is_told_that_nobody_sees_it(
    database: Database, clock: MovedClock
) -> None:
    """It may be a message in a chat that somebody else has got."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        await house.tell(Edited())
        assert "I do not see changes to a message" in house.replies.texts()[-1]


async def test_a_deadline_is_an_answer_once_and_for_its_own_question_only(
    database: Database, clock: MovedClock
) -> None:
    async def hurry(chat: Chat) -> None:
        try:
            await chat.ask("quick", say(chat, "quick!"), parse=text(chat.words, most=5), within=timedelta(minutes=1))
        except TimedOut:
            await chat.show(say(chat, "too late"))

    async with open_house(database, clock, {"hurry": hurry}) as house:
        await house.tell(Command("hurry"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        house.router.deadline(ADA.id, DeadlinePassed(origin.conversation, origin.question + 1))
        house.router.deadline(ADA.id, DeadlinePassed(origin.conversation, origin.question))
        house.router.deadline(ADA.id, DeadlinePassed(origin.conversation, origin.question))
        await house.quiet()
        assert house.replies.texts() == ["quick!", "too late"]


async def test_a_question_has_no_more_time_after_everything_in_memory_is_gone(
    database: Database, clock: MovedClock
) -> None:
    async def hurry(chat: Chat) -> None:
        await chat.ask("quick", say(chat, "quick!"), parse=text(chat.words, most=5), within=timedelta(minutes=10))

    async with open_house(database, clock, {"hurry": hurry}) as house:
        await house.tell(Command("hurry"))
        clock.advance(timedelta(minutes=9))
        await house.restart()
        await house.tell(Typed("much too long"))
        rows = await database.pool.fetch("test", "SELECT deadline FROM conversations", (), reads=True)
        assert [row["deadline"] for row in rows] == [START + timedelta(minutes=10)]


async def test_a_shared_contact_is_an_answer_and_survives_a_restart(database: Database, clock: MovedClock) -> None:
    def shared(reply: object) -> str:
        if isinstance(reply, Contact):
            return f"{reply.phone} {reply.is_own}"
        raise Invalid("no contact")

    async def phone(chat: Chat) -> None:
        number = await chat.ask("number", say(chat, "number?"), parse=shared)
        word = await chat.ask("word", say(chat, f"{number}?"), parse=text(chat.words, most=20))
        await chat.show(say(chat, f"{number} {word}"))

    async with open_house(database, clock, {"phone": phone}) as house:
        await house.tell(Command("phone"))
        await house.tell(Contact("234803", is_own=True))
        assert house.replies.texts()[-1] == "234803 True?"
        await house.restart()
        await house.tell(Typed("yes"))
        assert house.replies.texts()[-1] == "234803 True yes"


async def test_a_flow_that_refuses_when_it_comes_back_is_over(database: Database, clock: MovedClock) -> None:
    """Another release takes other arguments, say: it was no mistake of the update that came then."""
    taken = {"old": True}

    async def fickle(chat: Chat) -> None:
        if not taken["old"]:
            raise Outdated
        await chat.ask("word", say(chat, "word?"), parse=text(chat.words, most=20))

    async with open_house(database, clock, {"fickle": fickle}) as house:
        await house.tell(Command("fickle"))
        await house.restart()
        taken["old"] = False
        await house.tell(Typed("anything"))
        assert "changed" in house.replies.texts()[-1]
        await house.tell(Typed("something"))
        assert house.replies.texts()[-1] == "home"


async def test_a_gate_is_told_where_the_person_wanted_to_go(database: Database, clock: MovedClock) -> None:
    async def door(chat: Chat, wish: str = "") -> None:
        await chat.show(say(chat, f"door to {wish}"))

    async def room(chat: Chat, number: str) -> None:
        raise AssertionError("nobody gets here")

    async with open_house(database, clock, {"door": door, "room": room}) as house:
        gated = evolve(house.services.plan, gate=lambda _, flow: "door")
        services = evolve(house.services, plan=gated)
        house.router = Router(services, house.nursery)
        await house.tell(Press("1", encode_link("room", ("17",)), 5))
        await house.tell(Command("menu"))
        assert house.replies.texts() == ["door to /room/17", "door to "]
