"""The creation of a trade on the real database, killed and replayed at every answer; everything that may be typed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed, Said
from lockbay.actors.screen import Answer
from lockbay.areas.terms import Terms
from lockbay.areas.trades.views import TradeList, TradePage
from lockbay.areas.wallet.records import SaveRates
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, offered, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import NEW, PLAN, drafted, lost_turn, market
from tests.clock import MovedClock
from tests.talk import Talking, Warm, talks

talking = talks(PLAN)


async def page(database: Database) -> TradePage:
    """The only trade that there is."""
    mine = await database.read(TradeList, ANA, 0)
    assert mine is not None
    [line] = mine.trades
    found = await database.read(TradePage, ANA, line.id)
    assert found is not None
    return found


async def count(database: Database) -> int:
    mine = await database.read(TradeList, ANA, 0)
    assert mine is not None
    return len(mine.trades)


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


async def test_who_was_bought_from_is_offered_again(database: Database, talking: Talking) -> None:
    await market(database)
    await offered(database, ANA, "username", "@ben")
    ana = talking(ANA)
    await ana.open("new_trade")
    assert Answer("@ben", "@ben") in [button for row in ana.screen.rows for button in row]
    assert "which currency" in sent(await ana.press("@ben"))


@pytest.mark.parametrize(
    ("typed", "kind", "kept"),
    [
        ("ben", "username", "@ben"),
        ("@BEN", "username", "@BEN"),
        ("https://t.me/ben", "username", "@ben"),
        ("t.me/ben/", "username", "@ben"),
        ("Ben.Smith+x@mail.example.com", "email", "Ben.Smith+x@mail.example.com"),
        ("Sue@XN--MNCHEN-3YA.example.com", "email", "Sue@münchen.example.com"),
        ("+234 803 123 4567", "phone", "+2348031234567"),
        ("00234-803-123-4567", "phone", "+2348031234567"),
        ("+1 (202) 555-0143", "phone", "+12025550143"),
        ("+888 0123 4567", "phone", "+88801234567"),  # one of Telegram's own
        ("link", "username", "@link"),  # typed, it is a name; the link is the button
    ],
)
async def test_a_seller_is_understood(database: Database, talking: Talking, typed: str, kind: str, kept: str) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana, typed, "USDT", "100", "A bicycle", "48", "buyer")
    await ana.press("Confirm")
    trade = await page(database)
    assert (trade.seller_kind, trade.seller) == (kind, kept)


NO_SELLERS = [
    "@", "@be", "be n", "@ben!", "a@b", "a@@b.com", "a b@c.com", "a@b..com", "a@b.com\nBcc: x@y.z", "12345", "+1",
    "1" * 16, "<b>ben</b>", "😀", "مرحبا", "\u202eneb", "٣٣٣٣٣٣٣٣", "x" * 4096, "a@" + "b" * 300 + ".com",
]  # fmt: skip


async def test_a_phone_number_without_its_country_code_is_asked_again(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    assert "needs its country code" in sent(await ana.say("0803 123 4567"))
    assert "which currency" in sent(await ana.say("+234 803 123 4567"))


@pytest.mark.parametrize("typed", NO_SELLERS)
async def test_what_is_no_seller_is_asked_again(database: Database, talking: Talking, typed: str) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    screen = await ana.say(typed)
    assert "I could not read that as a seller" in sent(screen)
    assert "which currency" in sent(await ana.say("@ben"))


@pytest.mark.parametrize("typed", ["ana", "@ANA", "t.me/Ana"])
async def test_nobody_sells_to_oneself(database: Database, talking: Talking, typed: str) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    assert "That is you" in sent(await ana.say(typed))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("0", "more than zero"),
        ("-1", "more than zero"),
        ("1e30", "not an amount"),
        ("NaN", "not an amount"),
        ("1,5", "not sure which amount"),
        ("1.234.567", "not sure which amount"),
        ("٣", "not an amount"),
        ("1.1234567890123456789", "at most 6 decimals"),
        ("1.99", "The smallest trade is 2 USDT"),
        ("10000.000001", "The largest trade is 10,000 USDT"),
        ("9" * 4096, "more than anybody"),
        ("100 BTC", "not an amount"),
        ("<b>5</b>", "not an amount"),
        ("😀", "not an amount"),
    ],
)
async def test_an_amount_that_is_none_is_refused_with_the_reason(
    database: Database, talking: Talking, typed: str, why: str
) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    await ana.say("@ben")
    await ana.say("USDT")
    assert why in sent(await ana.say(typed))
    assert "what do you buy" in sent(await ana.say("1,250.50 USDT"))


@pytest.mark.parametrize("code", ["BTC", "ETH", "NGN"])
async def test_the_limits_that_are_shown_are_the_limits(database: Database, talking: Talking, code: str) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    await ana.say("@ben")
    text = sent(await ana.press(code))
    for bound in ("Smallest", "Largest"):
        shown = next(line for line in text.splitlines() if line.startswith(bound)).split(": ")[1].split(" (")[0]
        await drafted(ana, "@ben", code, shown, "A bicycle", "48", "buyer")
        assert "Your trade is created" in sent(await ana.press("Confirm")), shown


@pytest.mark.parametrize(
    "text", ["<b>&amp;</b> 'quoted' \"twice\"", "مرحبا 100 USDT", "\u202eTDSU 001", "😀" * 1000, "&" * 1000]
)
async def test_a_description_is_shown_as_it_was_typed(database: Database, talking: Talking, text: str) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana, "@ben", "USDT", "100", text, "48", "buyer")
    assert text in sent(ana.screen)
    await ana.press("Confirm")
    assert text in sent(ana.screen)
    assert text in sent(await talking(BEN).open("trade", str((await page(database)).id)))
    assert text[1:10] in sent(await ana.open("trades"))


async def test_a_description_of_4096_characters_or_a_photo_is_refused(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    for answer in ("@ben", "USDT", "100"):
        await ana.say(answer)
    assert "has 4096 characters. It may have 1 to 1000" in sent(await ana.say("x" * 4096))
    assert "Please type a text" in sent(await ana.send_photo())
    assert "how long may the delivery take" in sent(await ana.say("x" * 1000))


@pytest.mark.parametrize(("typed", "hours"), [("1", 1), ("36 h", 36), ("36 hours", 36), ("7 days", 168), ("2D", 48)])
async def test_a_delivery_time_is_understood(database: Database, talking: Talking, typed: str, hours: int) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana, "@ben", "USDT", "100", "A bicycle", typed, "buyer")
    await ana.press("Confirm")
    assert (await page(database)).delivery_hours == hours


@pytest.mark.parametrize("typed", ["0", "169", "8 days", "-1", "1.5", "1e2", "٣", "soon", "", "9" * 4096, "\u0661"])
async def test_a_delivery_time_that_is_none_is_refused_with_the_bounds(
    database: Database, talking: Talking, typed: str
) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    for answer in ("@ben", "USDT", "100", "A bicycle"):
        await ana.say(answer)
    assert "a number of hours from 1 to 168" in sent(await ana.say(typed))


async def test_photos_and_other_buttons_answer_no_question(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    for answer in ("@ben", "USDT", "100", "A bicycle", "48", "buyer"):
        assert "⚠️" in sent(await ana.send_photo())
        assert "⚠️" in sent(await ana.reply(Pressed("?")))
        await ana.say(answer)
    assert "⚠️" in sent(await ana.say("confirm"))  # which numbers they agree to is in the button only
    assert "⚠️" in sent(await ana.send_photo())
