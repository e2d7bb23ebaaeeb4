"""Money on its way out, and two of the staff who decide about it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.areas.admin.cashout_records import DecideCashout, Move
from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.payout import Cashout
from lockbay.clock.lines import Lines
from lockbay.postgres.bridge import Connection
from tests.ledger.test_cashout_limits import FREE
from tests.ledger.world import World


def request(user: int, amount: str | None = "10", net: str = "9", typed: str | None = None) -> RequestCashout:
    whole = Decimal(amount) if amount else None
    return RequestCashout(user, "USDT", "TRC20", whole, Decimal(net), "T-somewhere", "", "", "", "", typed)


def decide(staff: int, cashout: Cashout, decision: Move, txid: str = "", note: str = "") -> DecideCashout:
    return DecideCashout(staff, cashout.id, cashout.state, decision, txid, note)


@pytest.fixture
async def user(world: World, raw: Connection) -> int:
    await world.database.run(FREE)
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true), (78, 'owner', true)")
    return await world.person(100)


async def to_send(world: World) -> list[int]:
    due = Lines([]).due()
    assert due
    return [each.id for each in (await world.database.run(due)).to_send]
