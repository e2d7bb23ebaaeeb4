"""People in the middle of a trade, through the flows that they use."""

from __future__ import annotations

from decimal import Decimal

import orjson

from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas import menu, trades
from lockbay.areas.balances import Wallet
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.trades.views import TradeList, TradePage
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.wallclock import WallClock
from tests.areas.people import ANA, BEN, fund, offered, onboarded, set_rates
from tests.talk import LostTurn, Talk

BOT = "lockbay_bot"
PLAN = Plan(together(trades.flows(BOT), menu.FLOWS), trades.COMMANDS, "menu", gate)
NEW = ("@ben", "USDT", "100", "A bicycle", "48", "buyer")


async def market(database: Database, funds: str = "500") -> None:
    """Ana, who has money, and Ben, who sells."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, BEN, "Ben", "ben")
    await fund(database, ANA, funds)


async def drafted(talk: Talk, *answers: str) -> Screen:
    """Answers the questions about a new trade, up to the review."""
    await talk.open("new_trade")
    for answer in answers or NEW:
        await talk.say(answer)
    return talk.screen


async def invited(database: Database) -> str:
    """The id of a trade over 100 USDT with Ben, that Ana has not paid."""
    return str((await offered(database, ANA, "username", "@ben")).id)


async def confirm(talk: Talk, flow: str, trade_id: str) -> Screen:
    """Makes a move: its question, and yes."""
    await talk.open(flow, trade_id)
    return await talk.press("Confirm")


def lost_turn(database: Database, clock: WallClock, user_id: int, flow: str, *args: str) -> LostTurn:
    """Somebody's last reply to a flow, which comes twice."""
    return LostTurn(PLAN, database, clock, user_id, flow, *args)


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
