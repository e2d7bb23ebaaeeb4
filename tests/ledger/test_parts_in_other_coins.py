"""Parts of a trade's price that came in another coin: they count at a promised price, and only for as long as it is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.admin.records import AttachUnapplied, SaveStaff
from lockbay.areas.deposits.records import Payin
from lockbay.areas.trades.payment import TradePayment
from lockbay.areas.trades.records import CancelTrade, PayQuoted, PayTrade, QuotePayment, ReduceTrade, TradeState
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import START, MovedClock
from tests.ledger.world import UNLIMITED, World, payment, while_it_waits

MINUTE = timedelta(minutes=1)
MOST = Decimal("0.00115")  # nearly all: 101.43 USDT of 105, which is more than the tolerance short of it
REST = Decimal("3.57")
LATE_REST = Decimal("37.38")  # what is missing when that counts at 58800


@pytest.fixture
async def trade(world: World) -> TradeState:
    """100 USDT and a fee of 5, paid by the buyer, who has enough of it."""
    return await world.trade(await world.person(1000), await world.person())


@pytest.fixture
async def place(world: World, trade: TradeState) -> Payin:
    """An address for bitcoin, promised at 88200 USDT for an hour, to which nearly all was paid."""
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert (await world.done(payment(place, MOST))).outcome == "part"
    return place


async def later(world: World, clock: MovedClock, price: str) -> None:
    """The hour is over, and a bitcoin costs something else."""
    clock.advance(60 * MINUTE)
    await world.prepare(at=clock.now() - timedelta(seconds=1))
    await world.agreed("BTC", price, clock.now())


async def missing(world: World, trade: TradeState) -> Decimal:
    view = await world.database.read(TradePayment, trade.buyer_id, trade.id)
    assert view is not None
    assert view.cost("USDT") == view.missing
    assert view.parts[0].worth == view.arrived
    return view.missing


async def test_who_waits_until_it_has_fallen_pays_what_it_fell(
    world: World, trade: TradeState, place: Payin, clock: MovedClock, raw: Connection
) -> None:
    assert await missing(world, trade) == REST
    await later(world, clock, "60000")
    assert await missing(world, trade) == LATE_REST
    refused = await world.do(PayTrade(trade.buyer_id, trade.id, REST))
    assert refused == Refused("terms_changed", {"total": str(LATE_REST)})
    await world.done(PayTrade(trade.buyer_id, trade.id, LATE_REST))
    [converted] = await raw.fetch("SELECT from_amount, to_amount, price FROM conversions WHERE trade_id = $1", trade.id)
    assert tuple(converted) == (MOST, Decimal("67.62"), 58800)
    assert await world.money(trade.buyer_id) == (1000 - LATE_REST, 105)
    await world.audited()


async def test_who_waits_until_it_has_risen_gains_nothing_by_it(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    await later(world, clock, "120000")
    assert await missing(world, trade) == REST
    await world.done(PayTrade(trade.buyer_id, trade.id, REST))
    await world.audited()


async def test_the_last_part_comes_too_late_for_the_worth_of_the_first(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    tether = await world.payin(trade.buyer_id, trade=trade.id)
    assert tether.amount == REST
    await later(world, clock, "60000")
    assert (await world.done(payment(tether, REST))).outcome == "part"
    assert (await world.payin(trade.buyer_id, trade=trade.id)).amount == LATE_REST - REST
    assert (await world.done(payment(tether, LATE_REST - REST))).outcome == "paid"
    await world.audited()


async def test_who_paid_all_in_time_is_not_asked_for_more_however_long_a_chain_takes(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    tether = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(tether, REST, event="slow", confirmed=False))
    await later(world, clock, "60000")
    clock.advance(10 * MINUTE)
    assert (await world.done(payment(tether, REST, event="slow"))).outcome == "paid"
    await world.audited()


async def test_what_waited_for_the_staff_completes_a_trade_that_was_paid_in_time(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id, minimum="0.001")
    await world.done(payment(place, MOST))
    await world.done(payment(place, "0.0001"))  # less than arrives by itself
    await later(world, clock, "60000")
    await world.done(AttachUnapplied(staff, 1, Decimal("0.0001"), trade.id, Decimal("8.82"), "it came in time"))
    assert await world.money(trade.buyer_id) == (1000, 105)
    await world.audited()


async def test_what_the_staff_gives_to_a_trade_from_elsewhere_is_promised_nothing(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    await world.database.run(evolve(UNLIMITED, credit_second_usd=Decimal(0)))  # else it takes two
    stray = evolve(await world.payin(staff, "BTC"), reference="nobodys", nonce="", address="nowhere")
    await world.done(payment(stray, MOST, nonce=None))
    await world.done(AttachUnapplied(staff, 1, MOST, trade.id, Decimal("101.43"), "the buyer's"))
    clock.advance(MINUTE)
    await world.agreed("BTC", "60000", clock.now())
    assert await missing(world, trade) == LATE_REST


async def test_to_go_on_with_less_counts_what_it_is_worth_now(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    await later(world, clock, "60000")
    refused = await world.do(ReduceTrade(trade.buyer_id, trade.id, Decimal("101.43")))
    assert refused == Refused("terms_changed", {"total": "67.62"})
    await world.done(ReduceTrade(trade.buyer_id, trade.id, Decimal("67.62")))
    assert await world.money(trade.buyer_id) == (1000, Decimal("67.62"))
    await world.audited()


async def test_while_sources_disagree_the_lowest_counts_and_without_any_the_promise(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    await later(world, clock, "60000")
    await world.rate("BTC", "80000", clock.now() + MINUTE)
    clock.advance(MINUTE)
    assert await missing(world, trade) == LATE_REST
    clock.advance(30 * MINUTE)
    assert await missing(world, trade) == REST


async def test_a_quote_for_the_rest_ends_when_that_is_another_one(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    await world.fund(trade.buyer_id, Decimal(1), "ETH")
    clock.advance(59 * MINUTE)
    await world.prepare(at=clock.now())
    quote = await world.done(QuotePayment(trade.buyer_id, trade.id, "ETH"))
    clock.advance(MINUTE)
    await world.agreed("BTC", "60000", clock.now())
    refused = await world.do(PayQuoted(trade.buyer_id, quote.id))
    assert refused == Refused("terms_changed", {"total": str(LATE_REST)})
    again = await world.done(QuotePayment(trade.buyer_id, trade.id, "ETH"))
    assert again.to_amount == LATE_REST
    await world.done(PayQuoted(trade.buyer_id, again.id))
    await world.audited()


async def test_the_coin_comes_back_as_it_came(world: World, trade: TradeState, place: Payin, clock: MovedClock) -> None:
    await later(world, clock, "60000")
    await world.done(CancelTrade(trade.buyer_id, trade.id))
    assert await world.money(trade.buyer_id, "BTC") == (MOST, 0)
    await world.audited()


async def test_parts_are_taken_beyond_our_position_while_they_are_promised_and_not_after(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    """The rest is in the trade's own currency, but the parts are an exchange."""
    other = await world.trade(trade.buyer_id, await world.person())
    await world.done(payment(await world.payin(trade.buyer_id, "BTC", trade=other.id), MOST))
    full = evolve(UNLIMITED, exchange_position_usd=Decimal(60))
    await world.database.run(full)
    await world.done(PayTrade(trade.buyer_id, trade.id, REST))
    await later(world, clock, "60000")
    await world.database.run(evolve(full, exchange_position_usd=Decimal(160)))
    beyond = Refused("parts_position", {"currency": "USDT", "left": "58.570000"})
    assert await world.do(PayTrade(trade.buyer_id, other.id, LATE_REST)) == beyond
    assert await world.do(ReduceTrade(trade.buyer_id, other.id, Decimal("67.62"))) == beyond
    await world.database.run(UNLIMITED)
    await world.done(ReduceTrade(trade.buyer_id, other.id, Decimal("67.62")))
    await world.audited()


