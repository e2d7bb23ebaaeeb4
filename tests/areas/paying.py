"""Who pays a trade, in every way: through the flows, and from outside."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from lockbay.actors.errand import Runner
from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Copy, Screen
from lockbay.actors.words import words
from lockbay.areas import deposits, history, menu, trades, wallet
from lockbay.areas.balances import Wallet
from lockbay.areas.deposits.records import Applied, ApplyPayment, RequestPayin
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.areas.trades.views import TradePage
from lockbay.money import CURRENCIES
from lockbay.payments.payins import open_payin
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from tests.areas.people import ANA, fresh_key
from tests.areas.till import Till
from tests.areas.trading import BOT, invited, market
from tests.clock import MovedClock
from tests.ledger.world import payment
from tests.talk import Talk, Talking

EN = words("en", "UTC")
FLOWS = together(trades.flows(BOT), deposits.FLOWS, wallet.FLOWS, history.FLOWS, menu.FLOWS)
PLAN = Plan(FLOWS, trades.COMMANDS, "menu", gate)
NOTICES = {**trades.notices(BOT), **deposits.NOTICES}


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


async def partly(database: Database, talking: Talking, code: str = "USDT", amount: str = "50") -> tuple[Talk, str]:
    """Ana has paid a part of a trade, and sees its page."""
    await market(database, "1")
    trade, ana = await invited(database), talking(ANA)
    network = CURRENCIES[code].networks[0]
    await ana.open("pay_coin", trade, code, network)
    assert (await arrives(database, payment(await place(database, trade, code, network), amount))).outcome == "part"
    await ana.open("trade", trade)
    return ana, trade
