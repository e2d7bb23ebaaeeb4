"""Paying a trade in every way, on the real database, killed and replayed at every answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Protocol

import orjson
import pytest
from attrs import evolve

from lockbay.actors.errand import Runner
from lockbay.actors.parse import Pressed
from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Answer, Copy, Screen, Url
from lockbay.actors.words import Words, words
from lockbay.areas import deposits, history, menu, trades, wallet
from lockbay.areas.balances import Wallet
from lockbay.areas.deposits.records import Applied, ApplyPayment, RequestPayin
from lockbay.areas.networks import NETWORKS
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.areas.terms import Terms
from lockbay.areas.trades import payment_refusals, payment_screens
from lockbay.areas.trades.payment import Place, Purse, TradePayment
from lockbay.areas.trades.payment_news import PaymentNews
from lockbay.areas.trades.records import CancelTrade, PayTrade
from lockbay.areas.trades.views import Part, TradePage
from lockbay.areas.wallet.screens import row
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES
from lockbay.payments.payins import open_payin
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, CLEO, do, fresh_key, fund, offered, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.till import Till
from tests.areas.trading import BOT, invited, lost_turn, market
from tests.clock import START, MovedClock
from tests.ledger.world import payment
from tests.talk import Talk, Talking

EN = words("en", "UTC")
FLOWS = together(trades.flows(BOT), deposits.FLOWS, wallet.FLOWS, history.FLOWS, menu.FLOWS)
PLAN = Plan(FLOWS, trades.COMMANDS, "menu", gate)
NOTICES = {**trades.notices(BOT), **deposits.NOTICES}
LATER = START + timedelta(hours=1)
MOST = Decimal("9999.123456789012345678")
LONG = "x" * 120

PAYMENT = TradePayment(
    id=2**62, slug="T-7K3Q9X", currency="ETH", total=MOST, missing=MOST, deadline=LATER,
    seller_gets=MOST, reduced=MOST, parts=tuple(Part(code, MOST, MOST, LATER) for code in CURRENCIES),
    purses=tuple(Purse(code, MOST, MOST) for code in ("ETH", *(set(CURRENCIES) - {"ETH"}))), places=(),
    may=("pay", "reduce", "cancel"),
)  # fmt: skip
PLACE = Payin(
    id=1, user_id=ANA, trade_id=2**62, currency="ETH", network="ETH", reference="r", nonce="n", amount=MOST, usd=None,
    provider="p", address=LONG, link=None, external_id="", minimum=MOST + 1, created_at=START, valid_until=LATER,
    payer="Ana", email=None, price_until=LATER,
)  # fmt: skip


class Draw(Protocol):
    def __call__(self, words: Words, payment: TradePayment, where: Payin, *, now: datetime) -> Screen: ...


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
def talking(database: Database, clock: MovedClock, till: Till) -> Talking:
    errands: dict[type, Runner] = {OpenPayin: open_payin([till], database)}
    return lambda user_id: Talk(PLAN, database, clock, user_id, errands)


async def place(database: Database, trade: str | None, code: str, network: str) -> Payin:
    """The place to pay in that the person has been shown."""
    wanted = RequestPayin(ANA, int(trade) if trade else None, code, network, None)
    payin = await database.perform(wanted, fresh_key())
    assert isinstance(payin, Payin)
    assert payin.provider is not None
    return payin


async def arrives(database: Database, told: ApplyPayment) -> Applied:
    applied = await database.perform(told, told.request_key)
    assert isinstance(applied, Applied)
    return applied


async def notice(database: Database, user_id: int = ANA) -> tuple[str, Screen]:
    """The kind of what somebody was told last, and what it looks like."""
    [row] = await database.pool.fetch(
        "notice",
        "SELECT kind, data::text FROM outbox WHERE user_id = $1 ORDER BY id DESC LIMIT 1",
        (user_id,),
        reads=True,
    )
    told = NOTICES[row["kind"]]
    return row["kind"], told.draw(EN, rows.structurer(told.record)(orjson.loads(row["data"])))


async def money(database: Database, user_id: int = ANA, code: str = "USDT") -> tuple[Decimal, Decimal]:
    """What somebody has, available and held."""
    view = await database.read(Wallet, user_id)
    assert view is not None
    return next((each.available, each.held) for each in view.balances if each.currency == code)


async def state(database: Database, trade: str) -> str:
    page = await database.read(TradePage, ANA, int(trade))
    assert page is not None
    return page.state


def copied(screen: Screen) -> list[str]:
    return [button.text for row in screen.rows for button in row if isinstance(button, Copy)]


def value(screen: Screen) -> str:
    """What the button that confirms says."""
    return next(button.value for row in screen.rows for button in row if isinstance(button, Answer))


async def test_only_ways_that_would_work_are_offered(database: Database, talking: Talking) -> None:
    await market(database, "104.999999")
    trade = await invited(database)
    ana = talking(ANA)
    shown = sent(await ana.open("pay", trade))
    assert "Price: 105 USDT" in shown
    assert "Pay until: 22 Nov, 13:00 UTC (in 60 minutes)" in shown
    assert "In your wallet: 104.999999 USDT" in shown
    assert leads_to(ana.screen) == {"pay_coin", "pay_bank", "trade", "menu"}
    await fund(database, ANA, "0.000001")
    await fund(database, ANA, "0.1", "BTC")
    await fund(database, ANA, "0.00001", "ETH")
    await ana.open("pay", trade)
    assert labels(ana.screen)[:2] == ["👛 From your wallet", "From your BTC balance (0.00119048 BTC)"]
    assert "ETH" not in "".join(labels(ana.screen))


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


async def partly(database: Database, talking: Talking, code: str = "USDT", amount: str = "50") -> tuple[Talk, str]:
    """Ana has paid a part of a trade, and sees its page."""
    await market(database, "1")
    trade, ana = await invited(database), talking(ANA)
    network = CURRENCIES[code].networks[0]
    await ana.open("pay_coin", trade, code, network)
    assert (await arrives(database, payment(await place(database, trade, code, network), amount))).outcome == "part"
    await ana.open("trade", trade)
    return ana, trade


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


@pytest.mark.parametrize("flow", ["pay", "pay_wallet", "pay_coin", "pay_bank", "reduce"])
async def test_strangers_and_sellers_pay_nothing(database: Database, talking: Talking, till: Till, flow: str) -> None:
    await market(database)
    trade = await invited(database)
    await onboarded(database, CLEO, "Cleo", "cleo")
    for person in (BEN, CLEO):
        assert "There is no such trade of yours" in sent(await talking(person).open(flow, trade))
    assert till.opened == 0


@pytest.mark.parametrize("flow", ["pay", "pay_wallet", "pay_coin", "pay_bank", "reduce"])
async def test_a_trade_that_is_paid_is_not_paid_again(
    database: Database, talking: Talking, till: Till, flow: str
) -> None:
    await market(database)
    trade = await invited(database)
    await do(database, PayTrade(ANA, int(trade), Decimal(105)))
    ana = talking(ANA)
    assert sent(await ana.open(flow, trade)).startswith("⚠️ This trade is paid")
    assert {"propose_cancel", "trades", "menu"} <= leads_to(ana.screen)
    assert till.opened == 0


@pytest.mark.parametrize(
    ("flow", "args"),
    [
        ("pay_coin", ("NGN",)), ("pay_coin", ("NGN", "BANK")), ("pay_coin", ("XXX",)), ("pay_coin", ("BTC", "TRC20")),
        ("pay_balance", ("XXX",)), ("pay_balance", ("btc",)),
    ],
)  # fmt: skip
async def test_forged_coins_are_refused(
    database: Database, talking: Talking, till: Till, flow: str, args: tuple[str, ...]
) -> None:
    await market(database)
    trade = await invited(database)
    with pytest.raises(Invalid):
        await talking(ANA).open(flow, trade, *args)
    assert till.opened == 0


@pytest.mark.parametrize("amount", ["", "x", "-105", "1e3", "105.", "٣", "105 USDT", "1" * 16])
async def test_a_forged_amount_pays_nothing(database: Database, talking: Talking, amount: str) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("pay_wallet", await invited(database))
    assert "Please press one of the buttons" in sent(await ana.reply(Pressed(amount)))
    assert "Please press one of the buttons" in sent(await ana.say("105"))
    assert await money(database) == (500, 0)


async def test_the_payment_is_read_in_one_statement_with_every_way(database: Database, talking: Talking) -> None:
    _, trade = await partly(database, talking, "BTC", "0.0005")
    view = await database.read(TradePayment, ANA, int(trade))
    assert view is not None
    assert (view.total, view.missing, view.arrived) == (105, Decimal("60.9"), Decimal("44.1"))
    assert view.parts == (Part("BTC", Decimal("0.0005"), Decimal("44.1"), LATER),)
    assert [purse.currency for purse in view.purses] == ["USDT", "BTC", "ETH", "LTC", "DOGE", "TRX", "NGN"]
    assert view.places == (Place("BTC", "BTC", Decimal("0.00069048")),)
    assert view.may == ("pay", "reduce", "cancel")
    assert view.cost("DOGE") is None
    assert await database.read(TradePayment, BEN, int(trade)) is None


@pytest.mark.parametrize("draw", [payment_screens.bank_page, partial(payment_screens.address, network=NETWORKS["ETH"])])
def test_a_place_whose_price_is_over_says_so(draw: Draw) -> None:
    place = evolve(PLACE, link="https://pay.example/1")
    over = "The price is not locked any more: what comes counts at the price of then, if that is lower."
    for price_until, is_over in ((LATER, False), (START, True), (None, False)):
        shown = sent(draw(EN, PAYMENT, evolve(place, price_until=price_until), now=START))
        assert (over in shown) is is_over
        assert ("This price stands until" in shown) is (price_until == LATER)


def test_until_when_what_has_arrived_keeps_its_price_is_said_wherever_the_rest_is_asked_for() -> None:
    """Of several parts, what ends first; what came in the trade's own currency has no price."""
    place = evolve(PLACE, link="https://pay.example/1")
    parts = (
        Part("ETH", MOST, MOST),
        Part("BTC", MOST, MOST, LATER),
        Part("LTC", MOST, MOST, START + timedelta(hours=2)),
    )
    for now, said in (
        (START, "What has arrived in another coin keeps its price until 22 Nov, 13:00 UTC; after that it counts"),
        (LATER, "The price of what has arrived in another coin is not locked any more"),
    ):
        payment = evolve(PAYMENT, parts=parts)
        for screen in (
            payment_screens.ways(EN, payment, now),
            payment_screens.address(EN, payment, PLACE, NETWORKS["ETH"], now),
            payment_screens.bank_page(EN, payment, place, now),
        ):
            assert said in sent(screen)
    assert "in another coin" not in sent(payment_screens.ways(EN, evolve(PAYMENT, parts=parts[:1]), START))


