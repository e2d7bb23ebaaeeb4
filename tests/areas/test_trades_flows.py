"""Trades from the invitation to the release on the real database, killed and replayed at every answer."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Copy, Screen, Url
from lockbay.actors.words import words
from lockbay.areas import trades
from lockbay.areas.balances import Wallet
from lockbay.areas.terms import Terms
from lockbay.areas.trades import news_screens
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeliverTrade,
    JoinTrade,
    PayTrade,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.areas.trades.views import TradePage
from lockbay.errors import Invalid
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, CLEO, do, offered, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import BOT, PLAN, confirm, invited, lost_turn, market
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)

EN = words("en", "UTC")


async def notice(database: Database) -> tuple[str, Screen]:
    """The kind of the notice that was written last, and what it looks like."""
    [row] = await database.pool.fetch(
        "notice", "SELECT kind, data::text FROM outbox ORDER BY id DESC LIMIT 1", (), reads=True
    )
    told = trades.notices(BOT)[row["kind"]]
    return row["kind"], told.draw(EN, rows.structurer(told.record)(orjson.loads(row["data"])))


async def usdt(database: Database, user_id: int) -> tuple[Decimal, Decimal]:
    """What somebody has, available and held."""
    wallet = await database.read(Wallet, user_id)
    assert wallet is not None
    return next((each.available, each.held) for each in wallet.balances if each.currency == "USDT")


async def test_a_trade_is_paid_accepted_delivered_and_released(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await invited(database)
    ana, ben = talking(ANA), talking(BEN)

    await ana.open("trade", trade_id)
    assert "You pay: 105 USDT" in sent(ana.screen)
    assert "In your wallet: 500 USDT" in sent(ana.screen)
    await ana.press("Pay now")
    await ana.press("From your wallet")
    assert "Left then: 395 USDT" in sent(ana.screen)
    await ana.press("Confirm")
    assert "Paid. LockBay holds the money now." in sent(ana.screen)
    assert await usdt(database, ANA) == (395, 105)

    kind, told = await notice(database)
    assert (kind, "You would get 100 USDT" in sent(told)) == ("trade_paid", True)
    ben.screens.append(told)
    await ben.press("Accept")
    await ben.press("Confirm")
    assert "Your turn" in sent(ben.screen)
    await ben.press("Mark delivered")
    await ben.press("Confirm")

    kind, told = await notice(database)
    assert kind == "trade_delivered"
    ana.screens.append(told)
    await ana.press("Release")
    assert "This cannot be undone" in sent(ana.screen)
    await ana.press("Confirm")
    assert "completed" in sent(ana.screen)
    assert await usdt(database, BEN) == (100, 0)
    kind, told = await notice(database)
    assert (kind, "100 USDT is in your wallet now" in sent(told)) == ("trade_released", True)


async def test_both_sides_see_whose_turn_it_is_and_by_when(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database)
    trade_id = await invited(database)
    clock.advance(timedelta(minutes=30))
    assert "Your turn until 22 Nov, 13:00 UTC (in 30 minutes)" in sent(await talking(ANA).open("trade", trade_id))
    assert "The buyer’s turn until 22 Nov, 13:00 UTC (in 30 minutes)" in sent(
        await talking(BEN).open("trade", trade_id)
    )
    await confirm(talking(ANA), "pay_wallet", trade_id)
    assert "The seller’s turn until 23 Nov, 12:30 UTC (in 24 hours)" in sent(await talking(ANA).open("trade", trade_id))
    assert "Your turn until 23 Nov, 12:30 UTC (in 24 hours)" in sent(await talking(BEN).open("trade", trade_id))


@pytest.mark.parametrize(("flow", "button"), [("pay_wallet", "105"), ("cancel_trade", "confirm")])
async def test_a_move_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    database: Database, clock: MovedClock, flow: str, button: str
) -> None:
    await market(database, "105")  # after the payment, nothing is left to pay with
    trade_id = await invited(database)
    first, again = await lost_turn(database, clock, ANA, flow, trade_id).answered(Pressed(button))
    assert first == again
    assert "✅" in sent(again)
    assert await usdt(database, ANA) == ((0, 105) if flow == "pay_wallet" else (105, 0))


async def test_a_joining_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    database: Database, clock: MovedClock
) -> None:
    await market(database)
    trade = await offered(database, ANA)
    assert trade.token
    first, again = await lost_turn(database, clock, BEN, "invitation", trade.token).answered(Pressed("confirm"))
    assert first == again
    assert "You have joined." in sent(again)


async def test_money_that_went_elsewhere_meanwhile_is_missed_and_nothing_is_paid(
    database: Database, talking: Talking
) -> None:
    await market(database, "150")
    first, second = await invited(database), await invited(database)
    ana = talking(ANA)
    await ana.open("pay_wallet", first)
    await confirm(talking(ANA), "pay_wallet", second)
    await ana.press("Confirm")
    assert "60 USDT short, so nothing was paid" in sent(ana.screen)
    assert "pay_coin" in leads_to(ana.screen)
    assert await usdt(database, ANA) == (45, 105)


@pytest.mark.parametrize("flow", ["cancel_trade", "accept", "give_back", "deliver", "release"])
async def test_a_move_that_is_not_possible_offers_no_confirmation_and_changes_nothing(
    database: Database, talking: Talking, flow: str
) -> None:
    await market(database)
    trade_id = await invited(database)
    ben = talking(BEN)
    await ben.open(flow, trade_id)
    assert sent(ben.screen).startswith("⚠️")
    assert "no money moved" in sent(ben.screen)
    assert "Confirm" not in "".join(labels(ben.screen))
    await ben.say("confirm")  # who insists is refused by the database
    assert "⚠️" in sent(ben.screen)
    assert "no money moved" in sent(ben.screen)
    page = await database.read(TradePage, ANA, int(trade_id))
    assert page is not None
    assert page.state == "awaiting_payment"


async def test_a_move_that_the_other_side_made_impossible_meanwhile_shows_the_trade_as_it_is(
    database: Database, talking: Talking
) -> None:
    await market(database)
    trade_id = await invited(database)
    ana = talking(ANA)
    await ana.open("pay_wallet", trade_id)
    await confirm(talking(ANA), "cancel_trade", trade_id)
    await ana.press("Confirm")
    assert "You have cancelled this trade" in sent(ana.screen)
    assert "cancelled" in sent(ana.screen)


async def test_a_payment_after_its_time_is_refused_in_words(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("pay_wallet", await invited(database))
    clock.advance(timedelta(minutes=60))
    await ana.press("Confirm")
    assert "The time for that is over" in sent(ana.screen)
    assert await usdt(database, ANA) == (500, 0)


async def test_a_stranger_sees_no_trade(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await invited(database)
    await onboarded(database, CLEO, "Cleo", "cleo")
    for flow in ("trade", "pay_wallet", "accept", "release", "cancel_trade"):
        screen = await talking(CLEO).open(flow, trade_id)
        assert "There is no such trade of yours" in sent(screen)
        assert "menu" in leads_to(screen)


async def test_the_seller_declines_and_the_buyer_has_everything_back(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await invited(database)
    await confirm(talking(ANA), "pay_wallet", trade_id)
    ben = talking(BEN)
    await ben.open("decline", trade_id)
    assert "the buyer gets 105 USDT back" in sent(ben.screen)
    await ben.press("Confirm")
    assert await usdt(database, ANA) == (500, 0)
    kind, told = await notice(database)
    assert (kind, "105 USDT is back in your wallet" in sent(told)) == ("trade_declined", True)
    assert "wallet" in leads_to(told)


async def test_the_buyer_shares_the_link_until_somebody_joins(database: Database, talking: Talking) -> None:
    await market(database)
    trade = await offered(database, ANA)
    link = f"https://t.me/{BOT}?start={trade.token}"
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("trade", str(trade.id))
    assert Copy("📋 Copy invitation link", link) in ana.screen.rows[1]
    [share] = [button.url for button in ana.screen.rows[1] if isinstance(button, Url)]
    assert share.startswith(f"https://t.me/share/url?url=https%3A%2F%2Ft.me%2F{BOT}%3Fstart%3D{trade.token}&text=")

    assert trade.token
    await ben.open("invitation", trade.token)
    assert "@ana invites you to a trade" in sent(ben.screen)
    assert "You get: 100 USDT" in sent(ben.screen)
    await ben.press("Join")
    assert "You have joined." in sent(ben.screen)
    assert "The buyer’s turn" in sent(ben.screen)
    await ana.open("trade", str(trade.id))
    assert "Seller: @ben" in sent(ana.screen)
    assert link not in str(ana.screen.rows)


async def test_an_invitation_says_why_somebody_cannot_join(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database)
    await onboarded(database, CLEO, "Cleo", "cleo")
    for_dan, free = await offered(database, ANA, "username", "@dan_sells"), await offered(database, ANA)
    assert for_dan.token
    assert free.token
    assert "names another person" in sent(await talking(CLEO).open("invitation", for_dan.token))
    assert "your own trade" in sent(await talking(ANA).open("invitation", free.token))
    late = talking(CLEO)
    await late.open("invitation", free.token)
    await do(database, JoinTrade(BEN, free.token))
    await late.press("Join")
    assert "Somebody else has already joined" in sent(late.screen)
    assert "menu" in leads_to(late.screen)
    assert "trade" in leads_to(await talking(BEN).open("invitation", free.token))

    ended = await offered(database, ANA)
    assert ended.token
    await do(database, CancelTrade(ANA, ended.id))
    assert "has ended" in sent(await talking(BEN).open("invitation", ended.token))


@pytest.mark.parametrize("token", ["nothing", "'; DROP TABLE trades", "\x00", "😀", "", "a" * 4000, "<b>"])
async def test_a_token_that_opens_nothing_is_answered_with_a_sentence(
    database: Database, talking: Talking, token: str
) -> None:
    await market(database)
    screen = await talking(BEN).open("invitation", token)
    assert "This invitation cannot be found" in sent(screen)
    assert "menu" in leads_to(screen)


async def test_a_photo_or_other_words_do_not_confirm(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    trade_id = await invited(database)
    await ana.open("cancel_trade", trade_id)
    for screen in (await ana.send_photo(), await ana.say("yes please"), await ana.reply(Pressed("seller"))):
        assert "Please press one of the buttons below" in sent(screen)
    page = await database.read(TradePage, ANA, int(trade_id))
    assert page is not None
    assert page.state == "awaiting_payment"
    assert "Cancelled." in sent(await ana.say("CONFIRM"))


async def test_the_list_marks_whose_turn_it_is_and_goes_page_by_page(database: Database, talking: Talking) -> None:
    await market(database, "2000")
    await database.run(Terms(trades_an_hour=20, unpaid_trades=20))
    await offered(database, ANA)
    ids = [await invited(database) for _ in range(9)]
    await confirm(talking(ANA), "pay_wallet", ids[-1])
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("trades")
    assert "9 wait for you" in sent(ana.screen)
    assert sent(ana.screen).count("T-") == 8
    assert "Newest" not in "".join(labels(ana.screen))
    await ana.press("Older")
    assert sent(ana.screen).count("T-") == 2
    assert "by link" in sent(ana.screen)
    await ana.press("Newest")
    assert sent(ana.screen).count("T-") == 8
    await ben.open("trades")
    assert "1 waits for you" in sent(ben.screen)
    await ben.press("👉")
    assert "✅ Accept" in labels(ben.screen)


async def test_each_line_of_the_list_says_whether_one_buys_or_sells(database: Database, talking: Talking) -> None:
    await market(database)
    await invited(database)
    assert "Buying: A bicycle · @ben" in sent(await talking(ANA).open("trades"))
    assert "Selling: A bicycle · @ana" in sent(await talking(BEN).open("trades"))


async def test_somebody_without_trades_can_begin_one(database: Database, talking: Talking) -> None:
    await market(database)
    screen = await talking(BEN).open("trades")
    assert "Nothing here yet" in sent(screen)
    assert {"new_trade", "find_person", "menu"} == leads_to(screen)


async def to_end(database: Database, clock: MovedClock, how: str) -> None:
    """Brings Ana's trade with Ben to one of its ends, by people or by time."""
    trade = int(await invited(database))
    if how == "cancelled":
        return await do(database, CancelTrade(ANA, trade))
    if how == "expired":
        clock.advance(timedelta(hours=2))
        return await do(database, ElapseTrade(trade, "expire"))
    await do(database, PayTrade(ANA, trade, Decimal(105)))
    if how == "refunded":
        clock.advance(timedelta(hours=25))
        return await do(database, ElapseTrade(trade, "unanswered"))
    await do(database, AcceptTrade(BEN, trade))
    if how == "accepted":
        return None
    await do(database, DeliverTrade(BEN, trade))
    clock.advance(timedelta(hours=49))
    return await do(database, ElapseTrade(trade, "release"))


