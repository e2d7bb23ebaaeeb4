"""Trades that are paid in another coin: how much LockBay gives for it at most, and how long a price is promised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.admin.records import AttachUnapplied, SaveStaff
from lockbay.areas.deposits.records import Payin, RequestPayin
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.trades.payment import TradePayment
from lockbay.areas.trades.records import CancelTrade, DeclineTrade, PayQuoted, PayTrade, QuotePayment, TradeState
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation, Refused
from tests.clock import MovedClock
from tests.ledger.world import UNLIMITED, World, payment, while_it_waits
from tests.security.service_role import by_hand

BOTH: list[Callable[[TradeState], Operation[object]]] = [
    lambda trade: QuotePayment(trade.buyer_id, trade.id, "BTC"),
    lambda trade: RequestPayin(trade.buyer_id, trade.id, "BTC", "BTC", None),
]
WAYS = pytest.mark.parametrize("way", BOTH, ids=["from a balance", "with a coin"])


@pytest.fixture
async def trade(world: World) -> TradeState:
    """100 USDT and a fee of 5, paid by the buyer, who has a bitcoin."""
    trade = await world.trade(await world.person(), await world.person())
    await world.fund(trade.buyer_id, Decimal(1), "BTC")
    return trade


async def limit(world: World, usd: int) -> None:
    await world.database.run(evolve(UNLIMITED, exchange_position_usd=Decimal(usd)))


@WAYS
async def test_one_source_is_not_enough(
    world: World, trade: TradeState, way: Callable[[TradeState], Operation[object]]
) -> None:
    await by_hand(world.database, "DELETE FROM rates WHERE source = 'other'")
    assert await world.do(way(trade)) == Refused("no_rate", {"currency": "BTC"})
    view = await world.database.read(TradePayment, trade.buyer_id, trade.id)
    assert view is not None
    assert view.cost("BTC") is None


@WAYS
async def test_our_position_has_an_end_that_finance_hears_of(
    world: World, trade: TradeState, raw: Connection, way: Callable[[TradeState], Operation[object]]
) -> None:
    await world.database.run(SaveStaff([await world.person()]))
    await limit(world, 100)
    for _ in range(2):
        assert await world.do(way(trade)) == Refused("position", {"currency": "USDT", "left": "100.000000"})
    assert await world.money(trade.buyer_id, "BTC") == (1, 0)
    [told] = await raw.fetch("SELECT data FROM outbox WHERE kind = 'exchange_position'")
    assert (told["data"]["wanted"], told["data"]["currency"]) == ("105", "USDT")
    await limit(world, 105)
    await world.done(way(trade))


async def test_a_trade_that_is_declined_each_time_exchanges_no_more_than_may_be(world: World) -> None:
    buyer, seller = await world.person(), await world.person()
    await world.fund(buyer, Decimal(1), "BTC")
    await limit(world, 250)
    for left in (250, 145):
        trade = await world.trade(buyer, seller)
        quote = await world.done(QuotePayment(buyer, trade.id, "BTC"))
        await world.done(PayQuoted(buyer, quote.id))
        await world.done(DeclineTrade(seller, trade.id))
        assert await room(world) == left - 105
    again = await world.trade(buyer, seller)
    assert await world.do(QuotePayment(buyer, again.id, "BTC")) == Refused(
        "position", {"currency": "USDT", "left": "40.000000"}
    )
    await world.done(PayTrade(buyer, again.id, again.buyer_pays))
    await world.audited()


async def room(world: World) -> Decimal:
    query = "SELECT exchange_position(t, 'USDT', $1) AS room FROM terms t"
    found: Decimal = (await world.database.pool.fetch("test", query, (world.database.clock.now(),), reads=True))[0][
        "room"
    ]
    return found


async def test_parts_that_came_in_other_coins_count_with_what_is_missing(world: World, trade: TradeState) -> None:
    """All of it is exchanged when the last of it comes."""
    ether = await world.payin(trade.buyer_id, "ETH", trade=trade.id)
    await world.done(payment(ether, "0.01"))  # 29.4 USDT
    await limit(world, 100)
    refused = await world.do(QuotePayment(trade.buyer_id, trade.id, "BTC"))
    assert isinstance(refused, Refused)
    assert refused.reason == "position"


async def test_a_promise_is_not_kept_past_the_end_by_a_quote_but_by_an_address_it_is(
    world: World, trade: TradeState
) -> None:
    """Nothing has moved for the one; what has been sent to the other has arrived."""
    quote = await world.done(QuotePayment(trade.buyer_id, trade.id, "BTC"))
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert place.amount is not None
    await limit(world, 100)
    refused = await world.do(PayQuoted(trade.buyer_id, quote.id))
    assert isinstance(refused, Refused)
    assert refused.reason == "position"
    assert await world.money(trade.buyer_id, "BTC") == (1, 0)
    assert (await world.done(payment(place, place.amount))).outcome == "paid"
    await world.audited()


@pytest.mark.parametrize("pays_first", [True, False])
async def test_an_exchange_and_a_payment_at_once_do_not_both_take_the_last(
    world: World, trade: TradeState, raw: Connection, pays_first: bool
) -> None:
    """The first has looked at our position, and has not moved it yet, when the other begins."""
    other = await world.person()
    await world.fund(other, Decimal(1), "BTC")
    await limit(world, 150)
    paying = await world.done(QuotePayment(trade.buyer_id, trade.id, "BTC"))
    exchanging = await world.done(QuoteExchange(other, "BTC", "USDT", Decimal("0.001")))
    balances = f"SELECT FROM accounts WHERE owner IN ({trade.buyer_id}, {other}) FOR NO KEY UPDATE"
    pays, exchanges = PayQuoted(trade.buyer_id, paying.id), ConfirmExchange(other, exchanging.id)
    first, then = (pays, exchanges) if pays_first else (exchanges, pays)
    assert await while_it_waits(world, raw, balances, first, then) == ["done", "position"]
    assert await room(world) == (45 if pays_first else 150 - exchanging.to_amount)
    await world.audited()


async def test_an_exchange_sees_what_the_staff_converts_for_a_trade_at_the_same_moment(
    world: World, trade: TradeState, raw: Connection
) -> None:
    """Money that came is taken whatever our position is; who exchanges after that finds what it leaves of it."""
    staff, other = await world.person(), await world.person()
    await world.database.run(SaveStaff([staff]))
    await world.fund(other, Decimal(1), "BTC")
    await world.database.run(evolve(UNLIMITED, exchange_position_usd=Decimal(150), credit_second_usd=Decimal(0)))
    strayed = payment(await world.payin(trade.buyer_id), "0.00119048", coin="BTC", network="BTC")
    assert (await world.done(strayed)).outcome == "unapplied"
    attaches = AttachUnapplied(staff, 1, Decimal("0.00119048"), trade.id, Decimal("105.000336"), "for that one")
    exchanging = await world.done(QuoteExchange(other, "BTC", "USDT", Decimal("0.001")))
    table = "LOCK TABLE outbox IN SHARE MODE"  # in which the seller is told
    operations = attaches, ConfirmExchange(other, exchanging.id)
    free = "SELECT WHERE pg_try_advisory_xact_lock(hashtextextended('exchange USDT', 0))"
    assert await while_it_waits(world, raw, table, *operations, free=free) == ["done", "position"]
    assert await room(world) == 45
    await world.audited()


async def test_what_somebody_was_promised_and_has_not_paid_counts_for_them_and_for_nobody_else(
    world: World, trade: TradeState, clock: MovedClock, raw: Connection
) -> None:
    """Several open places could be paid together; those of others keep nobody from anything."""
    await world.database.run(SaveStaff([await world.person()]))
    await limit(world, 150)
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    again = await world.trade(trade.buyer_id, await world.person())
    full = Refused("position", {"currency": "USDT", "left": "45.000000"})
    for way in BOTH:
        assert await world.do(way(again)) == full
    assert await world.do(QuoteExchange(trade.buyer_id, "BTC", "USDT", Decimal("0.001"))) == full
    assert not await raw.fetch("SELECT FROM outbox WHERE kind = 'exchange_position'")  # nothing to be done about it
    await world.done(QuoteExchange(trade.buyer_id, "BTC", "USDT", Decimal("0.0005")))
    await world.payin(trade.buyer_id, "ETH", trade=trade.id)  # one of both will be paid
    other = await world.trade(await world.person(), await world.person())
    await world.payin(other.buyer_id, "BTC", trade=other.id)
    await late(world, clock, place, "90000")  # which is not promised any more
    await limit(world, 150)
    later = await world.trade(trade.buyer_id, await world.person())
    await world.done(RequestPayin(trade.buyer_id, later.id, "BTC", "BTC", None))


async def test_a_place_whose_promise_is_over_is_shown_again_only_while_our_position_has_room(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    """What is sent to it nevertheless has arrived."""
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    rest = await late(world, clock, place, "90000")
    await limit(world, 100)
    again = RequestPayin(trade.buyer_id, trade.id, "BTC", "BTC", None)
    assert await world.do(again) == Refused("position", {"currency": "USDT", "left": "100.000000"})
    assert (await world.done(payment(place, rest))).outcome == "paid"
    await world.audited()


MINUTE = timedelta(minutes=1)
DUST = Decimal("0.00000001")


@pytest.fixture
async def place(world: World, trade: TradeState) -> Payin:
    """An address for bitcoin, promised at 88200 USDT for an hour."""
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert place.amount == Decimal("0.00119048")
    return place


async def late(world: World, clock: MovedClock, place: Payin, price: str) -> Decimal:
    """Dust keeps the trade open past the hour, in which the price changes. Answers what was to be paid."""
    clock.advance(59 * MINUTE)
    assert (await world.done(payment(place, DUST))).outcome == "part"
    clock.advance(MINUTE)
    await world.prepare(at=clock.now() - timedelta(seconds=1))
    await world.agreed("BTC", price, clock.now())
    assert place.amount is not None
    return place.amount


async def test_dust_does_not_keep_the_price_for_who_waits_until_it_has_fallen(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    rest = await late(world, clock, place, "60000")
    assert (await world.done(payment(place, rest))).outcome == "part"
    view = await world.database.read(TradePayment, trade.buyer_id, trade.id)
    assert view is not None
    assert view.arrived == Decimal("0.000588") + Decimal("70.000224")  # both at 58800: nothing is promised any more
    again = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert again.id == place.id
    assert again.amount == view.cost("BTC") == Decimal("0.00059523")
    assert (await world.done(payment(again, again.amount or 0))).outcome == "paid"
    await world.audited()


async def test_who_is_late_gains_nothing_by_a_price_that_has_risen(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    rest = await late(world, clock, place, "120000")
    applied = await world.done(payment(place, rest))
    assert (applied.outcome, applied.credited) == ("paid", DUST)
    await world.audited()


async def test_while_sources_disagree_what_is_late_counts_at_the_lowest(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    """Else it would be worth waiting for a fall in which they do."""
    rest = await late(world, clock, place, "60000")
    await world.rate("BTC", "90000", clock.now() + MINUTE)  # and the other source says 60000
    clock.advance(2 * MINUTE)
    assert (await world.done(payment(place, rest))).outcome == "part"


async def test_where_nobody_says_anything_of_the_price_of_now_the_promise_stands(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    rest = await late(world, clock, place, "60000")
    clock.advance(20 * MINUTE)
    assert (await world.done(payment(place, rest))).outcome == "paid"


async def test_what_was_seen_in_time_keeps_the_price_while_a_trade_waits_for_its_chain(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    assert place.amount is not None
    await world.done(payment(place, place.amount, event="slow", confirmed=False))
    rest = await late(world, clock, place, "60000")
    clock.advance(10 * MINUTE)
    assert (await world.done(payment(place, rest, event="slow"))).outcome == "paid"
    await world.audited()


async def test_what_was_seen_in_time_keeps_no_price_for_another_payment(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    """Else a payment that never comes would be worth a price for a day."""
    assert place.amount is not None
    await world.done(payment(place, place.amount, event="never comes", confirmed=False))
    rest = await late(world, clock, place, "60000")
    assert (await world.done(payment(place, rest, event="another one"))).outcome == "part"
    await world.audited()


async def test_what_is_seen_in_time_and_held_back_until_the_price_has_fallen_is_late(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    """Who sends it decides when a chain takes it, or that it never does; and dust keeps the trade open for a day."""
    assert place.amount is not None
    await world.done(payment(place, place.amount, event="slow", confirmed=False))
    rest = await late(world, clock, place, "90000")
    clock.advance(100 * MINUTE)
    await world.done(payment(place, DUST))
    await world.prepare(at=clock.now())
    await world.agreed("BTC", "60000", clock.now() + MINUTE)
    clock.advance(10 * MINUTE)
    assert (await world.done(payment(place, rest, event="slow"))).outcome == "part"
    await world.audited()


async def test_what_was_seen_before_nobody_could_act_keeps_the_price_when_they_can_again(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    owner = await world.person()
    await world.database.run(SaveStaff([owner]))
    assert place.amount is not None
    await world.done(payment(place, place.amount, event="slow", confirmed=False))
    clock.advance(10 * MINUTE)
    await world.done(SetMaintenance(owner, "Closed for an afternoon", "a new disk"))
    clock.advance(300 * MINUTE)
    await world.prepare(at=clock.now() - MINUTE)
    await world.agreed("BTC", "60000", clock.now())
    await world.done(SetMaintenance(owner, None, "it is in"))
    assert (await world.done(payment(place, place.amount, event="slow"))).outcome == "paid"
    await world.audited()


async def test_what_comes_while_nobody_can_act_counts_at_the_price_that_they_will_be_given_back(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    owner = await world.person()
    await world.database.run(SaveStaff([owner]))
    clock.advance(50 * MINUTE)
    await world.done(SetMaintenance(owner, "Closed for half an hour", "a new disk"))
    clock.advance(30 * MINUTE)
    await world.prepare(at=clock.now() - MINUTE)
    await world.agreed("BTC", "60000", clock.now())
    assert (await world.done(payment(place, place.amount or 0))).outcome == "paid"
    await world.audited()


async def test_a_payment_of_which_a_little_was_seen_in_time_is_late_with_more(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    """A provider may call all that comes to a place one payment."""
    await world.done(payment(place, DUST, event="grows", confirmed=False))
    rest = await late(world, clock, place, "60000")
    assert (await world.done(payment(place, rest, event="grows"))).outcome == "part"


async def test_a_page_for_a_bank_transfer_is_made_anew_when_its_price_is_not_enough_any_more(
    world: World, trade: TradeState, place: Payin, clock: MovedClock
) -> None:
    page = await world.payin(trade.buyer_id, "NGN", trade=trade.id)
    await late(world, clock, place, "90000")
    await world.agreed("NGN", "0.0006", clock.now() + MINUTE)
    clock.advance(2 * MINUTE)
    fresh = await world.payin(trade.buyer_id, "NGN", trade=trade.id)
    assert (page.amount or 0) < (fresh.amount or 0)
    assert (await world.done(payment(page, page.amount or 0))).outcome == "part"
    await world.audited()


async def test_what_waited_for_the_staff_counts_by_when_it_was_seen(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id, minimum="0.001")
    await world.done(payment(place, "0.0005"))  # less than arrives by itself
    await late(world, clock, await world.payin(trade.buyer_id, "ETH", trade=trade.id), "60000")
    await world.done(payment(place, "0.0004"))
    for waits, amount, worth in ((1, "0.0005", "44.1"), (2, "0.0004", "23.52")):
        await world.done(AttachUnapplied(staff, waits, Decimal(amount), trade.id, Decimal(worth), "for that one"))
    await world.audited()


async def test_what_came_for_another_trade_counts_for_this_one_by_the_price_of_now(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    """What was promised for a trade that is over must not be worth keeping for the next one."""
    staff, seller = await world.person(), await world.person()
    await world.database.run(SaveStaff([staff]))
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    await world.done(CancelTrade(trade.buyer_id, trade.id))
    await world.done(payment(place, "0.0005"))
    clock.advance(MINUTE)
    await world.agreed("BTC", "60000", clock.now())
    other = await world.trade(trade.buyer_id, seller)
    await world.done(AttachUnapplied(staff, 1, Decimal("0.0005"), other.id, Decimal("29.4"), "for that one"))
    clock.advance(MINUTE)
    await world.agreed("BTC", "40000", clock.now())
    view = await world.database.read(TradePayment, trade.buyer_id, other.id)
    assert view is not None
    assert [part.worth for part in view.parts] == [Decimal("19.6")], "nothing was promised of it"
    await world.audited()


async def test_a_coin_that_came_to_the_place_of_another_one_counts_as_what_it_is(
    world: World, trade: TradeState
) -> None:
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert (await world.done(payment(place, "0.01", coin="ETH", network="ETH"))).reason == "wrong_coin"
    await world.done(AttachUnapplied(staff, 1, Decimal("0.01"), trade.id, Decimal("29.4"), "they mixed them up"))
    assert await world.money(trade.buyer_id, "ETH") == (0, Decimal("0.01"))
    await world.audited()


async def test_what_is_promised_for_one_trade_is_no_less_by_a_part_in_another_coin(
    world: World, trade: TradeState
) -> None:
    """Five thousand of that coin are not five thousand of the trade's."""
    buyer = trade.buyer_id
    await limit(world, 150)
    second = RequestPayin(buyer, (await world.trade(buyer, await world.person())).id, "BTC", "BTC", None)
    for code, amount, left in (("NGN", 5000, "45.000000"), ("USDT", 50, "95.000000")):
        assert (await world.done(payment(await world.payin(buyer, code, trade=trade.id), amount))).outcome == "part"
        assert await world.do(second) == Refused("position", {"currency": "USDT", "left": left})
