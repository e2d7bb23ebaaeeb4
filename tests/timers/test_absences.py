"""So many open trades that their time is given back in portions: each gets it once, whoever dies in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

import pytest
from attrs import evolve

from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.disputes.records import OpenDispute
from lockbay.areas.trades.records import AcceptTrade, PayQuoted, PayTrade, QuotePayment, TradeState
from lockbay.clock.heartbeat import Beat, Heartbeat
from lockbay.clock.sweeper import Sweeper
from lockbay.errors import Unavailable
from lockbay.postgres.bridge import Connection, Limits
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.queries import Operation, Refused
from tests.areas.deciding import told_to
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World, locked
from tests.timers.posts import Posts
from tests.timers.test_heartbeat import Telegram

Made: TypeAlias = Callable[[World, int, int], Awaitable[TradeState]]
Deed: TypeAlias = Callable[[TradeState], Operation[object]]

CROWD = 600  # trades: more than two portions
LAST = "trades WHERE id = (SELECT max(id) FROM trades)"
# As many trades as a number says, like one that nobody has paid yet.
COPIED = """
DO $$ DECLARE columns text := (
    SELECT string_agg(column_name, ', ') FROM information_schema.columns
    WHERE table_name = 'trades' AND column_name NOT IN ('id', 'slug') AND is_generated = 'NEVER');
