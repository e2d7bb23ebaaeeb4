"""Maintenance, on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import trio
import trio.lowlevel

from lockbay.actors.maintenance import Maintenance
from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.admin.terms_records import SetTerm
from lockbay.areas.deposits.records import Applied, ApplyPayment, FillPayin, Payin, RequestPayin
from lockbay.areas.trades.records import TradeState
from lockbay.clock.records import AskDue
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.people import ANA, CLEO, fresh_key, fund, offered, set_rates
from tests.areas.sendable import labels, sent
from tests.areas.test_admin_terms import owning
from tests.clock import MovedClock
from tests.talk import Talk

HOUR = timedelta(hours=1)


@pytest.fixture
async def owner(database: Database, clock: MovedClock) -> Talk:
    return await owning(database, clock)


async def test_lockbay_is_closed_with_a_message_and_opened_again(
    owner: Talk, database: Database, clock: MovedClock
) -> None:
    changes: list[Change] = []
    database.on_changed = changes.extend
    house = Maintenance()
    await owner.open("admin")
    await owner.press("Maintenance")
    assert "Everybody but the staff" in sent(owner.screen)
    await owner.say("Back at <noon>")
    await owner.say("A new disk")
    await owner.press("Close it")
    assert "LockBay is closed" in sent(owner.screen)
    assert Change(0, "Maintenance") in changes
    await house.load(database)
    assert house.message == "Back at <noon>"
    assert "Closed for maintenance" in sent(await owner.press("Back"))
    clock.advance(2 * HOUR)
    await owner.press("Maintenance is on")
    assert "2 hours ago" in sent(owner.screen)
    await owner.say("It is in")
    await owner.press("Open it")
    assert "LockBay is open" in sent(owner.screen)
    await house.load(database)
    assert house.message is None
    assert "Closed" not in "".join(labels(await owner.open("admin")))


async def test_what_is_told_follows_the_row_whenever_it_changes(owner: Talk, database: Database) -> None:
    house = Maintenance()
    database.on_changed = house.changed
    async with trio.open_nursery() as nursery:
        nursery.start_soon(house.run, database)
        await database.perform(SetMaintenance(CLEO, "Closed", "x"), fresh_key())
        with trio.fail_after(5):
            while house.message != "Closed":
                await trio.lowlevel.checkpoint()
        await database.perform(SetMaintenance(CLEO, None, "x"), fresh_key())
        with trio.fail_after(5):
            while house.message is not None:
                await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()


async def test_trades_lose_no_time_while_nobody_can_act(owner: Talk, database: Database, clock: MovedClock) -> None:
    await fund(database, ANA, "500")
    trade = await offered(database, ANA, "username", "@ben")

    async def due() -> tuple[datetime, int]:
        found = await database.pool.fetch("test", "SELECT due_at FROM trades WHERE id = $1", (trade.id,), reads=True)
        asked = await database.run(AskDue(clock.now() - 24 * HOUR, [], [], 10))
        return found[0]["due_at"], len(asked.timers)

    before, _ = await due()
    await database.perform(SetMaintenance(CLEO, "Closed", "x"), fresh_key())
    clock.advance(3 * HOUR)
    assert await due() == (before, 0)
    assert not (await database.run(AskDue(clock.now() - 24 * HOUR, [], [], 10))).reminders
    await database.perform(SetMaintenance(CLEO, None, "x"), fresh_key())
    assert await due() == (before + 3 * HOUR, 0)
    clock.advance(HOUR)
    assert (await due())[1] == 1


async def place_of(database: Database, trade: TradeState) -> Payin:
    """Where the buyer of a trade pays in."""
    wanted = await database.perform(RequestPayin(ANA, trade.id, "USDT", "TRC20", None), fresh_key())
    assert not isinstance(wanted, Refused)
    filled = FillPayin(ANA, wanted.id, "blockbee", "T-there", None, "", Decimal(0))
    made = await database.perform(filled, fresh_key())
    assert not isinstance(made, Refused)
    return made


async def told(database: Database, place: Payin, amount: str) -> None:
    """A payment comes, as the provider's webhook tells it."""
    payment = ApplyPayment(
        "blockbee", fresh_key(), True, place.reference, place.nonce, place.address, "USDT", "TRC20", Decimal(amount),
        "tx", b"{}", "",
    )  # fmt: skip
    applied = await database.perform(payment, payment.request_key)
    assert isinstance(applied, Applied)
    assert applied.outcome in ("part", "paid"), applied


