"""Trades that one side ends before both are in them, in the chat: killed and replayed at every answer."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from lockbay.actors.parse import Pressed
from lockbay.areas.deposits.news import WaitingNews, waits
from lockbay.areas.trades.news_screens import notices
from lockbay.areas.trades.records import JoinTrade, PayTrade, TradeState
from lockbay.postgres.database import Database
from tests.areas.drawing import EN, NEWS
from tests.areas.people import ANA, BEN, do, offered
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.test_trades_agreement import told
from tests.areas.trading import BOT, PLAN, invited, lost_turn, market, usdt
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)


async def paid_alone(database: Database) -> TradeState:
    """A trade of Ana's by link, paid, that nobody has joined."""
    await market(database)
    trade = await offered(database, ANA)
    await do(database, PayTrade(ANA, trade.id, Decimal(105)))
    return trade


async def test_a_buyer_cancels_what_is_paid_while_nobody_has_joined(database: Database, talking: Talking) -> None:
    trade = await paid_alone(database)
    ana = talking(ANA)
    assert "as long as nobody has joined, you can cancel" in sent(await ana.open("trade", str(trade.id)))
    await ana.press("Cancel trade")
    assert "with a refund?" in sent(ana.screen)
    assert "Back to your wallet: 105 USDT" in sent(ana.screen)
    await ana.press("Confirm")
    assert "Cancelled." in sent(ana.screen)
    assert "Paid, and back in your wallet: 105 USDT" in sent(ana.screen)
    assert "before anybody had joined; you got everything back" in sent(ana.screen)
    assert "Seller: whoever opens the invitation link (never joined)" in sent(ana.screen)
    assert "No money was paid" not in sent(ana.screen)
    assert await usdt(database, ANA) == (500, 0)


async def test_who_joins_meanwhile_is_not_cancelled_away(database: Database, talking: Talking) -> None:
    trade = await paid_alone(database)
    ana = talking(ANA)
    await ana.open("cancel_trade", str(trade.id))
    assert trade.token
    await do(database, JoinTrade(BEN, trade.token))
    await ana.press("Confirm")
    assert "it takes both sides to cancel it" in sent(ana.screen)
    assert "no money moved" in sent(ana.screen)
    assert "cancel_trade" not in leads_to(ana.screen)
    assert "propose_cancel" in leads_to(ana.screen)
    assert await usdt(database, ANA) == (395, 105)


async def test_who_comes_after_the_cancellation_hears_that_it_has_ended(database: Database, talking: Talking) -> None:
    trade = await paid_alone(database)
    ana, ben = talking(ANA), talking(BEN)
    assert trade.token
    await ben.open("invitation", trade.token)
    await ana.open("cancel_trade", str(trade.id))
    await ana.press("Confirm")
    await ben.press("Join")
    assert "This trade has ended, so nobody can join it" in sent(ben.screen)


async def test_a_cancellation_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    database: Database, clock: MovedClock
) -> None:
    trade = await paid_alone(database)
    first, again = await lost_turn(database, clock, ANA, "cancel_trade", str(trade.id)).answered(Pressed("confirm"))
    assert first == again
    assert "✅" in sent(again)


async def test_a_seller_declines_before_it_is_paid(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await invited(database)
    ben = talking(BEN)
    ben.screens.append(await told(database, BEN))
    await ben.press("Decline")
    assert "Nothing was paid, so no money moves" in sent(ben.screen)
    await ben.press("Confirm")
    assert "Declined." in sent(ben.screen)
    assert "It was not paid before it ended." in sent(ben.screen)
    assert "money back" not in sent(ben.screen)
    notice = await told(database, ANA)
    assert "@ben declined before it was paid. No money moved." in sent(notice)
    assert "wallet" not in leads_to(notice), "nothing came there"
    page = await talking(ANA).open("trade", trade_id)
    assert "declined" in sent(page)
    assert "It was not paid before it ended." in sent(page)
    assert "💳 Pay now" not in labels(page)
    assert await usdt(database, ANA) == (500, 0)


async def test_who_was_about_to_pay_is_told_and_pays_nothing(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await invited(database)
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("pay_wallet", trade_id)
    await ben.open("decline", trade_id)
    await ben.press("Confirm")
    await ana.press("Confirm")
    assert "no money moved" in sent(ana.screen)
    assert "declined" in sent(ana.screen)
    assert await usdt(database, ANA) == (500, 0)


def test_what_had_arrived_is_said_to_be_back() -> None:
    news = evolve(NEWS, state="declined", role="buyer", is_paid=False, in_part=True)
    screen = notices(BOT)["trade_declined"].draw(EN, news)
    assert "What had arrived is back in your wallet." in sent(screen)
    assert "Send nothing more to its address" in sent(screen), "they may be about to top it up"
    assert "wallet" in leads_to(screen)


def test_who_is_told_to_pay_when_they_are_ready_has_the_button_for_it() -> None:
    draw = notices(BOT)["trade_joined"].draw
    joined = evolve(NEWS, state="awaiting_payment", role="buyer")
    assert "Pay when you are ready" in sent(draw(EN, joined))
    assert "💳 Pay now" in labels(draw(EN, joined))
    assert "💳 Top up" in labels(draw(EN, evolve(joined, state="underpaid")))
    assert {"pay", "accept"}.isdisjoint(leads_to(draw(EN, evolve(joined, state="paid"))))


def test_a_notice_of_before_says_what_it_said() -> None:
    declined = notices(BOT)["trade_declined"].draw(EN, evolve(NEWS, state="declined", role="buyer"))
    assert "is back in your wallet" in sent(declined)
    cancelled = notices(BOT)["trade_cancelled"].draw(EN, evolve(NEWS, state="cancelled"))
    assert "No money was paid." in sent(cancelled)


def test_who_was_invited_by_mail_reads_that_the_money_went_back() -> None:
    news = evolve(NEWS, state="cancelled", is_paid=True, token="f" * 24)
    assert "cancelled it before you had joined, and has the money back" in sent(
        notices(BOT)["trade_cancelled"].draw(EN, news)
    )


def test_who_paid_what_had_been_declined_reads_that_it_is_safe() -> None:
    news = WaitingNews("USDT", "TRC20", Decimal(105), "tx", "trade_declined", 7, "T-7K3Q9X")
    assert "It arrived after the seller had declined trade T-7K3Q9X." in sent(waits(EN, news))
