"""Every way in which a payment for a trade can differ: what becomes of it, and that no money is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    PaymentQuote,
    PayQuoted,
    PayTrade,
    QuotePayment,
    ReduceTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation, Refused
from tests.areas.disputing import opening
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World, creation, payment

TOTAL = Decimal(105)


@pytest.fixture
async def people(world: World) -> tuple[int, int]:
    return await world.person(), await world.person()


@pytest.fixture
async def trade(world: World, people: tuple[int, int]) -> TradeState:
    """100 USDT and a fee of 5, paid by the buyer."""
    return await world.trade(*people)


async def state(raw: Connection, trade: TradeState) -> str:
    [row] = await raw.fetch(f"SELECT state FROM trades WHERE id = {trade.id}")
    return str(row["state"])


async def told(raw: Connection, user: int) -> list[str]:
    return [row["kind"] for row in await raw.fetch(f"SELECT kind FROM outbox WHERE user_id = {user} ORDER BY id")]


async def waiting(raw: Connection) -> list[tuple[str, Decimal]]:
    return [
        (row["reason"], row["amount"]) for row in await raw.fetch("SELECT reason, amount FROM unapplied ORDER BY id")
    ]


async def test_the_exact_amount_pays(world: World, trade: TradeState, raw: Connection) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    assert payin.amount == TOTAL
    applied = await world.done(payment(payin, TOTAL))
    assert (applied.outcome, applied.credited) == ("paid", 0)
    assert await world.money(trade.buyer_id) == (0, TOTAL)
    assert await told(raw, trade.buyer_id) == ["payment_done"]
    assert "trade_paid" in await told(raw, trade.seller_id or 0)
    await world.audited()


async def test_several_parts_pay_together(world: World, trade: TradeState, raw: Connection) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    assert [(await world.done(payment(payin, part))).outcome for part in (40, 40, 25)] == ["part", "part", "paid"]
    assert await told(raw, trade.buyer_id) == ["payment_part", "payment_part", "payment_done"]
    await world.audited()


async def test_two_coins_and_a_bank_transfer_pay_together(world: World, trade: TradeState) -> None:
    buyer = trade.buyer_id
    bitcoin = await world.payin(buyer, "BTC", trade=trade.id)
    assert (await world.done(payment(bitcoin, "0.0005"))).outcome == "part"
    assert await world.money(buyer, "BTC") == (0, Decimal("0.0005"))
    naira = await world.payin(buyer, "NGN", "BANK", trade=trade.id)
    assert naira.amount is not None
    applied = await world.done(payment(naira, naira.amount + 1000))
    assert (applied.outcome, applied.credited) == ("paid", 1000)
    assert await world.money(buyer) == (0, TOTAL)
    assert await world.money(buyer, "NGN") == (1000, 0)
    await world.audited()


async def test_parts_in_another_coin_come_back_in_that_coin(world: World, trade: TradeState) -> None:
    buyer = trade.buyer_id
    await world.done(payment(await world.payin(buyer, "BTC", trade=trade.id), "0.0005"))
    await world.done(CancelTrade(buyer, trade.id))
    assert await world.money(buyer, "BTC") == (Decimal("0.0005"), 0)
    await world.audited()


async def test_what_a_coin_must_cost_is_enough_by_a_unit(world: World, trade: TradeState) -> None:
    """As much as was shown pays, to the last unit; one unit less is short, if only by that."""
    payin = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    assert payin.amount == Decimal("0.00119048")  # 105 / (90000 x 0.98), rounded up
    applied = await world.done(payment(payin, payin.amount))
    assert (applied.outcome, applied.credited) == ("paid", 0)
    assert await world.money(trade.buyer_id) == (0, TOTAL)


async def test_what_is_over_by_less_than_a_unit_of_the_trades_coin_is_not_kept(world: World) -> None:
    """A satoshi is 1.33 naira: a naira more than it must cost is worth none, and is the buyer's."""
    buyer, seller = await world.person(), await world.person()
    trade = await world.done(creation(buyer, f"@person{seller}", "0.001", code="BTC"))
    page = await world.payin(buyer, "NGN", "BANK", trade=trade.id)
    assert page.amount is not None
    applied = await world.done(payment(page, page.amount + Decimal("0.5")))
    assert (applied.outcome, applied.credited) == ("paid", Decimal("0.5"))
    assert await world.available(buyer, "NGN") == Decimal("0.5")
    await world.audited()


