"""Buttons: what they lead to, once, and what becomes of a press on an old or a forged one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from markupsafe import Markup

from lockbay.actors.conversation import Chat
from lockbay.actors.errand import Errand
from lockbay.actors.screen import Link, PressedLink, Screen, decode, encode_answer, encode_link
from lockbay.actors.update import Command, Press, Typed
from lockbay.areas.preferences.records import Speak
from lockbay.errors import DatabaseUnavailable, OutcomeUnknown
from lockbay.postgres.database import Database
from tests.actors.house import ADA, Reply, open_house, say
from tests.clock import MovedClock

COUNTED = "You had pressed here already, and that press counted. The newest message says what came of it."
STALE = (
    "This menu is no longer active, so this press changed nothing. What you pressed before counts: look at the newest "
    "message, or send /menu."
)


async def test_an_old_button_is_recognised_and_does_nothing(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.tell(Command("menu"))
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5))
        assert house.replies.answers == [("c1", STALE)]
        assert house.replies.texts()[-1] == "home"
        assert len(house.replies.sent) == 3
        assert await house.left() == []


async def test_who_presses_twice_is_told_that_the_first_counted(database: Database, clock: MovedClock) -> None:
    """Not that it did nothing: of a Confirm that would be read as one of both."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5))
        await house.tell(Press("c2", encode_answer(origin, "yes"), 5))
        await house.restart()  # and then nobody knows that it was pressed
        await house.tell(Press("c3", encode_answer(origin, "yes"), 5))
        assert house.replies.answers == [("c1", None), ("c2", COUNTED), ("c3", STALE)]
        assert "did nothing" not in STALE
        assert house.replies.texts()[-1] == "Ada said yes"
        assert len(house.replies.sent) == 3
        assert await house.left() == []


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "a:",
        "a:zz:1:yes",
        "a:1",
        "a:1:1:yes",
        "l:",
        "l:nowhere",
        "l:menu:17",
        "l:refuses",
        "é" * 40,
        "a:" + "9" * 60,
    ],
)
async def test_forged_button_data_is_answered_and_changes_nothing(
    database: Database, clock: MovedClock, data: str
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Press("c1", data, 5))
        assert house.replies.answers == [("c1", STALE)]
        await house.tell(Typed("Ada"))
        assert house.replies.texts()[-1] == "Ada, sure?"


async def test_a_link_leads_to_another_flow_from_anywhere(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Press("c1", encode_link("menu", ()), 9))
        assert house.replies.sent[-1] == Reply(ADA.id, "home", None, 9)


async def test_an_answer_that_was_refused_has_not_counted(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        for number in (1, 2):
            await house.tell(Press(f"c{number}", encode_answer(origin, "no text"), 5))
        assert house.replies.answers == [("c1", None), ("c2", None)]
        assert len(house.replies.sent) == 3, "the question is asked again, twice"


async def test_a_link_that_did_something_is_not_followed_twice(database: Database, clock: MovedClock) -> None:
    """A second press on Delete said that there is no such thing, and nothing was changed. A screen that offers the same
    again is one that is looked at anew.
    """

    async def delete(chat: Chat, what: str) -> None:
        await chat.do("delete", Speak(chat.user_id, time_zone="Africa/Lagos"))
        await chat.show(say(chat, f"{what} is deleted"))

    async def look(chat: Chat) -> None:
        await chat.do("see", Speak(chat.user_id, time_zone="Africa/Lagos"))
        await chat.show(Screen(Markup("seen"), ((Link("Look again", "look"),),)))

    async with open_house(database, clock, {"delete": delete, "look": look}) as house:
        pressed = encode_link("delete", ("it",))
        for number, message in enumerate((9, 9, 10), 1):
            await house.tell(Press(f"c{number}", pressed, message))
        assert house.replies.texts() == ["it is deleted"] * 2
        assert house.replies.answers == [("c1", None), ("c2", COUNTED), ("c3", None)]
        for number in (4, 5):
            await house.tell(Press(f"c{number}", encode_link("look", ()), 9))
        assert house.replies.texts()[2:] == ["seen"] * 2
        await house.tell(Press("c6", pressed, 9))
        clock.advance(timedelta(minutes=1))
        await house.tell(Press("c7", pressed, 9))
        assert house.replies.texts()[4:] == ["it is deleted"] * 2, "later it is meant, where a message kept its buttons"


async def test_a_link_under_what_somebody_sent_leaves_it_where_it_is(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Press("c1", encode_link("menu", (), stays=True), 9, on_photo=True))
        assert house.replies.sent[-1] == Reply(ADA.id, "home", None, None)


async def test_a_press_is_answered_once_however_often_its_turn_is_tried(database: Database, clock: MovedClock) -> None:
    outcomes: list[Exception | None] = [DatabaseUnavailable(), DatabaseUnavailable(), OutcomeUnknown(), None]

    class Fetch(Errand[str]):
        pass

    async def fetch(errand: object, key: str) -> object:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return "done"

    async def fetches(chat: Chat) -> None:
        await chat.show(say(chat, str(await chat.do("fetch", Fetch()))))

    async with open_house(database, clock, {"fetches": fetches}, errands={Fetch: fetch}) as house:
        await house.tell(Press("c1", encode_link("fetches", ()), 5))
        assert house.replies.texts() == ["done"]
        assert house.replies.answers == [("c1", None)]


def test_a_link_carries_its_arguments() -> None:
    assert encode_link("trade", ("17",)) == "l:trade:17"
    assert decode("l:trade:17") == PressedLink("trade", ("17",))