@pytest.mark.parametrize(
    ("how", "told_last"),
    [
        ("cancelled", "cancelled it before paying"),
        ("expired", "It was not paid in time"),
        ("refunded", "Your time ran out"),
        ("accepted", "@ben delivers now"),
        ("released", "100 USDT is in your wallet now"),
    ],
)
async def test_whatever_happens_is_told_in_words_with_a_way_to_the_trade(
    database: Database, talking: Talking, clock: MovedClock, how: str, told_last: str
) -> None:
    await market(database)
    await to_end(database, clock, how)
    kind, told = await notice(database)
    assert kind == f"trade_{how}"
    assert told_last in sent(told)
    assert {"trade", "menu"} <= leads_to(told)
    for user_id in (ANA, BEN):
        screen = await talking(user_id).open("trade", "1")
        assert ("Ended: " in sent(screen)) == (how != "accepted")
        assert "menu" in leads_to(screen)


async def test_a_seller_without_account_is_mailed_the_link(database: Database) -> None:
    await market(database)
    trade = await offered(database, ANA, "email", "dan@example.com")
    kind, told = await notice(database)
    assert kind == "trade_invited"
    assert sent(told).splitlines()[0] == "📨 @ana invites you to a trade"
    assert f"https://t.me/{BOT}?start={trade.token}" in sent(told)
    assert leads_to(told) == set()


