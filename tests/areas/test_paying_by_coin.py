"""Paying a trade from outside, by a coin or by bank: the place, what arrives there, and who hears of it; on the real
database, killed and replayed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lockbay.actors.screen import Url
from lockbay.actors.words import words
from lockbay.postgres.database import Database
from tests.areas.paying import arrives, copied, money, notice, place
from tests.areas.paying import talking as talking
from tests.areas.paying import till as till
from tests.areas.people import ANA, offered
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.till import Till
from tests.areas.trading import invited, market
from tests.clock import MovedClock
from tests.ledger.world import payment
from tests.talk import Talking

EN = words("en", "UTC")


async def test_a_coin_is_sent_to_an_address_with_picture_exact_amount_and_time(
    database: Database, talking: Talking, till: Till
) -> None:
    await market(database, "1")
    trade = await invited(database)
    ana = talking(ANA)
    await ana.open("pay", trade)
    assert "105 USDT" in labels(await ana.press("With a coin"))
    assert labels(await ana.press("USDT"))[:2] == ["Tron (TRC20)", "Ethereum (ERC20)"]
    screen = await ana.press("Tron")
    shown = sent(screen)
    payin = await place(database, trade, "USDT", "TRC20")
    assert payin.address is not None
    assert copied(screen) == [payin.address, "105"]
    assert screen.photo is not None
    for line in (
        payin.address, "Send exactly: 105 USDT", "Network: Tron (TRC20)",
        "Pay until: 22 Nov, 13:00 UTC (in 60 minutes)", "Arrives after: 1 confirmation",
        "Send only USDT, only over Tron (TRC20).", "when it is confirmed",
    ):  # fmt: skip
        assert line in shown
    assert leads_to(screen) == {"pay_coin", "trade", "menu"}
    assert await ana.open("pay_coin", trade, "USDT", "TRC20") == screen
    assert till.opened == 1
    assert (await arrives(database, payment(payin, "105"))).outcome == "paid"


async def test_what_is_shown_in_a_coin_is_what_the_address_takes(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database, "1")
    trade = await invited(database)
    ana = talking(ANA)
    await ana.open("pay_coin", trade)
    assert "0.00119048 BTC" in labels(ana.screen)
    screen = await ana.press("BTC")
    amount = Decimal(copied(screen)[1])
    assert "Arrives after: 2 confirmations" in sent(screen)
    assert "This price stands until 22 Nov, 13:00 UTC; what is first seen later, or is confirmed hours" in sent(screen)
    clock.advance(timedelta(minutes=30))  # old rates: the price of the place stays
    assert "0.00119048 BTC" in labels(await ana.open("pay_coin", trade))
    assert (await arrives(database, payment(await place(database, trade, "BTC", "BTC"), amount))).outcome == "paid"


async def test_more_than_the_minimum_is_asked_for_and_the_rest_comes_to_the_wallet(
    database: Database, talking: Talking, till: Till
) -> None:
    await market(database, "1")
    till.minimum = Decimal(150)
    trade = await invited(database)
    ana = talking(ANA)
    screen = await ana.open("pay_coin", trade, "USDT", "TRC20")
    assert "Send at least: 150 USDT" in sent(screen)
    assert "Only 105 USDT is missing" in sent(screen)
    assert "what is over comes to your wallet" in sent(screen)
    assert "refunded" not in sent(screen)
    assert copied(screen)[1] == "150"
    await arrives(database, payment(await place(database, trade, "USDT", "TRC20"), "150"))
    kind, told = await notice(database)
    assert kind == "payment_done"
    assert "45 USDT was more than needed: it is in your wallet." in sent(told)
    assert "wallet" in leads_to(told)
    assert await money(database) == (46, 105)
    assert "+45 USDT\nMore than needed for T-" in sent(await ana.open("history"))


async def test_a_seller_who_is_not_here_is_not_said_to_have_been_told(database: Database, talking: Talking) -> None:
    """The buyer waited for somebody who had never heard of the trade."""
    await market(database, "1")
    trade = str((await offered(database, ANA)).id)
    ana = talking(ANA)
    assert "Send the seller the invitation" in sent(await ana.open("trade", trade))
    await ana.open("pay_coin", trade, "USDT", "TRC20")
    await arrives(database, payment(await place(database, trade, "USDT", "TRC20"), "105"))
    kind, told = await notice(database)
    assert kind == "payment_done"
    assert "the seller is told" not in sent(told)
    assert "Send the seller the invitation" in sent(told)


async def test_a_bank_transfer_has_a_page_and_an_amount(database: Database, talking: Talking) -> None:
    await market(database, "1")
    trade = await invited(database)
    ana = talking(ANA)
    await ana.open("pay", trade)
    screen = await ana.press("bank transfer")
    payin = await place(database, trade, "NGN", "BANK")
    assert payin.amount is not None
    assert f"Transfer exactly: {EN.amount(payin.amount, 'NGN')}" in sent(screen)
    assert "For: 105 USDT" in sent(screen)
    assert "Should the trade be refunded, you get USDT back." in sent(screen)
    assert [b.url for row in screen.rows for b in row if isinstance(b, Url)] == [payin.link]
    assert (await arrives(database, payment(payin, payin.amount))).outcome == "paid"
    assert "is paid" in sent((await notice(database))[1])


async def test_a_provider_that_is_away_is_told_and_tried_again(
    database: Database, talking: Talking, till: Till
) -> None:
    await market(database, "1")
    till.is_away = True
    trade = await invited(database)
    ana = talking(ANA)
    for flow in (("pay_coin", trade, "BTC", "BTC"), ("pay_bank", trade)):
        till.is_away = True
        shown = sent(await ana.open(*flow))
        assert "does not answer just now" in shown
        assert "No money has moved" in shown
        assert {"pay", "menu"} <= leads_to(ana.screen)
        till.is_away = False
        assert "Pay until" in sent(await ana.press("Try again"))


async def test_what_is_seen_once_the_trade_is_paid_is_not_said_to_count_for_it(
    database: Database, talking: Talking
) -> None:
    await market(database, "1000")
    trade = await invited(database)
    ana = talking(ANA)
    await ana.open("pay_coin", trade, "USDT", "TRC20")
    payin = await place(database, trade, "USDT", "TRC20")
    await arrives(database, payment(payin, "50", confirmed=False))
    assert "It counts as soon as" in sent((await notice(database))[1])
    await arrives(database, payment(payin, "105"))
    await arrives(database, payment(payin, "60", confirmed=False))
    kind, told = await notice(database)
    assert kind == "payment_seen"
    assert "It counts" not in sent(told)
    assert "paid already: what it does not need is in your wallet as soon as" in sent(told)
