"""Nobody of the staff decides about their own cash-out: who can hears of it, and whoever is alone is told that."""

from __future__ import annotations

import pytest

from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.payout import Cashout, SendCashout
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.deciding import PLAN, requested, settled, staff, told_to, under_way
from tests.areas.people import ANA, BEN, CLEO, fresh_key
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

__all__ = ["staff"]


async def test_of_the_staff_those_hear_of_it_who_can_decide(staff: Talk, database: Database) -> None:
    await database.run(SaveStaff([ANA, BEN, CLEO]))
    await requested(database)
    assert await told_to(database, ANA) == []
    for other in (BEN, CLEO):
        [(kind, told)] = await told_to(database, other)
        assert kind == "cashout_approval"
        assert "✅ Approve" in labels(told)


async def test_who_is_alone_is_told_that_nobody_else_can_decide(staff: Talk, database: Database) -> None:
    await database.run(SaveStaff([ANA]))
    cashout = await requested(database)
    [(kind, told)] = await told_to(database, ANA)
    assert kind == "cashout_approval"
    assert "Your own cash-out" in sent(told)
    assert "nobody else can decide about it" in sent(told)
    assert "stays held for you" in sent(told)
    assert not leads_to(told) & {"decide_payout", "payout"}, "no button that would be refused"
    assert {"team", "cashout", "menu"} <= leads_to(told)
    await database.run(SaveStaff([ANA, BEN]))
    approved = DecideCashout(BEN, cashout.id, "awaiting_approval", "approve", "", "")
    assert not isinstance(await database.perform(approved, fresh_key()), Refused)


@pytest.mark.parametrize("told", ["waiting", "unknown"])
async def test_what_becomes_of_it_at_a_provider_is_told_to_the_others(
    staff: Talk, database: Database, told: str
) -> None:
    await database.run(SaveStaff([ANA, BEN]))
    await under_way(database, "waiting" if told == "waiting" else "unknown")
    assert await told_to(database, ANA) == []
    assert [kind for kind, _ in await told_to(database, BEN)] == [f"payout_{told}"]


async def test_one_that_waits_has_no_buttons_for_whose_it_is(staff: Talk, database: Database) -> None:
    await database.run(SaveStaff([ANA]))
    await under_way(database, "waiting")
    [(_, told)] = await told_to(database, ANA)
    assert "decide_payout" not in leads_to(told)
    assert "nobody else can decide about it" in sent(told)


async def test_its_page_says_that_somebody_else_has_to_decide(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    await database.run(SaveStaff([ANA, CLEO]))
    cashout = await requested(database)
    ana = Talk(PLAN, database, clock, ANA)
    for flow, args in (("payout", ()), ("decide_payout", ("approve",))):
        page = await ana.open(flow, str(cashout.id), *args)
        assert ana.is_over, "nothing is asked"
        assert "somebody else of the staff has to" in sent(page)
        assert "decide_payout" not in leads_to(page)
    assert "decide_payout" in leads_to(await staff.open("payout", str(cashout.id)))


async def test_one_that_is_over_says_nothing_of_it(staff: Talk, database: Database, clock: MovedClock) -> None:
    await database.run(SaveStaff([ANA, CLEO]))
    cashout = await requested(database, "50")
    assert isinstance(await database.perform(SendCashout(cashout.id, "blockbee"), fresh_key()), Cashout)
    await settled(database, cashout, "done", "tx")
    assert "somebody else" not in sent(await Talk(PLAN, database, clock, ANA).open("payout", str(cashout.id)))
