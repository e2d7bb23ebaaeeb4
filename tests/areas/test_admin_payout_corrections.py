"""What was told of a payout and does not fit the books, explained by two of the staff; on the real database."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from lockbay.areas.admin.correction_records import PayoutEvent, ProposeCorrection
from lockbay.areas.payout import Cashout, SettleCashout
from lockbay.audit import audit
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.correcting import booked, corrections_account, decided, event_ids, proposed
from tests.areas.deciding import PLAN, requested, settled, under_way
from tests.areas.deciding import staff as staff
from tests.areas.people import ANA, BEN, CLEO, available, fresh_key
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.talk import Talk


async def test_a_payout_that_left_twice_is_explained_by_two(staff: Talk, database: Database, clock: MovedClock) -> None:
    cashout = await under_way(database, "unknown")
    for txid in ("tx-1", "tx-2", "tx-2"):
        await settled(database, cashout, "done", txid)
    assert [each.kind for each in (await audit(database)).differences] == ["cashout_told"]
    await staff.open("payout_alarms")
    await staff.press("Book")
    assert "49 USDT left once more" in sent(staff.screen)
    await staff.say("Seen twice at BlockBee")
    await staff.press("Propose")
    ben = Talk(PLAN, database, clock, BEN)
    await ben.open("corrections")
    await ben.press("#1")
    await ben.press("Approve")
    await ben.press("Confirm")
    assert "Approved by @ben" in sent(ben.screen)
    assert (await audit(database)).passed
    assert await corrections_account(database) == -49
    assert await available(database, ANA) == 950
    first, _, again = await event_ids(database, cashout)
    assert await booked(database, again, "49") == Refused("already_booked")
    assert await booked(database, first, "49") == Refused("not_strange")
    assert "agree with what was told" in sent(await staff.open("book_payout", str(first)))


async def test_a_payout_that_was_given_back_and_paid_all_the_same_is_explained(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "failed")
    await settled(database, cashout, "done", "tx")
    assert not (await audit(database)).passed
    [event] = await event_ids(database, cashout)
    assert await booked(database, event, "48") == Refused("terms_changed")
    assert isinstance(await booked(database, event, "49"), int)
    assert (await audit(database)).passed
    made = await proposed(database, "-49", why="Paid although it was given back")
    assert await decided(database, made, "-49") == made
    assert await corrections_account(database) == 0
    assert (await audit(database)).passed


async def test_a_payout_that_came_back_is_explained_and_given_to_its_person(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    await settled(database, cashout, "done", "tx")
    await settled(database, cashout, "failed")
    assert not (await audit(database)).passed
    [event] = await event_ids(database, cashout, "failed")
    page = await database.read(PayoutEvent, CLEO, event)
    assert page is not None
    assert (page.amount, page.problem) == (-49, None)
    assert isinstance(await booked(database, event, "-49"), int)
    made = await proposed(database, "49", why="The bank sent it back")
    assert await decided(database, made, "49") == made
    assert (await audit(database)).passed
    assert await corrections_account(database) == 0
    [done] = await event_ids(database, cashout)
    assert await booked(database, done, "49") == Refused("not_strange")


async def test_what_is_still_under_way_is_not_booked(staff: Talk, database: Database) -> None:
    cashout = await requested(database, "50")
    await settled(database, cashout, "done", "tx")
    [event] = await event_ids(database, cashout)
    assert await booked(database, event, "49") == Refused("not_ended")


async def test_what_failed_and_was_given_back_is_right_in_the_books_already(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "failed")
    [event] = await event_ids(database, cashout, "failed")
    assert await booked(database, event, "-49") == Refused("not_strange")
    assert (await audit(database)).passed


async def test_what_was_told_of_a_payout_is_booked_as_it_is_and_into_no_wallet(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    for txid in ("tx-1", "tx-2"):
        await settled(database, cashout, "done", txid)
    _, again = await event_ids(database, cashout)
    as_it_is = ProposeCorrection(CLEO, None, again, "USDT", Decimal(49), "seen at the provider")
    for wrong, reason in (
        (evolve(as_it_is, currency="BTC"), "terms_changed"),
        (evolve(as_it_is, amount=Decimal(50)), "terms_changed"),
        (evolve(as_it_is, person=ANA), "unknown_person"),
        (evolve(as_it_is, event_id=None), "unknown_person"),
    ):
        assert await database.perform(wrong, fresh_key()) == Refused(reason)


async def test_that_another_provider_did_not_pay_it_is_nothing_to_be_booked(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    await settled(database, cashout, "done", "tx")
    other = SettleCashout(cashout.reference, "fincra", "failed", None, None, None, b"{}", "{}")
    assert isinstance(await database.perform(other, fresh_key()), Cashout)
    [event] = await event_ids(database, cashout, "failed")
    assert await booked(database, event, "-49") == Refused("not_strange")
    assert (await audit(database)).passed


async def test_what_was_told_on_the_way_is_nothing_to_be_booked(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    await settled(database, cashout, "done", "tx")
    [event] = await event_ids(database, cashout, "unknown")
    assert await booked(database, event, "-49") == Refused("unknown_event")
