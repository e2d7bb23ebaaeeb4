"""Maintenance, and updates that are tried again, as actors live them on the real database."""

from __future__ import annotations

from lockbay.actors.conversation import Chat
from lockbay.actors.maintenance import Maintenance
from lockbay.actors.screen import Screen, encode_answer, encode_link
from lockbay.actors.update import Command, DeadlinePassed, Edited, Membership, Press, Typed
from lockbay.areas.admin.dead_letter_records import EndLetter
from lockbay.postgres.database import Database
from tests.actors.house import ADA, BOB, House, open_house
from tests.areas.people import fresh_key
from tests.clock import MovedClock


def closed(why: str = "Back at <noon>") -> Maintenance:
    maintenance = Maintenance()
    maintenance.message = why
    return maintenance


async def staff(house: House) -> None:
    """Bob runs LockBay."""
    await house.tell(Command("menu"), BOB)
    await house.database.pool.fetch(
        "test", "INSERT INTO staff (user_id, role, by_settings) VALUES ($1, 'owner', false)", (BOB.id,), reads=False
    )
    await house.restart()


async def test_whoever_does_something_is_told_and_the_question_waits(database: Database, clock: MovedClock) -> None:
    maintenance = Maintenance()
    async with open_house(database, clock, {}, maintenance=maintenance) as house:
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        maintenance.message = "Back at <noon>"
        sent = len(house.replies.sent)
        for event in (Typed("yes"), Command("menu"), Edited()):
            await house.tell(event)
            assert "Back at &lt;noon&gt;" in house.replies.texts()[-1]
        await house.tell(Press("c1", encode_answer(origin, "yes"), 7))
        await house.tell(Press("c2", encode_link("menu", ()), 7))
        assert house.replies.answers == [("c1", "🚧 Back at <noon>"), ("c2", "🚧 Back at <noon>")]
        assert len(house.replies.sent) == sent + 3  # what was pressed stays as it is
        house.router.deadline(ADA.id, DeadlinePassed(origin.conversation, origin.question))
        await house.quiet()
        await house.restart()
        maintenance.message = None
        await house.tell(Press("c3", encode_answer(origin, "yes"), 7))
        assert house.replies.texts()[-1] == "Ada said yes"
        assert await house.left() == []


async def test_the_staff_goes_on(database: Database, clock: MovedClock) -> None:
    maintenance = Maintenance()
    async with open_house(database, clock, {}, maintenance=maintenance) as house:
        await staff(house)
        maintenance.message = "Closed"
        await house.tell(Command("menu"), BOB)
        assert house.replies.texts(BOB)[-1] == "home"
        await house.tell(Command("menu"))
        assert "Closed" in house.replies.texts()[-1]


async def test_it_costs_no_statement_and_a_long_message_fits_a_toast(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}, maintenance=closed("é" * 500)) as house:
        await house.tell(Membership(blocked=False))
        before = database.statements
        await house.tell(Press("c1", encode_link("menu", ()), 7))
        assert len(house.replies.answers[0][1] or "") == 200
        assert database.statements - before == 2  # the update is stored, and settled
        assert house.replies.sent == []


async def test_an_update_out_of_the_dead_letters_reaches_its_person_once(database: Database, clock: MovedClock) -> None:
    broken = True

    async def fragile(chat: Chat) -> None:
        if broken:
            raise ZeroDivisionError
        await chat.show(Screen(chat.words("mended")))

    async with open_house(database, clock, {"fragile": fragile}) as house:
        await staff(house)
        await house.tell(Command("fragile"))
        await house.tell(Typed("hello"))
        assert "went wrong" in house.replies.texts()[0]
        assert house.replies.texts()[-1] == "home"
        [dead] = await database.pool.fetch("test", "SELECT update_id FROM dead_letters", (), reads=True)
        broken = False
        told = len(house.replies.texts())
        done = await database.perform(EndLetter(BOB.id, dead["update_id"], True, ""), fresh_key())
        assert done is True
        await house.quiet()
        assert len(house.replies.texts()) == told + 1
        assert await house.left() == []
        await house.tell(Typed("more"))
        assert len(house.replies.texts()) == told + 2


async def test_one_whose_person_has_no_actor_wakes_one(database: Database, clock: MovedClock) -> None:
    async def broken(chat: Chat) -> None:
        raise ZeroDivisionError

    async with open_house(database, clock, {"broken": broken}) as house:
        await staff(house)
        await house.tell(Command("broken"))
        [dead] = await database.pool.fetch("test", "SELECT update_id FROM dead_letters", (), reads=True)
        await house.restart()
        assert await database.perform(EndLetter(BOB.id, dead["update_id"], True, ""), fresh_key()) is True
        await house.quiet()
        assert house.replies.texts()[-1] == "home"  # the stored body of these tests is a text
        assert await house.left() == []