async def test_who_sends_less_than_anybody_types_and_enough_has_paid(world: World, trade: TradeState) -> None:
    """An ether has 18 decimals, and what was shown has 8: less than that may be worth all of it, too."""
    place = await world.payin(trade.buyer_id, "ETH", trade=trade.id)
    assert place.amount == Decimal("0.03571429")
    applied = await world.done(payment(place, "0.035714285714285714"))
    assert (applied.outcome, applied.credited) == ("paid", 0)
    assert await world.money(trade.buyer_id) == (0, TOTAL)
    await world.audited()


@pytest.mark.parametrize("amount", ["105.000001", "210"])
async def test_what_is_over_goes_to_the_wallet_once(world: World, trade: TradeState, amount: str) -> None:
    event = payment(await world.payin(trade.buyer_id, trade=trade.id), amount)
    for key in (event.request_key, "by another url", "again"):
        await world.do(event, key)
    assert await world.money(trade.buyer_id) == (Decimal(amount) - TOTAL, TOTAL)
    await world.audited()


async def test_two_real_payments_of_the_same_amount_both_count(
    world: World, trade: TradeState, raw: Connection
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(payin, TOTAL))
    second = await world.done(payment(payin, TOTAL))
    assert (second.outcome, second.credited) == ("credited", TOTAL)
    assert await world.money(trade.buyer_id) == (TOTAL, TOTAL)
    assert await told(raw, trade.buyer_id) == ["payment_done", "payment_extra"]
    await world.audited()


async def test_what_comes_while_a_paid_trade_goes_on_is_the_buyers(world: World, trade: TradeState) -> None:
    buyer, seller = trade.buyer_id, trade.seller_id or 0
    place = await world.payin(buyer, trade=trade.id)
    await world.done(payment(place, TOTAL))
    for move in (AcceptTrade(seller, trade.id), DeliverTrade(seller, trade.id), opening(buyer, trade.id)):
        await world.done(move)
        assert (await world.done(payment(place, 7))).outcome == "credited"
    assert await world.money(buyer) == (21, TOTAL)
    await world.audited()