def test_every_kind_that_the_sql_tells_has_a_notice() -> None:
    """The clock tells how a trade has ended, by the name of its state."""
    told = {"trade_expired", "trade_refunded", "trade_released"}
    for file in (Path(__file__).parents[2] / "sql").rglob("*.sql"):
        if "trades_tell(" in file.read_text():
            told |= set(re.findall(r"'(trade_[a-z]+)'", file.read_text()))
    assert told - {"trade_id"} == news_screens.notices(BOT).keys()


@pytest.mark.parametrize("argument", ["-1", "1.5", "٣", "9" * 30, "x", ""])
@pytest.mark.parametrize("flow", ["trade", "pay_wallet", "trades"])
async def test_a_forged_button_is_called_inactive(
    talking: Talking, database: Database, flow: str, argument: str
) -> None:
    await market(database)
    with pytest.raises(Invalid, match="no longer active"):  # the session says it, with a way to the menu
        await talking(BEN).open(flow, argument)


@pytest.mark.parametrize("number", ["0", "17", "9223372036854775807"])
@pytest.mark.parametrize("flow", ["trade", "pay_wallet", "release"])
async def test_the_number_of_no_trade_opens_none(talking: Talking, database: Database, flow: str, number: str) -> None:
    await market(database)
    assert "There is no such trade of yours" in sent(await talking(BEN).open(flow, number))


@pytest.mark.parametrize(
    ("flow", "takes"),
    [
        ("trade", {1}),
        ("pay_wallet", {1}),
        ("cancel_trade", {1}),
        ("invitation", {1}),
        ("new_trade", {0, 1}),
        ("trades", {0, 1}),
    ],
)
def test_a_forged_button_cannot_give_a_flow_what_it_does_not_take(flow: str, takes: set[int]) -> None:
    assert {n for n in range(4) if PLAN.opens(flow, ("1",) * n)} == takes