def test_the_longest_screens_can_be_sent() -> None:
    network = NETWORKS["ETH"]
    for screen in (
        payment_screens.ways(EN, PAYMENT, START),
        payment_screens.from_wallet(EN, PAYMENT),
        payment_screens.choose_coin(EN, PAYMENT),
        payment_screens.choose_network(EN, PAYMENT, CURRENCIES["USDT"]),
        payment_screens.address(EN, PAYMENT, PLACE, network, START),
        payment_screens.address(EN, PAYMENT, evolve(PLACE, minimum=Decimal(1)), network, START),
        payment_screens.bank_page(EN, PAYMENT, evolve(PLACE, link="https://pay.example/1"), START),
        payment_screens.going_on(EN, PAYMENT),
    ):
        assert "T-7K3Q9X" in sent(screen)
        assert "menu" in leads_to(screen)


@pytest.mark.parametrize("kind", ["payment_seen", "payment_part", "payment_done", "payment_extra"])
@pytest.mark.parametrize("credited", [Decimal(0), MOST])
def test_every_notice_can_be_sent(kind: str, credited: Decimal) -> None:
    news = PaymentNews(
        2**62, "T-7K3Q9X", "underpaid", "ETH", MOST, MOST, LATER, "ETH", "ETH", MOST + 1, credited, LONG * 9
    )
    screen = NOTICES[kind].draw(EN, news)
    assert "T-7K3Q9X" in sent(screen).splitlines()[0]
    assert ("wallet" in leads_to(screen)) == bool(credited)
    assert {"trade", "menu"} <= leads_to(screen)


