"""What has become of a cash-out, and what was told of it."""

from __future__ import annotations

from lockbay.areas.payout import Cashout, State
from lockbay.postgres.bridge import Connection


async def state(raw: Connection, cashout: Cashout) -> State:
    [row] = await raw.fetch(f"SELECT state FROM cashouts WHERE id = {cashout.id}")
    found: State = row["state"]
    return found


async def alerts(raw: Connection, kind: str) -> int:
    return len(await raw.fetch(f"SELECT FROM outbox WHERE kind = '{kind}'"))
