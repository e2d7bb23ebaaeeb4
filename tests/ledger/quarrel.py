"""What has become of a disputed trade, and who was told."""

from __future__ import annotations

from lockbay.areas.trades.records import TradeState
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.bridge import Connection
from tests.ledger.world import World


async def state(world: World, person: int, trade: TradeState) -> str:
    page = await world.database.read(TradePage, person, trade.id)
    assert page is not None
    return page.state


async def told(raw: Connection, kind: str) -> list[int]:
    rows = await raw.fetch("SELECT user_id FROM outbox WHERE kind = $1 ORDER BY id", kind)
    return [row["user_id"] for row in rows]
