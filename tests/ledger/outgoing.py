"""Money that goes out: somebody who has some, what they ask for, and what is told of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.payout import Cashout, SettleCashout, Told
from tests.ledger.world import World


def request(user: int, amount: str | None = "10", net: str = "9", address: str = "T-somewhere") -> RequestCashout:
    whole = Decimal(amount) if amount else None
    return RequestCashout(user, "USDT", "TRC20", whole, Decimal(net), address, "", "", "", "", None)


def settle(cashout: Cashout, outcome: Told, txid: str | None = None, provider: str = "blockbee") -> SettleCashout:
    return SettleCashout(cashout.reference, provider, outcome, None, txid, None, b"{}", "{}")


@pytest.fixture
async def user(world: World) -> int:
    return await world.person(100)