async def test_pending_moves_nothing_and_holds_the_trade_open(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    clock.advance(timedelta(minutes=50))
    assert (await world.done(payment(payin, TOTAL, event="e", confirmed=False))).outcome == "seen"
    clock.advance(timedelta(minutes=30))
    assert await world.do(ElapseTrade(trade.id, "expire")) == Refused("too_early")
    assert (await world.done(payment(payin, TOTAL, event="e"))).outcome == "paid"
    assert (await world.done(payment(payin, TOTAL, event="e", confirmed=False))).outcome == "ignored"
    assert await told(raw, trade.buyer_id) == ["payment_seen", "payment_done"]
    await world.audited()


async def test_what_is_seen_and_fits_nothing_holds_no_trade_open(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    clock.advance(timedelta(minutes=50))
    assert (await world.done(payment(payin, TOTAL, network="ERC20", confirmed=False))).outcome == "ignored"
    assert await told(raw, trade.buyer_id) == []
    clock.advance(timedelta(minutes=10))
    await world.done(ElapseTrade(trade.id, "expire"))
    assert await state(raw, trade) == "expired"


async def test_pending_for_ever_does_not_hold_the_trade_open_for_ever(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    for _ in range(23):
        await world.done(payment(payin, 1, confirmed=False))
        clock.advance(HOUR)
    assert await state(raw, trade) == "awaiting_payment"
    await world.done(payment(payin, 1, confirmed=False))
    clock.advance(HOUR)
    await world.done(ElapseTrade(trade.id, "expire"))
    assert await state(raw, trade) == "expired"


async def test_a_provider_that_tells_more_later_moves_the_difference(world: World, trade: TradeState) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    told = [payment(payin, amount, event="one payment") for amount in (30, 30, 110, 80)]
    assert [(await world.done(each)).outcome for each in told] == ["part", "ignored", "paid", "ignored"]
    assert await world.money(trade.buyer_id) == (5, TOTAL)
    await world.audited()


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


async def test_a_part_that_is_not_followed_comes_back_when_the_time_is_over(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    clock.advance(timedelta(minutes=90))
    assert await world.do(ElapseTrade(trade.id, "expire")) == Refused("too_early")
    clock.advance(HOUR)
    await world.done(ElapseTrade(trade.id, "expire"))
    assert await state(raw, trade) == "expired"
    assert await world.money(trade.buyer_id) == (50, 0)
    await world.audited()


@pytest.mark.parametrize(
    ("coin", "part", "worth", "gets"),
    [
        ("USDT", "84", "84", "80"),
        ("BTC", "0.00095238", "83.999916", "79.99992"),
        ("USDT", "20", "20", "19.047619"),  # its fee is 0.952380952, half up
    ],
)
async def test_the_buyer_may_go_on_with_what_arrived(
    world: World, trade: TradeState, coin: str, part: str, worth: str, gets: str
) -> None:
    buyer, seller = trade.buyer_id, trade.seller_id or 0
    await world.done(payment(await world.payin(buyer, coin, trade=trade.id), part))
    there = Decimal(worth)
    assert await world.do(ReduceTrade(buyer, trade.id, there - 1)) == Refused("terms_changed", {"total": str(there)})
    reduced = await world.done(ReduceTrade(buyer, trade.id, there))
    assert (reduced.state, reduced.buyer_pays) == ("paid", there)
    assert reduced.seller_gets == Decimal(gets)
    await world.done(AcceptTrade(seller, trade.id))
    await world.done(DeliverTrade(seller, trade.id))
    await world.done(ReleaseTrade(buyer, trade.id))
    assert await world.available(seller) == reduced.seller_gets
    await world.audited()


async def test_a_seller_who_wants_no_less_declines(world: World, trade: TradeState) -> None:
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    await world.done(ReduceTrade(trade.buyer_id, trade.id, Decimal(50)))
    await world.done(DeclineTrade(trade.seller_id or 0, trade.id))
    assert await world.money(trade.buyer_id) == (50, 0)
    await world.audited()


async def test_the_rest_can_come_from_the_wallet(world: World, trade: TradeState) -> None:
    await world.fund(trade.buyer_id, Decimal(100))
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    assert await world.do(PayTrade(trade.buyer_id, trade.id, TOTAL)) == Refused("terms_changed", {"total": "55"})
    assert (await world.done(PayTrade(trade.buyer_id, trade.id, Decimal(55)))).state == "paid"
    assert await world.money(trade.buyer_id) == (45, TOTAL)
    await world.audited()


async def quoted(world: World, trade: TradeState, code: str = "BTC") -> PaymentQuote:
    return await world.done(QuotePayment(trade.buyer_id, trade.id, code))


async def test_another_balance_pays_at_the_price_that_was_shown(world: World, trade: TradeState) -> None:
    await world.fund(trade.buyer_id, Decimal(1), "BTC")
    quote = await quoted(world, trade)
    assert (quote.from_amount, quote.to_amount) == (Decimal("0.00119048"), TOTAL)
    assert (await world.done(PayQuoted(trade.buyer_id, quote.id))).state == "paid"
    assert await world.available(trade.buyer_id, "BTC") == Decimal(1) - quote.from_amount
    assert isinstance(await world.do(PayQuoted(trade.buyer_id, quote.id)), Refused)
    await world.audited()


async def test_after_less_was_agreed_to_more_goes_to_the_wallet(world: World, trade: TradeState) -> None:
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(payin, 50))
    await world.done(ReduceTrade(trade.buyer_id, trade.id, Decimal(50)))
    assert (await world.done(payment(payin, 55))).credited == 55
    assert await world.money(trade.buyer_id) == (55, 50)
    await world.audited()


async def test_an_old_quote_charges_nothing(world: World, trade: TradeState, clock: MovedClock) -> None:
    await world.fund(trade.buyer_id, Decimal(1), "BTC")
    quote = await quoted(world, trade)
    clock.advance(timedelta(minutes=10))
    assert await world.do(PayQuoted(trade.buyer_id, quote.id)) == Refused("quote_expired")
    assert await world.available(trade.buyer_id, "BTC") == 1


async def test_nothing_is_promised_for_longer_than_there_is_to_pay(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    clock.advance(timedelta(minutes=55))
    await world.prepare(at=clock.now())
    assert (await quoted(world, trade)).valid_until == clock.now() + timedelta(minutes=5)


async def test_the_trades_own_currency_is_quoted_for_nothing(world: World, trade: TradeState) -> None:
    assert await world.do(QuotePayment(trade.buyer_id, trade.id, "USDT")) == Refused("no_rate", {"currency": "USDT"})


async def test_a_quote_is_its_owners(world: World, trade: TradeState) -> None:
    quote = await quoted(world, trade)
    answer = await world.do(PayQuoted(trade.seller_id or 0, quote.id))
    assert answer == Refused("unknown_trade")


async def test_a_quote_for_what_is_not_missing_any_more_charges_nothing(world: World, trade: TradeState) -> None:
    await world.fund(trade.buyer_id, Decimal(1), "BTC")
    quote = await quoted(world, trade)
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    answer = await world.do(PayQuoted(trade.buyer_id, quote.id))
    assert answer == Refused("terms_changed", {"total": "55"})


async def test_without_fresh_rates_nothing_is_quoted(world: World, trade: TradeState, clock: MovedClock) -> None:
    clock.advance(timedelta(minutes=16))
    assert await world.do(QuotePayment(trade.buyer_id, trade.id, "BTC")) == Refused("no_rate", {"currency": "BTC"})
    answer = await world.do(RequestPayin(trade.buyer_id, trade.id, "BTC", "BTC", None))
    assert answer == Refused("no_rate", {"currency": "BTC"})


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


async def test_the_price_of_a_coin_stays_what_was_shown(world: World, trade: TradeState, clock: MovedClock) -> None:
    shown = await world.payin(trade.buyer_id, "BTC", trade=trade.id)
    clock.advance(timedelta(minutes=1))
    await world.prepare(at=clock.now())
    await world.rate("BTC", "45000", clock.now())
    assert (await world.payin(trade.buyer_id, "BTC", trade=trade.id)).amount == shown.amount
    assert shown.amount is not None
    assert (await world.done(payment(shown, shown.amount))).outcome == "paid"


async def test_paying_ends_at_the_deadline_whatever_the_way(
    world: World, people: tuple[int, int], clock: MovedClock
) -> None:
    buyer, seller = people
    trade = await world.done(creation(buyer, f"@person{seller}"))
    await world.fund(buyer, Decimal(200))
    clock.advance(HOUR)
    for operation in (
        PayTrade(buyer, trade.id, TOTAL),
        RequestPayin(buyer, trade.id, "USDT", "TRC20", None),
        QuotePayment(buyer, trade.id, "BTC"),
    ):
        answer = await world.do(operation)
        assert isinstance(answer, Refused)
        assert answer.reason == "too_late"


async def test_each_part_leaves_the_whole_time_to_choose(
    world: World, trade: TradeState, raw: Connection, clock: MovedClock
) -> None:
    """Long after the time to pay, too, as long as the trade is not a day old."""
    payin = await world.payin(trade.buyer_id, trade=trade.id)
    for _ in range(4):
        await world.done(payment(payin, 1))
        [row] = await raw.fetch("SELECT due_at FROM trades")
        assert row["due_at"] == clock.now() + 2 * HOUR
        clock.advance(HOUR)


async def test_what_becomes_of_a_part_is_chosen_in_time_or_not_at_all(
    world: World, trade: TradeState, clock: MovedClock
) -> None:
    await world.fund(trade.buyer_id, Decimal(200))
    await world.done(payment(await world.payin(trade.buyer_id, trade=trade.id), 50))
    clock.advance(2 * HOUR)
    for operation in (
        ReduceTrade(trade.buyer_id, trade.id, Decimal(50)),
        PayTrade(trade.buyer_id, trade.id, Decimal(55)),
    ):
        answer = await world.do(operation)
        assert isinstance(answer, Refused)
        assert answer.reason == "too_late"


async def test_what_is_told_after_a_fraction_too_fine_for_the_books_waits_for_people(world: World) -> None:
    """What is new is the difference of two amounts: it may not fit the books although the newer amount does."""
    place = await world.payin(await world.person())
    fine = await world.done(payment(place, "0.9999999999999999", event="one"))
    whole = await world.done(payment(place, "25.5", event="one"))
    assert [fine.outcome, whole.outcome] == ["unapplied", "unapplied"]
    assert (await world.audited()).unapplied == 2
