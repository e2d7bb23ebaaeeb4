"""What the dashboard counts is what the rows say, each thing once, when it happened and when it is read again later."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from lockbay.areas.admin.records import AttachUnapplied, CreditUnapplied, RefundUnapplied
from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout, Told
from lockbay.areas.trades.records import CancelTrade, ReduceTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.web.console.house_records import Activity, RollActivity
from tests.clock import MovedClock
from tests.ledger.world import World, payment
from tests.web.consoling import FINANCE, OWNER, Things, furnish, hire

Sums = dict[str, tuple[int, Decimal]]
NOTHING: Final[Sums] = {kind: (0, Decimal()) for kind in ("trades", "volume", "cashouts", "deposits")}


@pytest.fixture
async def staff(raw: Connection, world: World) -> None:
    await hire(raw, world.database)


@pytest.fixture
async def things(raw: Connection, world: World, staff: None) -> Things:
    return await furnish(raw, world)


async def activity(database: Database) -> Activity:
    found = await database.read(Activity, OWNER)
    assert found is not None
    assert (len(found.day), len(found.month)) == (4 * 24, 4 * 30)
    return found


async def month(database: Database) -> Sums:
    """How often, and worth what, each kind happened in the last 30 days."""
    slots = (await activity(database)).month
    return {
        kind: (
            sum(slot.n for slot in slots if slot.kind == kind),
            sum((slot.usd for slot in slots if slot.kind == kind), Decimal(0)),
        )
        for kind in NOTHING
    }


async def later(database: Database, clock: MovedClock) -> None:
    """All hours until now are added up."""
    clock.advance(timedelta(hours=3))
    await database.run(RollActivity())


async def unapplied(world: World, raw: Connection, payer: int, amount: str) -> int:
    """A payment that came for a trade after its end."""
    trade = await world.trade(payer, await world.person())
    payin = await world.payin(payer, trade=trade.id)
    await world.done(CancelTrade(payer, trade.id))
    assert (await world.done(payment(payin, amount))).outcome == "unapplied"
    return int((await raw.fetch("SELECT max(id) FROM unapplied"))[0]["max"])


async def test_what_is_rolled_up_is_what_the_rows_say(
    database: Database, things: Things, world: World, clock: MovedClock
) -> None:
    clock.advance(timedelta(minutes=30))
    fresh = await activity(database)
    counted = {slot.kind: slot for slot in fresh.day if slot.n}
    assert {kind: slot.n for kind, slot in counted.items()} == {"trades": 4, "volume": 2, "deposits": 1}
    assert counted["volume"].usd == 150
    for hours in (1, 1, 1, 24, 24 * 20):
        clock.advance(timedelta(hours=hours))
        await database.run(RollActivity())
        await database.run(RollActivity())
        slots = (await activity(database)).month
        assert sum(slot.n for slot in slots) == 7
        assert sum(slot.usd for slot in slots if slot.kind == "volume") == 150
    clock.advance(timedelta(days=10))
    assert await month(database) == NOTHING


@pytest.mark.parametrize(("how", "deposits"), [("credited", 2), ("attached", 2), ("refunded", 1)])
async def test_a_payment_is_a_deposit_once_people_have_taken_it(
    world: World, raw: Connection, clock: MovedClock, staff: None, how: str, deposits: int
) -> None:
    """When they take it, however long after it came: the hour in which it came has been added up."""
    payer = await world.person(10)
    late = await unapplied(world, raw, payer, "7")
    await later(world.database, clock)
    assert (await month(world.database))["deposits"][0] == 1
    if how == "credited":
        await world.done(CreditUnapplied(FINANCE, late, Decimal(7), payer, "theirs"))
    elif how == "attached":
        trade = await world.trade(payer, await world.person())
        await world.done(AttachUnapplied(FINANCE, late, Decimal(7), trade.id, Decimal(7), "for that one"))
    else:
        await world.done(RefundUnapplied(FINANCE, late, Decimal(7), "tx 0xabc"))
    assert (await month(world.database))["deposits"][0] == deposits
    await later(world.database, clock)
    assert (await month(world.database))["deposits"][0] == deposits


async def reduced(world: World, buyer: int, seller: int, there: str) -> int:
    trade = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=trade.id), there))
    await world.done(ReduceTrade(buyer, trade.id, Decimal(there)))
    return trade.id


async def test_the_volume_of_a_trade_that_goes_on_with_less_is_less(
    world: World, clock: MovedClock, staff: None
) -> None:
    await reduced(world, await world.person(), await world.person(), "52.5")
    assert (await month(world.database))["volume"] == (1, 50)
    await later(world.database, clock)
    assert (await month(world.database))["volume"] == (1, 50)


async def test_the_volume_stays_when_what_was_forgiven_comes_later(
    world: World, clock: MovedClock, staff: None
) -> None:
    """A trade that is paid but for a little counts whole: its seller gets the whole price."""
    buyer = await world.person()
    trade = await world.trade(buyer, await world.person())
    payin = await world.payin(buyer, trade=trade.id)
    assert (await world.done(payment(payin, 103))).outcome == "paid"
    await later(world.database, clock)
    assert (await month(world.database))["volume"] == (1, 100)
    assert (await world.done(payment(payin, 2))).credited == 0
    assert (await month(world.database))["volume"] == (1, 100)


async def cashout(world: World, user: int, amount: str) -> Cashout:
    wanted = RequestCashout(
        user, "USDT", "TRC20", Decimal(amount), Decimal(amount) - 1, "T-there", "", "", "", "", None
    )
    return await world.done(wanted)


async def settled(world: World, made: Cashout, outcome: Told) -> None:
    await world.done(SettleCashout(made.reference, "blockbee", outcome, None, None, None, b"{}", "{}"))


async def test_a_cashout_counts_when_it_was_paid_out(world: World, clock: MovedClock, staff: None) -> None:
    """What came back to a wallet has never left."""
    user = await world.person(100)
    paid, failed, cancelled = [await cashout(world, user, amount) for amount in ("10", "11", "12")]
    await world.done(CancelCashout(user, cancelled.id))
    for made in (paid, failed):
        await world.done(SendCashout(made.id, "blockbee"))
    await settled(world, paid, "sent")
    assert (await month(world.database))["cashouts"] == (0, 0)
    await later(world.database, clock)
    await settled(world, paid, "done")
    await settled(world, failed, "failed")
    assert (await month(world.database))["cashouts"] == (1, 10)
    await later(world.database, clock)
    assert (await month(world.database))["cashouts"] == (1, 10)
