"""Whoever is not of the staff any more gets the menu, in the middle of something, too."""

from __future__ import annotations

from lockbay.actors.plan import Plan
from lockbay.areas import menu
from lockbay.areas.admin.people_records import SetRole
from lockbay.areas.staff import for_staff
from lockbay.errors import Unseen
from lockbay.postgres.database import Database
from tests.areas.people import ANA, CLEO, fresh_key
from tests.areas.sendable import sent
from tests.areas.staffing import PLAN, actions, given
from tests.areas.staffing import owner as owner
from tests.clock import MovedClock
from tests.talk import Talk, Warm


async def test_a_right_withdrawn_between_question_and_answer_leads_to_the_menu(
    owner: Talk, database: Database, clock: MovedClock
) -> None:
    await given(database, ANA, "owner")
    ana = Warm(PLAN, database, clock, ANA)
    usual = sent(await ana.open("menu"))
    await ana.open("give_role")
    await ana.say("@ben")
    await ana.press("Finance")
    await ana.say("needs it")
    done = await actions(database)
    assert await database.perform(SetRole(CLEO, ANA, "owner", None, "left"), fresh_key()) == ANA
    assert sent(await ana.press("Confirm")) == usual
    assert len(await actions(database)) == len(done) + 1, "nothing but that her role was taken"


def test_a_plan_sees_what_such_a_flow_takes() -> None:
    async def flow(chat: object, one: str, other: str = "") -> None:
        raise Unseen

    made = Plan(for_staff({"flow": flow}, menu.FLOWS["menu"]), {}, "flow", lambda person, name: None)
    assert [made.opens("flow", ("x",) * n) for n in range(4)] == [False, True, True, False]
