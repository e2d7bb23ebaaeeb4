"""Receipts: what a movement was for."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from lockbay.actors.screen import Url
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.history.records import History
from lockbay.areas.trades.records import AcceptTrade, DeclineTrade, DeliverTrade, PayTrade, ReleaseTrade
from lockbay.areas.wallet.records import SaveRates
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.disputing import decision, disputed, on_duty
from tests.areas.histories import PLAN
from tests.areas.people import ANA, fresh_key, fund, offered, onboarded, set_rates
from tests.areas.sendable import leads_to, sent
from tests.clock import START, MovedClock
from tests.ledger.world import World, payment
from tests.security.service_role import by_hand
from tests.talk import Talk


async def test_a_receipt_says_what_a_movement_was_for(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "200")
    trade = await offered(database, ANA)
    assert not isinstance(await database.perform(PayTrade(ANA, trade.id, Decimal(105)), fresh_key()), Refused)
    talk = Talk(PLAN, database, clock, ANA)
    await talk.open("history", "0", "all", "USDT")
    receipt = sent(await talk.press("1"))
    assert "Receipt M-0" in receipt
    assert f"Paid for {trade.slug}" in receipt
    assert "Amount: −105 USDT" in receipt
    assert "Balance afterwards: 95 USDT" in receipt
    assert "Your part of the fee, due when it is released: 5 USDT" in receipt
    assert leads_to(talk.screen) == {"trade", "history", "menu"}
    assert "Only: USDT" in sent(await talk.press("Back"))


async def test_a_receipt_names_the_fee_that_a_trade_ended_with(world: World, clock: MovedClock) -> None:
    """As it was agreed while it is due; then what became of it, and none where nothing was earned."""
    buyer, seller, staff = await world.person(1_000), await world.person(), await on_duty(world)
    paid = await world.paid(buyer, seller, payer="split")
    await world.done(AcceptTrade(seller, paid.id))
    await world.done(DeliverTrade(seller, paid.id))
    assert "Your part of the fee, due when it is released: 2.5 USDT" in await newest_receipt(world, clock, buyer)
    await world.done(ReleaseTrade(buyer, paid.id))
    for person in (buyer, seller):
        assert "Your part of the fee: 2.5 USDT" in await newest_receipt(world, clock, person)
    declined = await world.paid(buyer, seller, payer="split")
    await world.done(DeclineTrade(seller, declined.id))
    refund = await newest_receipt(world, clock, buyer)
    assert f"Refund of {declined.slug}" in refund
    assert "fee" not in refund.casefold()
    await by_hand(world.database, "UPDATE levels SET discount_percent = 0")
    first, second, split = await disputed(world)
    await world.done(await decision(world, staff, split.id, 50))
    for person in (first, second):
        receipt = await newest_receipt(world, clock, person)
        assert f"Your part of {split.slug}, by the decision" in receipt
        assert "Fee: 2.5 USDT" in receipt
        assert "due when it is released" not in receipt


async def newest_receipt(world: World, clock: MovedClock, user: int) -> str:
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("history")
    return sent(await talk.press("1"))


async def test_a_receipt_of_a_deposit_leads_to_its_transaction(world: World, clock: MovedClock) -> None:
    user = await world.person()
    payin = await world.payin(user, "BTC")
    await world.done(evolve(payment(payin, "0.5"), txid="a1" * 32))
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("history")
    receipt = sent(await talk.press("1"))
    assert "Network: Bitcoin" in receipt
    assert "Transaction: " + "a1" * 32 in receipt
    links = [button.url for row in talk.screen.rows for button in row if isinstance(button, Url)]
    assert links == ["https://mempool.space/tx/" + "a1" * 32]


async def test_a_receipt_of_an_exchange_has_its_rate(world: World, clock: MovedClock) -> None:
    user = await world.person(1_000)
    for code, price in (("USDT", "1"), ("NGN", "0.00069")):
        await world.database.run(SaveRates("other", code, "USD", Decimal(price), START))
    quote = await world.done(QuoteExchange(user, "USDT", "NGN", Decimal(100)))
    await world.done(ConfirmExchange(user, quote.id))
    talk = Talk(PLAN, world.database, clock, user)
    await talk.open("history", "0", "exchange", "NGN")
    receipt = sent(await talk.press("1"))
    assert "Exchanged" in receipt
    assert "Given: 100 USDT" in receipt
    assert f"Got: {quote.to_amount:,.2f} NGN" in receipt
    assert "Rate: 1 USDT = " in receipt


async def test_nobody_sees_the_receipt_of_somebody_else(world: World, database: Database, clock: MovedClock) -> None:
    rich, poor = await world.person(100), await world.person()
    page = await database.read(History, rich, 0, "all", "all")
    assert page is not None
    talk = Talk(PLAN, database, clock, poor)
    text = sent(await talk.open("receipt", str(page.movements[0].id)))
    assert text == "There is no such movement in your history."
    assert leads_to(talk.screen) == {"history", "menu"}