BEGIN
    EXECUTE format(
        'INSERT INTO trades (slug, %1$s)
         SELECT ''copy'' || n, %1$s FROM trades, generate_series(1, {copies}) n WHERE id = {id}', columns);
END $$
"""


@pytest.fixture
async def crowd(world: World, raw: Connection) -> TradeState:
    """The first of many trades, each with an hour to be paid; it has a place to be paid at in another coin."""
    trade = await world.trade(await world.person(500), await world.person())
    await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    await raw.execute(COPIED.format(copies=CROWD - 1, id=trade.id))
    return trade


@pytest.fixture
async def impatient(database_url: str, clock: MovedClock) -> AsyncIterator[Database]:
    """Waits for no lock for long."""
    async with open_database(database_url, clock=clock, limits=Limits(lock=0.1)) as database:
        yield database


@pytest.fixture
def sweeper(impatient: Database, clock: MovedClock) -> Sweeper:
    return started(impatient, clock)


def started(database: Database, clock: MovedClock) -> Sweeper:
    """As by a service that starts."""
    return Sweeper(database, clock, Posts(), Heartbeat(database, clock, Telegram()).keep)


async def deadlines(raw: Connection) -> Mapping[datetime, int]:
    """How many trades are due when."""
    rows = await raw.fetch("SELECT due_at, count(*) AS trades FROM trades WHERE due_at IS NOT NULL GROUP BY 1")
    return {row["due_at"]: row["trades"] for row in rows}


async def promised(raw: Connection) -> datetime:
    """Until when the only price is."""
    [row] = await raw.fetch("SELECT price_until FROM payins WHERE price_until IS NOT NULL")
    until: datetime = row["price_until"]
    return until


async def dies_between_portions(sweeper: Sweeper, raw: Connection) -> None:
    """The last trade is somebody else's until it has failed."""
    async with locked(raw, LAST):
        with pytest.raises(Unavailable):
            await sweeper.tick()


async def given_back_in_part(
    sweeper: Sweeper, clock: MovedClock, raw: Connection, outage: timedelta = 30 * HOUR
) -> None:
    """An outage, after which the clock dies between two portions."""
    await sweeper.tick()
    clock.advance(outage)
    await dies_between_portions(sweeper, raw)


async def test_each_has_its_time_once_whoever_dies_between_two_portions(
    world: World, crowd: TradeState, sweeper: Sweeper, impatient: Database, raw: Connection, clock: MovedClock
) -> None:
    await given_back_in_part(sweeper, clock, raw)
    before, after = START + HOUR, START + 31 * HOUR
    found = await deadlines(raw)
    assert found.keys() == {before, after}
    clock.advance(timedelta(minutes=1))
    await started(impatient, clock).tick()
    assert await deadlines(raw) == {after: CROWD}
    assert await promised(raw) == START + 2 * HOUR
    assert await world.timers() == ()


async def test_nobody_is_acted_upon_until_all_have_their_time(
    world: World, crowd: TradeState, sweeper: Sweeper, raw: Connection, clock: MovedClock
) -> None:
    await given_back_in_part(sweeper, clock, raw)
    async with locked(raw, LAST):
        clock.advance(2 * HOUR)
        assert await world.timers() == ()
        with pytest.raises(Unavailable):
            await sweeper.tick()
    assert (await deadlines(raw)).keys() == {START + HOUR, START + 31 * HOUR}
    assert await world.timers() == ()


async def test_whom_a_second_outage_met_between_two_portions_has_both_back(
    crowd: TradeState, sweeper: Sweeper, impatient: Database, raw: Connection, clock: MovedClock
) -> None:
    await given_back_in_part(sweeper, clock, raw)
    clock.advance(10 * HOUR)
    await started(impatient, clock).tick()
    assert await deadlines(raw) == {START + 41 * HOUR: CROWD}
    assert await promised(raw) == START + 2 * HOUR  # it was over before the second


async def test_whose_turn_it_is_since_gets_no_time_of_before(
    world: World, crowd: TradeState, sweeper: Sweeper, raw: Connection, clock: MovedClock
) -> None:
    last = await world.paid(await world.person(500), seller := await world.person())
    await given_back_in_part(sweeper, clock, raw, 20 * HOUR)
    clock.advance(timedelta(seconds=30))
    await world.done(AcceptTrade(seller, last.id))
    await sweeper.tick()
    assert await deadlines(raw) == {START + 21 * HOUR: CROWD, clock.now() + 48 * HOUR: 1}


async def test_a_big_house_opens_at_once_and_the_clock_gives_back_what_it_owes(
    world: World, crowd: TradeState, owner: int, sweeper: Sweeper, raw: Connection, clock: MovedClock
) -> None:
    await world.done(SetMaintenance(owner, "Closed", "a new disk"))
    clock.advance(30 * HOUR)
    async with locked(raw, LAST):
        await world.done(SetMaintenance(owner, None, "it is in"))
    assert await promised(raw) == START + 2 * HOUR
    await sweeper.tick()
    assert await deadlines(raw) == {START + 31 * HOUR: CROWD}
    assert [kind for kind, _ in await told_to(world.database, owner) if kind == "outage"] == []


async def test_the_owners_hear_of_an_outage_when_all_have_its_time(
    crowd: TradeState, owner: int, sweeper: Sweeper, impatient: Database, raw: Connection, clock: MovedClock
) -> None:
    await given_back_in_part(sweeper, clock, raw)
    assert await told_to(impatient, owner) == []
    await started(impatient, clock).tick()
    assert [kind for kind, _ in await told_to(impatient, owner)] == ["outage"]


@pytest.mark.parametrize(
    ("made", "deed"),
    [
        (World.trade, lambda trade: PayTrade(trade.buyer_id, trade.id, trade.buyer_pays)),
        (World.paid, lambda trade: AcceptTrade(trade.seller_id, trade.id)),
        (World.accepted, lambda trade: dispute(trade.buyer_id, trade)),
        (World.delivered, lambda trade: dispute(trade.seller_id, trade)),
    ],
    ids=["pay", "accept", "dispute it is not delivered", "dispute it is"],
)
async def test_who_is_still_to_get_their_time_is_in_time(
    world: World, crowd: TradeState, sweeper: Sweeper, raw: Connection, clock: MovedClock, made: Made, deed: Deed
) -> None:
    """All had been due for long if nobody had been away, and the clock gives back what it owes to others first."""
    trade = await made(world, await world.person(500), await world.person())
    await given_back_in_part(sweeper, clock, raw, 80 * HOUR)
    clock.advance(timedelta(seconds=30))
    await world.done(deed(trade))
    await sweeper.tick()
    assert await world.timers() == ()
    await world.audited()


async def test_what_is_promised_to_whom_is_still_to_get_their_time_lasts(
    world: World, crowd: TradeState, sweeper: Sweeper, raw: Connection, clock: MovedClock
) -> None:
    trade = await world.trade(buyer := await world.person(500), await world.person())
    await world.fund(buyer, Decimal("0.5"), "BTC")
    await given_back_in_part(sweeper, clock, raw)
    await world.prepare(UNLIMITED, clock.now())
    place = await world.done(RequestPayin(buyer, trade.id, "ETH", "ERC20", None))
    assert place.valid_until == START + 31 * HOUR
    quote = await world.done(QuotePayment(buyer, trade.id, "BTC"))
    assert quote.valid_until == clock.now() + UNLIMITED.quote_lock
    await world.done(PayQuoted(buyer, quote.id))
    await world.audited()


async def test_who_was_late_before_is_late(
    world: World, crowd: TradeState, sweeper: Sweeper, raw: Connection, clock: MovedClock
) -> None:
    last = await world.trade(buyer := await world.person(500), await world.person())
    clock.advance(HOUR)
    await world.database.run(Beat())
    clock.advance(30 * HOUR)
    await dies_between_portions(sweeper, raw)
    assert await refusal(world, PayTrade(buyer, last.id, last.buyer_pays)) == "too_late"


async def test_who_has_got_their_time_and_lets_it_pass_is_late_whoever_else_waits_for_theirs(
    world: World, crowd: TradeState, sweeper: Sweeper, raw: Connection, clock: MovedClock
) -> None:
    await world.database.run(evolve(UNLIMITED, shortest_outage=25 * HOUR))
    await given_back_in_part(sweeper, clock, raw)
    clock.advance(HOUR)
    assert await refusal(world, PayTrade(crowd.buyer_id, crowd.id, crowd.buyer_pays)) == "too_late"


async def refusal(world: World, operation: Operation[object]) -> str:
    answer = await world.do(operation)
    assert isinstance(answer, Refused)
    return answer.reason


def dispute(user_id: int | None, trade: TradeState) -> OpenDispute:
    assert user_id is not None
    return OpenDispute(user_id, trade.id, "other", "It is not what was agreed.", [], [], [])
