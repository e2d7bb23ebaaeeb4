"""What is told of payouts and fits nothing is listed until somebody of the staff has looked into it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lockbay.areas.admin import alarms
from lockbay.areas.admin.cashout_records import EndAlarm, PayoutAlarm, PayoutAlarms
from lockbay.areas.admin.people_records import SetRole
from lockbay.areas.payout import SettleCashout, Told
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.deciding import ENGLISH, PLAN, settled, told_to, under_way
from tests.areas.deciding import staff as staff
from tests.areas.people import ANA, BEN, CLEO, fresh_key
from tests.areas.sendable import labels, sent
from tests.clock import MovedClock
from tests.talk import Talk


async def nobodys(database: Database, told: Told) -> None:
    event = SettleCashout("co-of-nobody", "fincra", told, "F-1", "tx-9", None, b"{}", "{}")
    assert await database.perform(event, fresh_key()) == Refused("unknown_cashout")


async def test_a_payment_of_nobodys_is_told_listed_and_ended(staff: Talk, database: Database) -> None:
    await nobodys(database, "failed")
    assert await told_to(database, CLEO) == []
    await nobodys(database, "done")
    for member in (CLEO, BEN):
        [(kind, told)] = await told_to(database, member)
        assert kind == "payout_of_nobody"
        assert "Reference: co-of-nobody" in sent(told)
    assert "Payouts told that fit nothing: 1" in sent(await staff.open("admin"))
    await staff.press("Strange payouts (1)")
    assert "fincra tells: done, tx-9" in sent(staff.screen)
    await staff.press("is understood")
    await staff.say("A payout that was made in Fincra's dashboard")
    assert "There are none." in sent(staff.screen)
    assert "Strange payouts" not in "".join(labels(await staff.open("admin")))


async def test_what_contradicts_a_cashout_leads_to_it_and_one_of_two_ends_it(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    cashout = await under_way(database, "failed")
    await settled(database, cashout, "done", "tx")
    await staff.open("payout_alarms")
    assert f"{cashout.slug}, 50 USDT, is refunded now" in sent(staff.screen)
    colleague = Talk(PLAN, database, clock, BEN)
    for each in (staff, colleague):
        await each.open("payout_alarms")
        await each.press("is understood")
    await colleague.say("paid twice")
    await staff.say("seen")
    assert "nothing was done" in sent(staff.screen)
    found = await database.pool.fetch("alarms", "SELECT ended_by, note FROM payout_alarms", (), reads=True)
    assert [(row["ended_by"], row["note"]) for row in found] == [(BEN, "paid twice")]


async def test_whose_cashout_it_is_does_not_take_it_off_the_list(staff: Talk, database: Database) -> None:
    await database.perform(SetRole(CLEO, ANA, None, "finance", "x"), fresh_key())
    cashout = await under_way(database, "failed")
    await settled(database, cashout, "done", "tx")
    [alarm] = (await database.pool.fetch("alarms", "SELECT event_id FROM payout_alarms", (), reads=True))[0]
    assert await database.perform(EndAlarm(ANA, alarm, "a mistake of theirs"), fresh_key()) == Refused("own_cashout")
    assert await database.perform(EndAlarm(BEN, alarm, "paid twice"), fresh_key()) == alarm


@pytest.mark.parametrize(("flow", "args"), [("payout_alarms", ()), ("end_alarm", ("1",))])
async def test_who_is_not_of_the_staff_gets_the_menu(
    staff: Talk, database: Database, clock: MovedClock, flow: str, args: tuple[str, ...]
) -> None:
    await nobodys(database, "done")
    assert "co-of-nobody" not in sent(await Talk(PLAN, database, clock, ANA).open(flow, *args))
    assert await database.perform(EndAlarm(ANA, 1, "x"), fresh_key()) == Refused("not_staff")


async def test_the_list_goes_page_by_page(staff: Talk, database: Database) -> None:
    for _ in range(13):
        await nobodys(database, "done")
    await staff.open("payout_alarms")
    seen = 0
    while True:
        seen += sum("is understood" in label for label in labels(staff.screen))
        if "Next" not in labels(staff.screen):
            break
        await staff.press("Next")
    assert seen == 13


def test_the_fullest_page_fits_a_message() -> None:
    at, odd = datetime(2026, 11, 22, 12, tzinfo=UTC), "<&" * 100
    one = PayoutAlarm(2**63 - 2, at, odd, odd, odd, odd, 2**63 - 1, "C-ABCDEFG", "unknown", Decimal("9" * 14), "USDT")
    other = PayoutAlarm(2**63 - 2, at, odd, odd, odd, odd, None, None, None, None, None)
    for each in (one, other):
        sent(alarms.page(ENGLISH, PayoutAlarms((each,) * 6, 2**63 - 1)))