async def timing(database: Database, trade_id: int) -> tuple[str, datetime, datetime | None]:
    asked = "SELECT state, due_at, remind_at FROM trades WHERE id = $1"
    found = await database.pool.fetch("test", asked, (trade_id,), reads=True)
    return found[0]["state"], found[0]["due_at"], found[0]["remind_at"]


async def test_what_was_paid_while_it_was_closed_has_lost_only_the_time_since(
    owner: Talk, database: Database, clock: MovedClock
) -> None:
    trade = await offered(database, ANA, "username", "@ben")
    place = await place_of(database, trade)
    await database.perform(SetMaintenance(CLEO, "Closed", "x"), fresh_key())
    clock.advance(timedelta(minutes=30))
    await told(database, place, "105")
    assert (await timing(database, trade.id))[:2] == ("paid", clock.now() + 24 * HOUR)
    clock.advance(timedelta(minutes=1))
    await database.perform(SetMaintenance(CLEO, None, "x"), fresh_key())
    assert (await timing(database, trade.id))[:2] == ("paid", clock.now() + 24 * HOUR)


async def test_what_was_made_while_it_was_closed_has_its_own_time(
    owner: Talk, database: Database, clock: MovedClock
) -> None:
    await database.perform(SetMaintenance(CLEO, "Closed", "x"), fresh_key())
    clock.advance(72 * HOUR)
    await set_rates(database)
    trade = await offered(database, ANA, "username", "@ben")
    clock.advance(timedelta(minutes=1))
    await database.perform(SetMaintenance(CLEO, None, "x"), fresh_key())
    assert (await timing(database, trade.id))[:2] == ("awaiting_payment", clock.now() + HOUR)


@pytest.mark.parametrize("closed", [HOUR, 72 * HOUR])
async def test_whose_first_part_came_while_it_was_closed_has_the_window_to_choose_and_is_reminded(
    owner: Talk, database: Database, clock: MovedClock, closed: timedelta
) -> None:
    trade = await offered(database, ANA, "username", "@ben")
    place = await place_of(database, trade)
    await database.perform(SetMaintenance(CLEO, "Closed", "x"), fresh_key())
    clock.advance(closed - timedelta(minutes=5))
    await told(database, place, "50")
    clock.advance(timedelta(minutes=5))
    await database.perform(SetMaintenance(CLEO, None, "x"), fresh_key())
    due = clock.now() + 2 * HOUR
    assert await timing(database, trade.id) == ("underpaid", due, due - timedelta(minutes=30))


async def test_whose_first_part_came_while_it_was_closed_has_no_less_time_than_there_was_to_pay(
    owner: Talk, database: Database, clock: MovedClock
) -> None:
    await database.perform(SetTerm(CLEO, "payment_window", "3600", "72000", "longer"), fresh_key())
    trade = await offered(database, ANA, "username", "@ben")
    place = await place_of(database, trade)
    _, before, _ = await timing(database, trade.id)
    await database.perform(SetMaintenance(CLEO, "Closed", "x"), fresh_key())
    clock.advance(9 * HOUR)
    await told(database, place, "50")
    clock.advance(HOUR)
    await database.perform(SetMaintenance(CLEO, None, "x"), fresh_key())
    assert (await timing(database, trade.id))[:2] == ("underpaid", before + 10 * HOUR)


async def test_whose_part_came_before_it_was_closed_has_the_whole_time_again(
    owner: Talk, database: Database, clock: MovedClock
) -> None:
    trade = await offered(database, ANA, "username", "@ben")
    place = await place_of(database, trade)
    await told(database, place, "50")
    _, due, remind = await timing(database, trade.id)
    assert remind is not None
    await database.perform(SetMaintenance(CLEO, "Closed", "x"), fresh_key())
    clock.advance(72 * HOUR)
    await database.perform(SetMaintenance(CLEO, None, "x"), fresh_key())
    assert await timing(database, trade.id) == ("underpaid", due + 72 * HOUR, remind + 72 * HOUR)


@pytest.mark.parametrize(
    ("message", "why", "reason"),
    [(" ", "x", "bad_message"), ("x" * 501, "x", "bad_message"), ("x", "", "bad_note"), (None, "x", "wrong_state")],
)
async def test_closing_is_refused(owner: Talk, database: Database, message: str | None, why: str, reason: str) -> None:
    assert await database.perform(SetMaintenance(CLEO, message, why), fresh_key()) == Refused(reason)