async def test_parts_of_two_trades_at_once_do_not_both_take_the_last_of_our_position(
    world: World, trade: TradeState, place: Payin, clock: MovedClock, raw: Connection
) -> None:
    """The first has looked at our position, and has not moved it yet, when the second begins."""
    buyer = trade.buyer_id
    other = await world.trade(buyer, await world.person())
    await world.done(payment(await world.payin(buyer, "BTC", trade=other.id), MOST))
    await later(world, clock, "60000")
    await world.database.run(evolve(UNLIMITED, exchange_position_usd=Decimal(100)))
    balance = f"SELECT FROM accounts WHERE owner = {buyer} FOR NO KEY UPDATE"
    pays = [PayTrade(buyer, each.id, LATE_REST) for each in (trade, other)]
    assert await while_it_waits(world, raw, balance, *pays) == ["done", "parts_position"]
    await world.audited()


async def test_until_when_a_part_keeps_its_price_is_told(
    world: World, trade: TradeState, place: Payin, clock: MovedClock, raw: Connection
) -> None:
    clock.advance(60 * MINUTE)
    await world.done(payment(place, "0.00000001"))
    told = await raw.fetch("SELECT data ->> 'price_until' AS until FROM outbox WHERE kind = 'payment_part' ORDER BY id")
    assert [each["until"] is not None for each in told] == [True, False]


