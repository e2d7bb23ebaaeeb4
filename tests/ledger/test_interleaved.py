"""Two connections that meet: the second begins when the first has looked, and has not written yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.areas.admin.correction_records import DecideCorrection, ProposeCorrection
from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.payout import HearPayout, SendCashout, SettleCashout
from lockbay.areas.trades.records import (
    CancelTrade,
    PayTrade,
    TradeState,
)
from lockbay.clock.payouts import NoteAsked
from lockbay.postgres.bridge import Connection
from tests.clock import MovedClock
from tests.ledger.meetings import MEETINGS, Meeting, requested
from tests.ledger.world import UNLIMITED, World, payment, waiting, while_it_waits

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda meeting: meeting.__name__)
async def test_the_second_finds_what_the_first_has_done(
    world: World, raw: Connection, meeting: Callable[[World], Awaitable[Meeting]]
) -> None:
    taken, first, then, reason = await meeting(world)
    assert await while_it_waits(world, raw, taken, first, then) == ["done", reason]
    await world.audited()


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_payout_of_which_two_things_are_told_at_once_ends_as_the_first_says(
    world: World, raw: Connection, is_done: bool
) -> None:
    asked = await requested(world)
    await world.done(SendCashout(asked.id, "blockbee"))
    done, failed = (
        SettleCashout(asked.reference, "blockbee", "done" if paid else "failed", None, None, None, b"{}", "{}")
        for paid in (True, False)
    )
    taken = f"SELECT FROM cashouts WHERE id = {asked.id} FOR UPDATE"
    told = (done, failed) if is_done else (failed, done)
    assert await while_it_waits(world, raw, taken, *told) == ["done", "done"]
    [ended] = await raw.fetch("SELECT state FROM cashouts")
    assert ended["state"] == ("done" if is_done else "refunded")
    assert await world.money(asked.user_id) == ((90, 0) if is_done else (100, 0))


async def test_one_payment_that_is_told_by_two_names_at_once_is_credited_once(world: World, raw: Connection) -> None:
    """By what the whole place is called, when it was asked about, and by its own name, by a webhook."""
    person = await world.person()
    await world.done(payment(await world.payin(person, network="ERC20"), 1))
    place = await world.payin(person)
    told = payment(place, 5, event=place.external_id), payment(place, 5, event="its-own-name")
    balance = f"SELECT FROM accounts WHERE owner = {person} FOR NO KEY UPDATE"
    assert await while_it_waits(world, raw, balance, *told) == ["done", "done"]
    assert await world.available(person) == 6
    assert (await world.audited()).unapplied == 1


async def test_a_payment_that_comes_while_people_are_let_in_again_counts_at_the_price_that_they_were_given_back(
    world: World, raw: Connection, clock: MovedClock
) -> None:
    owner = await world.person()
    await world.database.run(SaveStaff([owner]))
    trade = await world.trade(await world.person(), await world.person())
    place = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert place.amount is not None
    clock.advance(50 * MINUTE)
    await world.done(SetMaintenance(owner, "Closed for half an hour", "a new disk"))
    clock.advance(30 * MINUTE)
    await world.prepare(at=clock.now() - MINUTE)
    await world.agreed("BTC", "60000", clock.now())
    opens = SetMaintenance(owner, None, "it is in")
    comes = payment(place, place.amount)
    row = f"SELECT FROM payins WHERE id = {place.id} FOR NO KEY UPDATE"
    assert await while_it_waits(world, raw, row, opens, comes) == ["done", "done"]
    [paid] = await raw.fetch("SELECT state FROM trades")
    assert paid["state"] == "paid"
    await world.audited()


async def test_a_trade_that_is_paid_while_people_are_let_in_again_waits_for_its_seller_as_long_as_any(
    world: World, raw: Connection, clock: MovedClock
) -> None:
    """What was given back to it as one that waits for its payment, written over that, would have it wait for ever."""
    owner = await world.person()
    await world.database.run(SaveStaff([owner]))
    trade = await world.trade(await world.person(), await world.person())
    place = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(SetMaintenance(owner, "Closed for half an hour", "a new disk"))
    clock.advance(30 * MINUTE)
    comes, opens = payment(place, trade.buyer_pays), SetMaintenance(owner, None, "it is in")
    row = f"SELECT FROM payins WHERE id = {place.id} FOR NO KEY UPDATE"
    assert await while_it_waits(world, raw, row, comes, opens) == ["done", "done"]
    [paid] = await raw.fetch("SELECT state, due_at FROM trades")
    assert (paid["state"], paid["due_at"]) == ("paid", clock.now() + timedelta(hours=24))
    await world.audited()


async def test_two_places_that_one_person_asks_for_at_once_are_not_both_the_last_of_our_position(
    world: World, raw: Connection
) -> None:
    await world.database.run(evolve(UNLIMITED, exchange_position_usd=Decimal(150)))
    buyer, seller = await world.person(), await world.person()
    wanted = [RequestPayin(buyer, (await world.trade(buyer, seller)).id, "BTC", "BTC", None) for _ in range(2)]
    row = f"SELECT FROM users WHERE id = {buyer} FOR UPDATE"  # whom a place names
    assert await while_it_waits(world, raw, row, *wanted) == ["done", "position"]


async def test_a_place_and_an_exchange_of_one_person_at_once_are_not_both_the_last_of_our_position(
    world: World, raw: Connection
) -> None:
    await world.database.run(evolve(UNLIMITED, exchange_position_usd=Decimal(150)))
    trade = await coined(world, "BTC")
    exchange = await world.done(QuoteExchange(trade.buyer_id, "BTC", "USDT", Decimal("0.001")))
    coin = "SELECT FROM currencies WHERE code = 'BTC' FOR UPDATE"  # which both name
    wanted = RequestPayin(trade.buyer_id, trade.id, "BTC", "BTC", None)
    confirmed = ConfirmExchange(trade.buyer_id, exchange.id)
    assert await while_it_waits(world, raw, coin, wanted, confirmed) == ["done", "position"]


async def test_an_exchange_into_a_coin_that_a_refund_brings_at_the_same_moment_waits_for_it_in_one_order(
    world: World, raw: Connection
) -> None:
    """The balance in bitcoin is there before, the one in ether is not."""
    trade = await coined(world, "BTC")
    for coin, amount in (("BTC", "0.0001"), ("ETH", "0.001")):
        await world.done(payment(await world.payin(trade.buyer_id, coin, trade=trade.id), amount))
    exchange = await world.done(QuoteExchange(trade.buyer_id, "BTC", "ETH", Decimal("0.1")))
    balance = f"SELECT FROM accounts WHERE owner = {trade.buyer_id} FOR NO KEY UPDATE"
    operations = ConfirmExchange(trade.buyer_id, exchange.id), CancelTrade(trade.buyer_id, trade.id)
    assert await while_it_waits(world, raw, balance, *operations) == ["done", "done"]
    assert await world.money(trade.buyer_id, "ETH") == (exchange.to_amount + Decimal("0.001"), 0)
    await world.audited()


async def test_what_is_spent_while_a_debit_is_approved_is_not_taken(world: World, raw: Connection) -> None:
    first, second, buyer = await world.person(), await world.person(), await world.person(105)
    await world.database.run(SaveStaff([first, second]))
    trade = await world.trade(buyer, await world.person())
    debit = await world.done(ProposeCorrection(first, buyer, None, "USDT", Decimal(-10), "too much"))
    balance = f"SELECT FROM accounts WHERE owner = {buyer} FOR NO KEY UPDATE"
    pays, approves = (
        PayTrade(buyer, trade.id, trade.buyer_pays),
        DecideCorrection(second, debit, Decimal(-10), True, ""),
    )
    assert await while_it_waits(world, raw, balance, pays, approves) == ["done", "insufficient"]
    await world.audited()


async def test_what_a_webhook_says_while_its_provider_is_asked_in_vain_is_asked_about_at_once(
    world: World, raw: Connection, clock: MovedClock
) -> None:
    person = await world.person(100)
    wanted = RequestCashout(person, "USDT", "TRC20", Decimal(10), Decimal(9), "T-somewhere", "", "", "", "", None)
    cashout = await world.done(wanted)
    await world.done(SendCashout(cashout.id, "blockbee"))
    clock.advance(10 * MINUTE)
    since = clock.now()
    clock.advance(MINUTE / 60)
    hears = HearPayout(cashout.reference, "blockbee", "done", None, "tx", b"", "")
    await raw.execute("BEGIN; LOCK TABLE payout_events IN SHARE MODE")
    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(world.done, hears)
            while len(await waiting(world)) < 1:
                await trio.lowlevel.checkpoint()
            nursery.start_soon(world.database.run, NoteAsked(cashout.id, since))
            while len(await waiting(world)) < 2:
                await trio.lowlevel.checkpoint()
            await raw.execute("COMMIT")
    [row] = await raw.fetch("SELECT ask_at FROM cashouts")
    assert row["ask_at"] == clock.now()


async def coined(world: World, coin: str) -> TradeState:
    """A trade in USDT of somebody who has one of a coin."""
    trade = await world.trade(await world.person(), await world.person())
    await world.fund(trade.buyer_id, Decimal(1), coin)
    return trade
