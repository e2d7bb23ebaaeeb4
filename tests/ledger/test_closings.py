"""The time of a trade stands still while nobody can act upon it, whatever its payments do meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve, frozen

from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.deposits.records import Payin
from lockbay.areas.trades.records import DeliverTrade, TradeState
from lockbay.clock.heartbeat import Beat
from lockbay.postgres.database import Database
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World, payment

MINUTE = timedelta(minutes=1)


@frozen
class House:
    """Closed half an hour after a trade was made, by its owner."""

    world: World
    clock: MovedClock
    owner: int

    async def close(self) -> None:
        await self.at(30 * MINUTE)
        await self.world.done(SetMaintenance(self.owner, "Closed", "a new disk"))

    async def open(self, after: timedelta) -> None:
        await self.at(after)
        await self.world.done(SetMaintenance(self.owner, None, "it is in"))

    async def at(self, after: timedelta) -> None:
        """As if the clock had run."""
        self.clock.time = START + after


@pytest.fixture
async def house(database: Database, clock: MovedClock) -> House:
    world = World(database)
    await world.prepare(evolve(UNLIMITED, shortest_outage=timedelta()))  # the clock leaps
    owner = await world.person()
    await database.run(SaveStaff([owner]))
    return House(world, clock, owner)


@pytest.fixture
async def trade(house: House) -> TradeState:
    return await house.world.trade(await house.world.person(), await house.world.person())


@pytest.fixture
async def place(house: House, trade: TradeState) -> Payin:
    return await house.world.payin(trade.buyer_id, trade=trade.id)


async def timing(house: House, trade: TradeState) -> tuple[timedelta, timedelta | None]:
    """When it is due and reminded of, since it was made."""
    asked = "SELECT due_at, remind_at FROM trades WHERE id = $1"
    [row] = await house.world.database.pool.fetch("t", asked, (trade.id,), reads=True)
    due: datetime = row["due_at"]
    remind: datetime | None = row["remind_at"]
    return due - START, None if remind is None else remind - START


async def test_whose_second_part_came_meanwhile_has_the_window_to_choose_when_it_opens(
    house: House, trade: TradeState, place: Payin
) -> None:
    await house.world.done(payment(place, "30"))
    await house.close()
    await house.at(5 * HOUR)
    await house.world.done(payment(place, "30"))
    await house.open(6 * HOUR)
    assert await timing(house, trade) == (8 * HOUR, 8 * HOUR - 30 * MINUTE)


async def test_whose_payment_was_seen_meanwhile_has_the_window_to_confirm_when_it_opens(
    house: House, trade: TradeState, place: Payin
) -> None:
    await house.close()
    await house.at(5 * HOUR)
    await house.world.done(payment(place, "105", confirmed=False))
    await house.open(6 * HOUR)
    assert await timing(house, trade) == (8 * HOUR, 8 * HOUR - 30 * MINUTE)


async def test_whose_parts_and_payments_came_meanwhile_one_after_the_other_has_the_window_of_the_last(
    house: House, trade: TradeState, place: Payin
) -> None:
    await house.close()
    for hours, amount, confirmed in ((2, "30", False), (3, "30", True), (9, "40", False), (10, "40", True)):
        await house.at(hours * HOUR)
        await house.world.done(payment(place, amount, event=f"payment of {amount}", confirmed=confirmed))
    await house.open(20 * HOUR)
    assert (await timing(house, trade))[0] == 22 * HOUR
    await house.world.audited()


async def test_what_the_staff_began_meanwhile_gets_back_no_more_than_it_lost(house: House) -> None:
    """They can act while it is closed, on either side."""
    world, buyer, seller = house.world, await house.world.person(105), await house.world.person()
    accepted = await world.accepted(buyer, seller)
    await house.close()
    await house.at(5 * HOUR)
    await world.done(DeliverTrade(seller, accepted.id))
    made = await world.trade(buyer, seller)
    await house.open(6 * HOUR)
    assert (await timing(house, accepted))[0] == (6 + 48) * HOUR
    assert (await timing(house, made))[0] == (6 + 1) * HOUR


@pytest.mark.parametrize("confirmed", [True, False])
async def test_who_had_more_time_than_a_window_keeps_it(house: House, confirmed: bool) -> None:
    await house.world.prepare(evolve(UNLIMITED, shortest_outage=timedelta(), payment_window=20 * HOUR))
    trade = await house.world.trade(await house.world.person(), await house.world.person())
    place = await house.world.payin(trade.buyer_id, trade=trade.id)
    await house.close()
    for hours in (10, 21):
        await house.at(hours * HOUR)
        await house.world.done(payment(place, "30", confirmed=confirmed))
    await house.open(30 * HOUR + 30 * MINUTE)
    assert (await timing(house, trade))[0] == 50 * HOUR


@pytest.mark.parametrize("confirmed", [True, False])
async def test_the_day_that_a_trade_waits_at_most_is_none_of_the_days_that_it_was_closed(
    house: House, trade: TradeState, place: Payin, confirmed: bool
) -> None:
    """What is seen in time would come too late: for the trade it is half an hour old."""
    await house.close()
    await house.open(72 * HOUR)
    await house.at(72 * HOUR + 5 * MINUTE)
    await house.world.done(payment(place, "50", confirmed=confirmed))
    assert (await timing(house, trade))[0] == 74 * HOUR + 5 * MINUTE


async def test_a_seller_waits_no_longer_than_a_day_of_time_that_counts(
    house: House, trade: TradeState, place: Payin
) -> None:
    await house.close()
    await house.open(10 * HOUR)
    await house.at(10 * HOUR + 10 * MINUTE)
    for number in range(40):
        await house.world.done(payment(place, "1", event=f"part {number}"))
        house.clock.advance(HOUR)
    longest = 24 * HOUR + 9 * HOUR + 30 * MINUTE + 2 * HOUR
    assert (await timing(house, trade))[0] == longest


async def test_what_came_while_nobody_could_reach_us_counts_as_what_came_while_it_was_closed(
    house: House, trade: TradeState, place: Payin
) -> None:
    """Webhooks came, and Telegram did not answer."""
    await house.world.prepare(evolve(UNLIMITED, shortest_outage=10 * MINUTE))
    await house.at(30 * MINUTE)
    await house.world.database.run(Beat())
    await house.at(5 * HOUR)
    await house.world.done(payment(place, "30"))
    await house.at(6 * HOUR)
    await house.world.database.run(Beat())
    assert await timing(house, trade) == (8 * HOUR, 8 * HOUR - 30 * MINUTE)
