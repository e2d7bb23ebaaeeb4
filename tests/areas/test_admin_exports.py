"""Tables that the staff takes along, from the question to the file; on the real database, killed and replayed."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.actors.screen import Document
from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.admin.export_file import AskExport, What
from lockbay.areas.admin.people_records import SetRole
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.support.records import AskSupport, CloseTicket
from lockbay.areas.trades.records import DeclineTrade, ReleaseTrade
from lockbay.notices import clerk
from lockbay.notices.clerk import Clerk
from lockbay.notices.file_records import ExportLines
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.deciding import requested
from tests.areas.disputing import decision, disputed, opening
from tests.areas.people import ANA, BEN, CLEO, fresh_key, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, sent
from tests.areas.staffing import DAN, EVE, PLAN, actions
from tests.clock import MovedClock
from tests.ledger.world import UNLIMITED, World
from tests.notices.test_clerk import Chats
from tests.talk import Talk


@pytest.fixture
async def staff(database: Database, clock: MovedClock) -> Talk:
    """Cleo, an owner, and Ana with 1000 USDT, a trade in October and one of today, and a cash-out."""
    await set_rates(database)
    await database.run(evolve(UNLIMITED, cashout_unverified_daily_usd=Decimal(0)))
    for user_id, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        await onboarded(database, user_id, name, name.lower())
    await database.run(SaveStaff([CLEO]))
    clock.advance(timedelta(days=-40))
    await set_rates(database)
    await fund(database, ANA, "1000")
    await offered(database, ANA, "username", "@ben", description="=HYPERLINK(1)")
    clock.advance(timedelta(days=40))
    await offered(database, ANA, "username", "@ben", description="A bike, «red»")
    await requested(database)
    return Talk(PLAN, database, clock, CLEO)


async def made(database: Database, clock: MovedClock) -> tuple[str, Document]:
    """What the clerk brings: the words, and the file."""
    chats = Chats()
    await Clerk(database, clock, chats).tick()
    [(_, screen)] = chats.arrived
    assert screen.document is not None
    return sent(screen), screen.document


def table(document: Document) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(document.content.decode("utf-8-sig"), newline="")))


async def test_trades_of_a_period_are_taken_along_and_that_is_written_down(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    await staff.open("admin")
    await staff.press("Export")
    await staff.press("Trades")
    await staff.press("This month")
    assert "It is being made" in sent(staff.screen)
    text, document = await made(database, clock)
    assert "Export: Trades" in text
    assert document.name == "lockbay-2026-11-01-2026-11-22-trades.csv"
    [row] = table(document)
    assert (row["Buyer"], row["Seller"], row["Amount"], row["Currency"]) == ("'@ana", "'@ben", "100", "USDT")
    assert row["Buyer’s number"] == str(ANA)
    assert row["Created"] == "2026-11-22 12:00:00+00:00"
    assert row["Description"] == "A bike, «red»"
    assert (await actions(database))[-1][:3] == (CLEO, "export", "trades")


async def test_everything_is_there_page_by_page_and_no_spreadsheet_runs_it(
    staff: Talk, database: Database, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clerk, "PAGE", 1)
    await staff.open("exports")
    await staff.press("Trades")
    await staff.press("Everything")
    _, document = await made(database, clock)
    assert [row["Description"] for row in table(document)] == ["'=HYPERLINK(1)", "A bike, «red»"]


async def test_of_a_trade_that_has_ended_it_says_who_got_what(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    """Not what was agreed: of a split dispute that is neither what the seller got nor what LockBay earned."""
    world = World(database)
    ada, sam = await world.person(1000), await world.person()
    await world.done(opening(ada, (split := await world.accepted(ada, sam)).id))
    await world.done(await decision(world, CLEO, split.id, 40))
    released, declined = await world.delivered(ada, sam), await world.paid(ada, sam)
    await world.done(ReleaseTrade(ada, released.id))
    await world.done(DeclineTrade(sam, declined.id))
    await world.accepted(ada, sam)
    await staff.open("exports")
    await staff.press("Trades")
    await staff.press("This month")
    rows = table((await made(database, clock))[1])[-4:]
    assert [(row["State"], row["To the seller"], row["Back to the buyer"], row["Our fee"]) for row in rows] == [
        ("resolved", "40", "63", "2"), ("released", "100", "0", "5"),
        ("declined", "0", "105", "0"), ("accepted", "", "", ""),
    ]  # fmt: skip
    assert {row["Agreed for the seller"] for row in rows} == {"100"}


async def test_what_the_staff_did_names_trades_cash_outs_and_tickets_by_their_codes(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    """Nobody sees the numbers of our tables anywhere else."""
    world = World(database)
    _, _, split = await disputed(world)
    await world.done(await decision(world, CLEO, split.id, 50))
    asked = await world.done(AskSupport(ANA, "text", "Where is it?", ""))
    await world.done(CloseTicket(CLEO, asked.ticket_id))
    await database.run(evolve(UNLIMITED, cashout_unverified_daily_usd=Decimal(0), cashout_approval_usd=Decimal(1)))
    cashout = await requested(database)
    await world.done(DecideCashout(CLEO, cashout.id, cashout.state, "decline", "", "Not today"))
    codes = {split.slug, asked.slug, cashout.slug}
    log = sent(await staff.open("admin_log"))
    assert {code for code in codes if f": {code}" in log} == codes
    await staff.open("exports")
    await staff.press("What the staff did")
    await staff.press("Everything")
    _, document = await made(database, clock)
    assert codes <= {row["Of what"] for row in table(document)}


async def test_a_persons_movements(staff: Talk, database: Database, clock: MovedClock) -> None:
    await staff.open("exports")
    await staff.press("Movements")
    assert "knows nobody called @zed" in sent(await staff.say("@zed"))
    await staff.say("@ana")
    await staff.press("Other dates")
    await staff.say("2026-10-01")
    await staff.press("Today, 22 Nov 2026")
    text, document = await made(database, clock)
    assert "@ana" in text
    rows = table(document)
    assert (rows[0]["What"], rows[0]["Amount"]) == ("deposit", "1000")
    assert rows[-1]["What"] == "cashout"
    assert Decimal(rows[-2]["Balance"]) + Decimal(rows[-1]["Amount"]) == Decimal(rows[-1]["Balance"])
    assert (await actions(database))[-1][:3] == (CLEO, "export", f"user {ANA}")


async def test_movements_are_of_whom_was_shown_whoever_has_the_name_by_now(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    await staff.open("exports")
    await staff.press("Movements")
    await staff.say("@ana")
    assert f"@ana · {ANA}" in sent(staff.screen)
    await onboarded(database, EVE, "Eve", "ana")
    assert "That name is somebody else’s now" in sent(await staff.press("Everything"))
    assert f"@ana · {EVE}" in sent(staff.screen)
    await staff.press("Other dates")
    await staff.say("2026-10-01")
    await onboarded(database, DAN, "Dan", "ana")
    assert "That name is somebody else’s now" in sent(await staff.come_back())
    assert f"@ana · {DAN}" in sent(staff.screen)


@pytest.mark.parametrize(("button", "column"), [("Cash-outs", "Network"), ("What the staff did", "Of what")])
async def test_the_other_tables(staff: Talk, database: Database, clock: MovedClock, button: str, column: str) -> None:
    await database.perform(SetRole(CLEO, BEN, None, "finance", "needed"), fresh_key())
    await staff.open("exports")
    await staff.press(button)
    await staff.press("This month")
    _, document = await made(database, clock)
    [row] = table(document)
    assert row[column] in ("TRC20", f"user {BEN}")


async def test_finance_takes_no_log_along_and_others_nothing(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    await database.perform(SetRole(CLEO, BEN, None, "finance", "needed"), fresh_key())
    await database.perform(SetRole(CLEO, ANA, None, "support", "needed"), fresh_key())
    finance = Talk(PLAN, database, clock, BEN)
    await finance.open("exports")
    assert labels(finance.screen) == ["Trades", "Cash-outs", "Movements of a person", "⬅️ Back", "Menu"]
    other = Talk(PLAN, database, clock, ANA)
    assert "Export" not in sent(await other.open("exports"))
    for order in (AskExport(BEN, "actions", 0, "/", None, None), AskExport(ANA, "trades", 0, "/", None, None)):
        assert await database.perform(order, fresh_key()) == Refused("not_staff")


@pytest.mark.parametrize(("what", "held", "left"), [("trades", "finance", None), ("actions", "owner", "finance")])
async def test_who_lost_their_role_meanwhile_gets_no_file(
    staff: Talk, database: Database, clock: MovedClock, what: What, held: str, left: str | None
) -> None:
    await database.perform(SetRole(CLEO, BEN, None, held, "needed"), fresh_key())
    await database.perform(AskExport(BEN, what, 0, "/", None, None), fresh_key())
    await database.perform(SetRole(CLEO, BEN, held, left, "gone"), fresh_key())
    chats = Chats()
    await Clerk(database, clock, chats).tick()
    assert chats.arrived == []
    [order] = await database.pool.fetch("orders", "SELECT ended_at, problem FROM file_orders", (), reads=True)
    assert (order["ended_at"], order["problem"]) == (clock.now(), "NotTheirs")


async def test_a_role_that_is_taken_while_a_file_is_made_is_seen_at_its_end(staff: Talk, database: Database) -> None:
    await database.perform(SetRole(CLEO, BEN, None, "finance", "needed"), fresh_key())
    order = await database.perform(AskExport(BEN, "trades", 0, "/", None, None), fresh_key())
    assert isinstance(order, int)
    page = await database.run(ExportLines(order, 0, 10))
    assert (page.allowed, page.lines is None) == (True, False)
    assert (await database.run(ExportLines(order, page.last, 10))).allowed
    await database.perform(SetRole(CLEO, BEN, "finance", None, "gone"), fresh_key())
    end = await database.run(ExportLines(order, page.last, 10))
    assert (end.allowed, end.lines) == (False, None)


@pytest.mark.parametrize(
    ("what", "person", "reason"),
    [("movements", 0, "unknown_person"), ("movements", 999, "unknown_person"), ("movements", BEN, "nothing"),
     ("everything", 0, "nothing")],
)  # fmt: skip
async def test_what_there_is_not_is_refused(
    staff: Talk, database: Database, what: What, person: int, reason: str
) -> None:
    outcome = await database.perform(AskExport(CLEO, what, person, "/", None, None), fresh_key())
    assert outcome == Refused(reason)


async def test_an_empty_period_and_a_fourth_file_are_said(staff: Talk, database: Database) -> None:
    await staff.open("exports")
    await staff.press("Cash-outs")
    await staff.press("Last month")
    assert "There is nothing of that time" in sent(staff.screen)
    for _ in range(3):
        await database.perform(AskExport(CLEO, "trades", 0, "/", None, None), fresh_key())
    await staff.open("exports")
    await staff.press("Trades")
    await staff.press("Everything")
    assert "Three files are being made" in sent(staff.screen)