def test_a_part_that_arrives_says_until_when_it_keeps_its_price() -> None:
    news = PaymentNews(
        17,
        "T-7K3Q9X",
        "underpaid",
        "USDT",
        Decimal(105),
        Decimal(5),
        LATER,
        "BTC",
        "BTC",
        MOST,
        Decimal(0),
        "tx",
        LATER,
    )
    assert "keeps its price until 22 Nov, 13:00 UTC" in sent(NOTICES["payment_part"].draw(EN, news))
    assert "keeps its price" not in sent(NOTICES["payment_part"].draw(EN, evolve(news, price_until=None)))


@pytest.mark.parametrize(
    ("credited", "says"),
    [
        ("20", "all of it is in your wallet now."),
        ("15", "15 USDT of it was more than needed"),
        ("0", "made up for now."),
    ],
)
def test_what_comes_for_a_paid_trade_is_told_to_the_last_unit(credited: str, says: str) -> None:
    news = PaymentNews(
        17, "T-7K3Q9X", "paid", "USDT", Decimal(105), Decimal(0), LATER, "USDT", "TRC20",
        Decimal(20), Decimal(credited), "tx",
    )  # fmt: skip
    shown = NOTICES["payment_extra"].draw(EN, news)
    assert "20 USDT more came for trade T-7K3Q9X" in sent(shown)
    assert says in sent(shown)
    assert ("wallet" in leads_to(shown)) == (credited != "0")


REASONS: Mapping[str, Mapping[str, str]] = {
    "no_rate": {"currency": "BTC"},
    "insufficient": {"currency": "BTC", "missing": "0.1"},
    "terms_changed": {"total": "5"},
    "parts_position": {"currency": "USDT", "left": "1"},
    **{reason: {} for reason in (
        "quote_expired", "too_little", "bad_amount", "provider_away", "unknown_currency", "taken", "unknown_payin",
        "wrong_state", "too_late", "not_yours", "unknown_trade", "eclipse",
    )},
}  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("has_details", [True, False])
def test_every_refusal_says_that_no_money_moved(reason: str, has_details: bool) -> None:
    said = payment_refusals.sentence(EN, Refused(reason, REASONS[reason] if has_details else {}))
    assert any(
        assurance in said
        for assurance in ("money moved", "money has moved", "othing was paid", "othing was charged", "othing was done")
    )
