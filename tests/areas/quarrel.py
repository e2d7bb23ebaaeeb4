"""What Ana bought from Ben and disputes, through the flows; Cleo decides."""

from __future__ import annotations

import orjson
import pytest

from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.update import Sent
from lockbay.actors.words import words
from lockbay.areas import admin, disputes, menu, trades
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.trades.records import AcceptTrade, DeliverTrade, PayTrade, TradeState
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation
from tests.areas.disputing import STORY
from tests.areas.people import ANA, BEN, CLEO, fresh_key, offered, onboarded
from tests.areas.trading import BOT, market
from tests.talk import Talk

EN = words("en", "UTC")
HOME = menu.FLOWS["menu"]
PLAN = Plan(
    together(trades.flows(BOT), menu.FLOWS, disputes.flows(HOME), admin.flows(HOME)), trades.COMMANDS, "menu", gate
)
NOTICES = {**disputes.NOTICES, **trades.CHAT_NOTICES}


@pytest.fixture
async def trade_id(database: Database) -> str:
    """What Ana bought from Ben is delivered; Cleo runs LockBay."""
    await market(database)
    await onboarded(database, CLEO, "Cleo", "cleo")
    await database.run(SaveStaff([CLEO]))
    trade = await offered(database, ANA, "username", "@ben")
    await done(database, PayTrade(ANA, trade.id, trade.buyer_pays))
    await done(database, AcceptTrade(BEN, trade.id))
    await done(database, DeliverTrade(BEN, trade.id))
    return str(trade.id)


async def done(database: Database, operation: Operation[TradeState]) -> None:
    assert isinstance(await database.perform(operation, fresh_key()), TradeState)


async def told(database: Database, user_id: int, kind: str) -> list[Screen]:
    found = await database.pool.fetch(
        "told",
        "SELECT data::text FROM outbox WHERE user_id = $1 AND kind = $2 ORDER BY id",
        (user_id, kind),
        reads=True,
    )
    notice = NOTICES[kind]
    return [notice.draw(EN, rows.structurer(notice.record)(orjson.loads(str(row["data"])))) for row in found]


async def disputed(talk: Talk, trade_id: str, *, reason: str = "as described", files: int = 0) -> Screen:
    await talk.open("trade", trade_id)
    await talk.press("Dispute")
    await talk.press(reason)
    await talk.say(STORY)
    for number in range(files):
        await talk.reply(Sent("photo", f"file-{number}", f"number {number}"))
    if files < 10:
        await talk.press("Done")
    return await talk.press("Confirm")
