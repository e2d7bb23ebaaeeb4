"""Paying a trade out of the wallet, also from the balance of another coin; on the real database, killed and
replayed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Answer, Screen
from lockbay.areas.terms import Terms
from lockbay.postgres.database import Database
from tests.areas.paying import arrives, money, notice, place
from tests.areas.paying import talking as talking
from tests.areas.paying import till as till
from tests.areas.people import ANA, BEN, fund
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import invited, lost_turn, market
from tests.clock import MovedClock
from tests.ledger.world import payment
from tests.talk import Talking


def value(screen: Screen) -> str:
    """What the button that confirms says."""
    return next(button.value for row in screen.rows for button in row if isinstance(button, Answer))


async def test_from_the_wallet_in_two_taps(database: Database, talking: Talking) -> None:
    await market(database, "105")
    trade = await invited(database)
    ana = talking(ANA)
    await ana.open("trade", trade)
    await ana.press("Pay now")
    assert "Left then: 0 USDT" in sent(await ana.press("From your wallet"))
    assert "Paid. LockBay holds the money now." in sent(await ana.press("Confirm"))
    assert await money(database) == (0, 105)
    kind, told = await notice(database, BEN)
    assert kind == "trade_paid"
    assert "You would get 100 USDT" in sent(told)


async def test_a_wallet_that_is_too_small_cannot_be_confirmed(database: Database, talking: Talking) -> None:
    await market(database, "104.999999")
    ana = talking(ANA)
    assert "Too little by: 0.000001 USDT" in sent(await ana.open("pay_wallet", await invited(database)))
    assert not any("Confirm" in label for label in labels(ana.screen))
    shown = sent(await ana.reply(Pressed("105")))  # a forged button
    assert "0.000001 USDT short, so nothing was paid" in shown
    assert await money(database) == (Decimal("104.999999"), 0)


async def test_money_that_came_meanwhile_is_never_charged_again(database: Database, talking: Talking) -> None:
    await market(database)
    trade = await invited(database)
    ana = talking(ANA)
    await talking(ANA).open("pay_coin", trade, "USDT", "TRC20")
    await ana.open("pay_wallet", trade)
    await arrives(database, payment(await place(database, trade, "USDT", "TRC20"), "50"))
    shown = sent(await ana.press("Confirm"))
    assert "the amount is another one now" in shown
    assert "Missing: 55 USDT" in shown
    assert await money(database) == (500, 50)
    await ana.press("From your wallet")
    assert "You pay: 55 USDT" in sent(ana.screen)
    assert "Paid." in sent(await ana.press("Confirm"))
    assert await money(database) == (445, 105)


async def test_from_another_balance_exactly_the_quote_is_charged(database: Database, talking: Talking) -> None:
    await market(database, "1")
    await fund(database, ANA, "0.1", "BTC")
    trade = await invited(database)
    ana = talking(ANA)
    await ana.open("pay", trade)
    shown = sent(await ana.press("BTC balance"))
    assert "You pay: 0.00119048 BTC" in shown
    assert "For: 105 USDT" in shown
    assert "Price: 1 BTC = 88,200 USDT" in shown
    assert "Locked until: 22 Nov, 12:10 UTC (in 10 minutes)" in shown
    assert "Paid." in sent(await ana.press("Confirm"))
    assert await money(database, code="BTC") == (Decimal("0.09880952"), 0)
    assert await money(database) == (1, 105)
    assert "−0.00119048 BTC\nPaid for T-" in sent(await ana.open("history"))


async def test_a_quote_that_is_over_is_not_charged_but_made_anew(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database, "1")
    await fund(database, ANA, "0.1", "BTC")
    ana = talking(ANA)
    await ana.open("pay_balance", await invited(database), "BTC")
    old = value(ana.screen)
    clock.advance(timedelta(minutes=10))
    shown = sent(await ana.press("Confirm"))
    assert "nothing was paid. This is the price now." in shown
    assert "Locked until: 22 Nov, 12:20 UTC" in shown
    assert await money(database, code="BTC") == (Decimal("0.1"), 0)
    assert "Please press one of the buttons" in sent(await ana.reply(Pressed(old)))
    assert "Paid." in sent(await ana.press("Confirm"))


async def test_without_a_fresh_price_nothing_is_promised(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database, "1")
    await fund(database, ANA, "0.1", "BTC")
    trade = await invited(database)
    clock.advance(timedelta(minutes=20))
    ana = talking(ANA)
    assert "There is no fresh price for BTC just now" in sent(await ana.open("pay_balance", trade, "BTC"))
    assert "no money moved" in sent(ana.screen)
    assert "pay_bank" not in leads_to(ana.screen)
    assert "No fresh price just now for: BTC, ETH, LTC, DOGE, TRX." in sent(await ana.press("With a coin"))
    assert "105 USDT" in labels(ana.screen)
    assert "nothing was paid" in sent(await ana.open("pay_bank", trade))


async def test_what_lockbay_has_not_enough_of_to_take_another_coin_is_said(
    database: Database, talking: Talking
) -> None:
    await market(database, "105")
    await fund(database, ANA, "0.1", "BTC")
    await database.run(Terms(exchange_position_usd=Decimal(100)))
    trade = await invited(database)
    ana = talking(ANA)
    for flow in ("pay_balance", "pay_coin"):
        shown = sent(await ana.open(flow, trade, "BTC"))
        assert "LockBay has not enough USDT at the moment to take another coin" in shown
        assert "no money moved. Please pay it in USDT, or try again later." in shown
    assert await money(database, code="BTC") == (Decimal("0.1"), 0)
    await ana.open("pay_wallet", trade)
    assert "Paid." in sent(await ana.press("Confirm"))


async def test_a_payment_from_another_balance_whose_turn_was_lost_is_answered_the_same(
    database: Database, clock: MovedClock
) -> None:
    await market(database, "1")
    await fund(database, ANA, "0.00119048", "BTC")  # nothing is left to pay with
    trade = await invited(database)
    lost = lost_turn(database, clock, ANA, "pay_balance", trade, "BTC")
    first, again = await lost.answered(Pressed("1"))
    assert first == again
    assert "Paid." in sent(again)
    assert await money(database, code="BTC") == (0, 0)
