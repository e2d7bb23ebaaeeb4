"""The ways to pay a trade: which are offered, to whom, and what is forged of them; on the real database, killed and
replayed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed
from lockbay.areas.trades.payment import Place, TradePayment
from lockbay.areas.trades.records import PayTrade
from lockbay.areas.trades.views import Part
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from tests.areas.paying import money, partly
from tests.areas.paying import talking as talking
from tests.areas.paying import till as till
from tests.areas.people import ANA, BEN, CLEO, do, fund, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.till import Till
from tests.areas.trading import invited, market
from tests.clock import START
from tests.talk import Talking

LATER = START + timedelta(hours=1)


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
