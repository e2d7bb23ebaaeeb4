"""Paying a trade too little, too much or too late: what is told, and what the buyer can choose; on the real
database, killed and replayed."""

from __future__ import annotations

from decimal import Decimal

from lockbay.actors.parse import Pressed
from lockbay.areas.trades.records import CancelTrade
from lockbay.areas.wallet.screens import row
from lockbay.postgres.database import Database
from tests.areas.paying import arrives, money, notice, partly, place, state
from tests.areas.paying import talking as talking
from tests.areas.paying import till as till
from tests.areas.people import ANA, BEN, do
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import invited, lost_turn, market
from tests.clock import MovedClock
from tests.ledger.world import payment
from tests.talk import Talking


async def test_a_part_is_told_with_three_choices(database: Database, talking: Talking, clock: MovedClock) -> None:
    await market(database, "1")
    trade = await invited(database)
    ana = talking(ANA)
    await ana.open("pay_coin", trade, "USDT", "TRC20")
    payin = await place(database, trade, "USDT", "TRC20")
    await arrives(database, payment(payin, "50", confirmed=False))
    kind, told = await notice(database)
    assert kind == "payment_seen"
    assert "on its way: 50 USDT" in sent(told)
    await arrives(database, payment(payin, "50"))
    kind, told = await notice(database)
    assert kind == "payment_part"
    for line in ("Arrived: 50 USDT", "Missing: 55 USDT", "Choose until: 22 Nov, 14:00 UTC"):
        assert line in sent(told)
    assert labels(told)[:3] == ["💳 Top up", "➡️ Go on with what arrived", "↩️ Refund to my wallet"]
    page = await ana.open("trade", trade)
    for line in ("paid in part", "Arrived: 50 USDT", "Missing: 55 USDT", "Your turn until 22 Nov, 14:00 UTC"):
        assert line in sent(page)
    assert {"💳 Top up", "➡️ Go on with what arrived", "↩️ Refund to my wallet"} <= set(labels(page))
    assert await money(database) == (1, 50)


async def test_a_part_that_is_less_than_any_trade_is_told_with_two_choices(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    """The third was a button that could only be refused."""
    await market(database, "1")
    trade = await invited(database)
    await talking(ANA).open("pay_coin", trade, "USDT", "TRC20")
    await arrives(database, payment(await place(database, trade, "USDT", "TRC20"), "2.09"))
    kind, told = await notice(database)
    assert kind == "payment_part"
    assert labels(told)[:2] == ["💳 Top up", "↩️ Refund to my wallet"]
    assert "Top up what is missing, or take it back." in sent(told)
    page = await talking(ANA).open("trade", trade)
    assert "➡️ Go on with what arrived" not in labels(page)
    assert "Top up what is missing, or take it back." in sent(page)


async def test_a_part_is_topped_up(database: Database, talking: Talking) -> None:
    ana, trade = await partly(database, talking)
    await ana.press("Top up")
    assert "Missing: 55 USDT" in sent(ana.screen)
    await ana.press("With a coin")
    await ana.press("55 USDT")
    screen = await ana.press("Tron")
    assert "Send exactly: 55 USDT" in sent(screen)
    assert (await arrives(database, payment(await place(database, trade, "USDT", "TRC20"), "55"))).outcome == "paid"
    assert await money(database) == (1, 105)


async def test_the_buyer_goes_on_with_less_and_the_seller_has_to_accept(database: Database, talking: Talking) -> None:
    ana, trade = await partly(database, talking)
    shown = sent(await ana.press("Go on"))
    assert "The seller would get: 47.619048 USDT" in shown  # 50 less the fee's share of 5/105
    assert "Instead of: 100 USDT" in shown
    assert "The seller has to accept that." in sent(await ana.press("Confirm"))
    assert await state(database, trade) == "paid"
    ben = talking(BEN)
    await ben.open("decline", trade)
    await ben.press("Confirm")
    assert await money(database) == (51, 0)


async def test_a_part_is_taken_back_in_the_coin_that_came(database: Database, talking: Talking) -> None:
    ana, trade = await partly(database, talking, "BTC", "0.0005")
    assert "Arrived: 0.0005 BTC (44.1 USDT)" in sent(ana.screen)
    assert await money(database, code="BTC") == (0, Decimal("0.0005"))
    assert row(" held", "0.0005 BTC") in sent(await ana.open("wallet"))
    await ana.open("trade", trade)
    assert "Back to your wallet: 0.0005 BTC" in sent(await ana.press("Refund"))
    await ana.press("Confirm")
    assert await state(database, trade) == "cancelled"
    assert await money(database, code="BTC") == (Decimal("0.0005"), 0)
    assert "+0.0005 BTC\nRefund of T-" in sent(await ana.open("history"))


async def test_a_choice_whose_turn_was_lost_is_answered_the_same(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    _, trade = await partly(database, talking)
    first, again = await lost_turn(database, clock, ANA, "reduce", trade).answered(Pressed("50"))
    assert first == again
    assert "You go on with what arrived" in sent(again)


async def test_what_came_meanwhile_is_not_gone_on_without(database: Database, talking: Talking) -> None:
    ana, trade = await partly(database, talking)
    await ana.press("Go on")
    await arrives(database, payment(await place(database, trade, "USDT", "TRC20"), "5"))
    assert "the amount is another one now" in sent(await ana.press("Confirm"))
    assert await state(database, trade) == "underpaid"


async def test_more_for_a_paid_trade_is_in_the_wallet(database: Database, talking: Talking) -> None:
    ana, trade = await partly(database, talking)
    payin = await place(database, trade, "USDT", "TRC20")
    await arrives(database, payment(payin, "55"))
    await arrives(database, payment(payin, "20"))
    kind, told = await notice(database)
    assert kind == "payment_extra"
    assert "20 USDT more came for trade T-" in sent(told)
    assert "all of it is in your wallet" in sent(told)
    assert await money(database) == (21, 105)
    assert "+20 USDT\nCame for T-" in sent(await ana.open("history"))
    assert "after it was paid" in sent(ana.screen)


async def test_a_payment_after_the_end_is_said_to_be_safe(database: Database, talking: Talking) -> None:
    _, trade = await partly(database, talking)
    payin = await place(database, trade, "USDT", "TRC20")
    await do(database, CancelTrade(ANA, int(trade)))
    assert (await arrives(database, payment(payin, "55"))).outcome == "unapplied"
    kind, told = await notice(database)
    assert kind == "payment_waits"
    assert "Your payment of 55 USDT is safe" in sent(told)
    assert "It arrived after trade T-" in sent(told)
    assert "was cancelled" in sent(told)
    assert {"trade", "wallet", "menu"} == leads_to(told)
