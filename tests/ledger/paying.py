"""A trade over 100 USDT that waits to be paid, and what became of payments for it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.areas.trades.records import (
    TradeState,
)
from lockbay.postgres.bridge import Connection
from tests.ledger.world import World

TOTAL = Decimal(105)


@pytest.fixture
async def people(world: World) -> tuple[int, int]:
    return await world.person(), await world.person()


@pytest.fixture
async def trade(world: World, people: tuple[int, int]) -> TradeState:
    """100 USDT and a fee of 5, paid by the buyer."""
    return await world.trade(*people)


async def state(raw: Connection, trade: TradeState) -> str:
    [row] = await raw.fetch(f"SELECT state FROM trades WHERE id = {trade.id}")
    return str(row["state"])


async def told(raw: Connection, user: int) -> list[str]:
    return [row["kind"] for row in await raw.fetch(f"SELECT kind FROM outbox WHERE user_id = {user} ORDER BY id")]


async def waiting(raw: Connection) -> list[tuple[str, Decimal]]:
    return [
        (row["reason"], row["amount"]) for row in await raw.fetch("SELECT reason, amount FROM unapplied ORDER BY id")
    ]
