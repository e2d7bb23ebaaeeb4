"""Payments that fit nothing, or not any more: what waits for somebody's decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeliverTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation
from tests.clock import MovedClock
from tests.ledger.paying import TOTAL, told, waiting
from tests.ledger.paying import people as people
from tests.ledger.paying import trade as trade
from tests.ledger.world import HOUR, World, payment

ENDS: Mapping[str, tuple[str, Callable[[TradeState], Sequence[Operation[object]]]]] = {
    "expired": ("trade_expired", lambda trade: [ElapseTrade(trade.id, "expire")]),
    "cancelled": ("trade_cancelled", lambda trade: [CancelTrade(trade.buyer_id, trade.id)]),
}


@pytest.mark.parametrize("end", ENDS)
async def test_a_payment_for_an_ended_trade_waits_for_somebodys_decision(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock, end: str
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    clock.advance(2 * HOUR)
    reason, moves = ENDS[end]
    for move in moves(trade):
        await world.done(move)
    for _ in range(2):
        late = await world.done(payment(payin, TOTAL, event="late"))
    assert late.outcome == "ignored"
    assert await waiting(raw) == [(reason, TOTAL)]
    assert (await told(raw, trade.buyer_id))[-1] == "payment_waits"
    assert await world.money(trade.buyer_id) == (0, 0)
    await world.audited()


async def test_a_payment_after_completion_waits(world: World, trade: TradeState, raw: Connection) -> None:
    payin, seller = await world.payin(trade.buyer_id, trade=trade.id), trade.seller_id or 0
    await world.done(payment(payin, TOTAL))
    for move in (AcceptTrade(seller, trade.id), DeliverTrade(seller, trade.id), ReleaseTrade(trade.buyer_id, trade.id)):
        await world.done(move)
    assert (await world.done(payment(payin, 7))).reason == "trade_released"
    await world.audited()


async def test_a_wrong_coin_and_a_currency_that_does_not_match_wait(
    world: World, trade: TradeState, raw: Connection
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(payin, 5, coin="TRX", network="TRX"))
    await world.done(payment(payin, 5, coin="USDC"))
    bank = await world.payin(trade.buyer_id, "NGN", "BANK", trade=trade.id)
    await world.done(payment(bank, 5, coin="USD"))
    assert [reason for reason, _ in await waiting(raw)] == ["wrong_coin"] * 3
    await world.audited()


async def test_the_same_payment_told_of_two_places_counts_at_one(
    world: World, trade: TradeState, raw: Connection
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    wallet = await world.payin(trade.buyer_id)
    event = payment(payin, 50, event="e")
    await world.done(event)
    other = evolve(event, reference=wallet.reference, nonce=wallet.nonce, address=wallet.address)
    assert (await world.done(other)).outcome == "ignored"
    assert (await world.done(evolve(other, value=Decimal(60)))).reason == "told_differently"
    assert await waiting(raw) == [("told_differently", Decimal(10))]
    await world.audited()


async def test_one_payment_that_is_told_in_two_coins_waits_in_both(world: World, raw: Connection) -> None:
    """Only one of them can have come; nothing of the one is taken for the other."""
    place = await world.payin(user := await world.person())
    await world.done(payment(place, 8, event="one", coin="USDC", network="ERC20"))
    await world.done(payment(place, 5, event="one"))
    assert await waiting(raw) == [("wrong_coin", 8), ("told_differently", 5)]
    assert await world.available(user) == 0
    await world.audited()


async def test_an_event_finds_a_place_that_no_provider_has_answered_for_yet(world: World, trade: TradeState) -> None:
    """The provider's answer was lost, or is slower than its webhook: the row is there before it is asked."""
    wanted = await world.done(RequestPayin(trade.buyer_id, trade.id, "USDT", "TRC20", None))
    assert (await world.done(payment(wanted, TOTAL, address="made, but never shown"))).outcome == "paid"
    await world.audited()


async def test_staff_hears_of_what_waits(world: World, trade: TradeState, raw: Connection) -> None:
    await raw.execute(
        f"INSERT INTO staff (user_id, role, by_settings) VALUES ({trade.seller_id}, 'owner', true), (77, 'owner', true)"
    )
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(payin, 5, coin="USDC"))
    assert "unapplied" in await told(raw, 77)
    assert "unapplied" in await told(raw, trade.seller_id or 0)


async def test_what_is_told_after_a_fraction_too_fine_for_the_books_waits_for_people(world: World) -> None:
    """What is new is the difference of two amounts: it may not fit the books although the newer amount does."""
    place = await world.payin(await world.person())
    fine = await world.done(payment(place, "0.9999999999999999", event="one"))
    whole = await world.done(payment(place, "25.5", event="one"))
    assert [fine.outcome, whole.outcome] == ["unapplied", "unapplied"]
    assert (await world.audited()).unapplied == 2
