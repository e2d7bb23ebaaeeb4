"""Trades from the payment to the release; on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.actors.parse import Pressed
from lockbay.areas.trades.views import TradePage
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, CLEO, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import PLAN, confirm, invited, lost_turn, market, notice, usdt
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)


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