async def closed_for(world: World, clock: MovedClock, minutes: int) -> int:
    """LockBay, since half of the time of a promised price; who has closed it."""
    owner = await world.person()
    await world.database.run(SaveStaff([owner]))
    clock.advance(30 * MINUTE)
    await world.done(SetMaintenance(owner, "Closed", "a new disk"))
    clock.advance(minutes * MINUTE)
    return owner


@pytest.mark.parametrize(("closed", "is_kept"), [(45, True), (59, True), (91, False), (3 * 24 * 60, False)])
async def test_a_maintenance_takes_nobody_their_price_but_a_long_one_ends_it(
    world: World, trade: TradeState, place: Payin, clock: MovedClock, closed: int, is_kept: bool
) -> None:
    """Nobody could pay by their wallet; what a coin does meanwhile is at our cost for an hour, and not for days."""
    owner = await closed_for(world, clock, closed)
    await world.done(SetMaintenance(owner, None, "it is in"))
    await world.prepare(at=clock.now() - timedelta(seconds=1))
    await world.agreed("BTC", "60000", clock.now())
    view = await world.database.read(TradePayment, trade.buyer_id, trade.id)
    assert view is not None
    until = (await world.payin(trade.buyer_id, "BTC", trade=trade.id)).price_until
    assert view.parts[0].price_until == until == START + timedelta(minutes=60 + min(closed, 60))
    assert view.missing == (REST if is_kept else LATE_REST)
    assert view.cost("BTC") == (Decimal("0.00004048") if is_kept else Decimal("0.00063572"))


@pytest.mark.parametrize(("closed", "outcome"), [(45, "paid"), (89, "paid"), (91, "part")])
async def test_what_comes_while_it_is_closed_counts_as_what_comes_when_it_is_open_again(
    world: World, trade: TradeState, place: Payin, clock: MovedClock, closed: int, outcome: str
) -> None:
    """As far as a promise is kept then."""
    await closed_for(world, clock, closed)
    await world.prepare(at=clock.now() - timedelta(seconds=1))
    await world.agreed("BTC", "60000", clock.now())
    assert (await world.done(payment(place, "0.00004048"))).outcome == outcome
    await world.audited()


async def test_what_was_over_before_a_maintenance_stays_over(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    owner = await world.person()
    await world.database.run(SaveStaff([owner]))
    await later(world, clock, "60000")
    await world.done(SetMaintenance(owner, "Closed", "a new disk"))
    clock.advance(MINUTE)
    await world.done(SetMaintenance(owner, None, "it is in"))
    assert await missing(world, trade) == LATE_REST
