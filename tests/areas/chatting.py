"""Ana and Ben, who write to each other about a trade."""

from __future__ import annotations

import orjson
import pytest

from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas import trades
from lockbay.areas.trades.chat_records import ChatPage, SayMessage, Told
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from tests.areas.people import fresh_key
from tests.areas.trading import invited, market

EN = words("en", "UTC")


@pytest.fixture
async def trade_id(database: Database) -> str:
    """A trade of Ana, who buys, with Ben."""
    await market(database)
    return await invited(database)


async def told(database: Database, user_id: int) -> list[Screen]:
    """What somebody is told of messages, in order."""
    found = await database.pool.fetch(
        "told",
        "SELECT data::text FROM outbox WHERE user_id = $1 AND kind = 'chat_message' ORDER BY id",
        (user_id,),
        reads=True,
    )
    notice = trades.CHAT_NOTICES["chat_message"]
    return [notice.draw(EN, rows.structurer(notice.record)(orjson.loads(str(row["data"])))) for row in found]


async def say(database: Database, user_id: int, trade_id: str, *texts: str) -> None:
    for text in texts:
        said = await database.perform(SayMessage(user_id, int(trade_id), "text", text, ""), fresh_key())
        assert isinstance(said, Told), said


async def chat_of(database: Database, user_id: int, trade_id: str) -> ChatPage:
    page = await database.read(ChatPage, user_id, int(trade_id), 0)
    assert page is not None
    return page
