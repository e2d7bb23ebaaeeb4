"""The creation of a trade, from question to question to its confirmation; on the real database, killed and replayed
at every answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed, Said
from lockbay.areas.terms import Terms
from lockbay.areas.wallet.records import SaveRates
from lockbay.postgres.database import Database
from tests.areas.people import ANA, offered, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import NEW, PLAN, count, drafted, lost_turn, market, page
from tests.clock import MovedClock
from tests.talk import Talking, Warm, talks

talking = talks(PLAN)


async def test_a_trade_is_created_by_buttons_and_can_be_paid(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    await ana.press("Invitation link")
    await ana.press("USDT")
    await ana.say("100")
    await ana.say("A bicycle")
    await ana.press("48 hours")
    await ana.press("Half each")
    assert "You pay: 102.5 USDT" in sent(ana.screen)
    assert "The seller gets: 97.5 USDT" in sent(ana.screen)
    assert await count(database) == 0
    await ana.press("Confirm")
    assert "Your trade is created" in sent(ana.screen)
    assert "In your wallet: 500 USDT" in sent(ana.screen)
    assert {"pay", "cancel_trade", "trades", "menu"} == leads_to(ana.screen)
    trade = await page(database)
    assert (trade.amount, trade.fee_payer, trade.delivery_hours, trade.seller_kind) == (100, "split", 48, "link")


async def test_every_answer_can_be_changed_in_the_review(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana)
    for field, answer in (
        ("✏️ Seller", "ben@example.com"),
        ("✏️ Amount", "200"),
        ("✏️ Description", "A <b>boat</b> & oars"),
        ("✏️ Delivery", "3 days"),
        ("✏️ Fee", "seller"),
    ):
        await ana.press(field)
        assert "⬅️ Back" in labels(ana.screen)
        await ana.say(answer)
    await ana.press("✏️ Currency")
    await ana.press("BTC")
    await ana.say("0.002")
    assert "A <b>boat</b> & oars" in sent(ana.screen)
    await ana.press("Confirm")
    trade = await page(database)
    assert (trade.seller, trade.currency, trade.amount) == ("ben@example.com", "BTC", Decimal("0.002"))
    assert (trade.description, trade.delivery_hours, trade.fee_payer) == ("A <b>boat</b> & oars", 72, "seller")
    assert (trade.buyer_pays, trade.seller_gets) == (Decimal("0.002"), Decimal("0.0019"))


@pytest.mark.parametrize("field", ["Seller", "Amount", "Currency", "Description", "Delivery", "Fee"])
async def test_a_change_can_be_left_undone(database: Database, talking: Talking, field: str) -> None:
    await market(database)
    ana = talking(ANA)
    review = await drafted(ana)
    await ana.press(f"✏️ {field}")
    assert ana.screen != review
    assert await ana.press("Back") == review


async def test_each_question_leads_back_to_the_one_before(database: Database, talking: Talking) -> None:
    """There was no way but Cancel, and everything was to be typed again."""
    await market(database)
    ana = talking(ANA)
    asked = [await ana.open("new_trade")]
    assert "⬅️ Back" not in labels(asked[0])
    for answer in NEW[:-1]:
        asked.append(await ana.say(answer))
        assert "⬅️ Back" in labels(ana.screen)
    for before in reversed(asked[:-1]):
        assert sent(await ana.press("Back")) == sent(before)
    assert "⬅️ Back" not in labels(ana.screen)
    for answer in NEW[:-1]:
        await ana.press(f"Keep “{answer}”")
    await ana.press("I pay it")
    assert "You pay: 105 USDT" in sent(ana.screen)


async def test_who_goes_back_and_answers_otherwise_keeps_what_still_fits(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana, *NEW[:-1])
    for _ in range(4):
        await ana.press("Back")
    await ana.press("BTC")
    assert not any("Keep" in label for label in labels(ana.screen)), "nobody trades 100 BTC here"
    await ana.say("0.002")
    await ana.press("Keep “A bicycle”")
    assert "how long may the delivery take" in sent(ana.screen)


async def test_back_in_another_currency_leads_by_the_currency_to_the_review(
    database: Database, talking: Talking
) -> None:
    await market(database)
    ana = talking(ANA)
    review = await drafted(ana)
    await ana.press("✏️ Currency")
    await ana.press("BTC")
    await ana.press("Back")
    assert "which currency" in sent(ana.screen)
    assert await ana.press("Back") == review


async def test_the_same_currency_again_keeps_the_amount(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    review = await drafted(ana)
    await ana.press("✏️ Currency")
    assert await ana.press("USDT") == review


async def test_a_confirmation_whose_turn_was_lost_after_its_commit_creates_one_trade(
    database: Database, clock: MovedClock
) -> None:
    """It was the last that the day allows: what the trade itself changed must not change the conversation."""
    await market(database)
    await database.run(Terms(trades_a_day=1))
    said = [Said(answer) for answer in ("@ben", "USDT", "100", "A bicycle", "48", "buyer")]
    lost = lost_turn(database, clock, ANA, "new_trade")
    first, again = await lost.answered(*said, Pressed("5/105"))
    assert first == again
    assert "Your trade is created" in sent(again)
    assert await count(database) == 1


async def test_a_fee_that_changed_is_shown_before_anything_is_created(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana)
    await database.run(Terms(fee_percent=Decimal(6)))
    await ana.press("Confirm")
    assert "The price has changed" in sent(ana.screen)
    assert "You pay: 106 USDT" in sent(ana.screen)
    assert await count(database) == 0
    await ana.press("Confirm")
    assert (await page(database)).buyer_pays == 106


@pytest.mark.parametrize(
    "forged", ["0/100", "5/0", "NaN/NaN", "1e999999/1", "-5/95", "5", "5/105/1", "٣/٣", "", "9" * 60, "\x00"]
)
async def test_nobody_agrees_to_numbers_that_were_not_shown(database: Database, talking: Talking, forged: str) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana)
    screen = await ana.reply(Pressed(forged))
    assert "⚠️" in sent(screen)
    assert "You pay: 105 USDT" in sent(screen)
    assert await count(database) == 0


async def test_a_price_that_fell_meanwhile_is_refused_with_the_numbers(database: Database, clock: MovedClock) -> None:
    await market(database)
    ana = Warm(PLAN, database, clock, ANA)
    await drafted(ana)
    await price(database, clock, "0.01")
    screen = await ana.press("Confirm")
    assert "worth $1.00 now; the smallest is $2.00. Nothing was created" in sent(screen)
    assert await count(database) == 0


async def test_an_amount_that_a_new_price_made_too_small_is_asked_again_after_a_restart(
    database: Database, clock: MovedClock
) -> None:
    await market(database)
    ana = Warm(PLAN, database, clock, ANA)
    await drafted(ana)
    await price(database, clock, "0.01")
    assert "The smallest trade is 200 USDT" in sent(await ana.come_back())


async def price(database: Database, clock: MovedClock, usd: str) -> None:
    """USDT costs something else now."""
    clock.advance(timedelta(minutes=1))
    for source in ("kraken", "coingecko"):
        await database.run(SaveRates(source, "USDT", "USD", Decimal(usd), clock.now()))


async def test_the_limits_of_the_form_are_those_that_are_judged_by(database: Database, clock: MovedClock) -> None:
    """One source that says less alone counts for neither."""
    await market(database)
    ana = Warm(PLAN, database, clock, ANA)
    await drafted(ana)
    clock.advance(timedelta(minutes=1))
    await database.run(SaveRates("kraken", "USDT", "USD", Decimal("0.01"), clock.now()))
    assert "The smallest trade is" not in sent(await ana.come_back())
    assert "Your trade is created" in sent(await ana.press("Confirm"))


LIMITS = [
    (Terms(trades_a_day=3), "You have begun 3 trades within 24 hours"),
    (Terms(trades_an_hour=3), "You have begun 3 trades within an hour"),
    (Terms(unpaid_trades=3), "3 of your trades are not paid yet"),
]


@pytest.mark.parametrize(("terms", "said"), LIMITS)
async def test_a_limit_is_said_at_the_beginning_and_kept_at_the_end(
    database: Database, talking: Talking, terms: Terms, said: str
) -> None:
    await market(database)
    await database.run(terms)
    for _ in range(3):
        await offered(database, ANA)
    ana = talking(ANA)
    await ana.open("new_trade")
    assert said in sent(ana.screen)
    await drafted(ana)
    await ana.press("Confirm")
    assert said in sent(ana.screen)
    assert "Nothing was created" in sent(ana.screen)
    assert "menu" in leads_to(ana.screen)


async def test_without_fresh_prices_no_trade_begins(database: Database, talking: Talking) -> None:
    await onboarded(database, ANA)
    ana = talking(ANA)
    await ana.open("new_trade")
    await ana.say("@ben")
    assert "no fresh prices" in sent(ana.screen)
    assert "⚠️" in sent(await ana.say("USDT"))
