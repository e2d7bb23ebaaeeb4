"""A payment that came too late for its trade, and Cleo of the staff who decides about it."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas import admin, menu, trades
from lockbay.areas.admin.records import (
    SaveStaff,
)
from lockbay.areas.deposits.records import ApplyPayment, FillPayin, Payin, RequestPayin
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.trades.records import CancelTrade, TradeState
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, offered, onboarded, set_rates
from tests.areas.trading import BOT
from tests.clock import MovedClock
from tests.talk import Talk

ENGLISH = words("en", "UTC")
STAFF = CLEO
PLAN = Plan(together(trades.flows(BOT), menu.FLOWS, admin.flows(menu.FLOWS["menu"])), admin.COMMANDS, "menu", gate)


@pytest.fixture
async def staff(database: Database, clock: MovedClock) -> Talk:
    """Cleo, who runs LockBay, where Ana's payment of 40 USDT came after she had cancelled her trade with Ben."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, BEN, "Ben", "ben")
    await onboarded(database, STAFF, "Cleo", "cleo")
    await database.run(SaveStaff([STAFF]))
    trade = await offered(database, ANA, "username", "@ben")
    payin = await place(database, trade)
    await done(database, CancelTrade(ANA, trade.id))
    await done(database, paid(payin, "40"))
    return Talk(PLAN, database, clock, STAFF)


async def done(database: Database, operation: Operation[object]) -> object:
    answer = await database.perform(operation, fresh_key())
    assert not isinstance(answer, Refused), answer
    return answer


async def place(database: Database, trade: TradeState) -> Payin:
    wanted = await done(database, RequestPayin(ANA, trade.id, "USDT", "TRC20", None))
    assert isinstance(wanted, Payin)
    made = FillPayin(ANA, wanted.id, "blockbee", f"address {wanted.id}", None, "", Decimal(0))
    filled = await done(database, made)
    assert isinstance(filled, Payin)
    return filled


def paid(payin: Payin, amount: str, currency: str = "USDT", event: str = "") -> ApplyPayment:
    return ApplyPayment(
        "blockbee", event or fresh_key(), True, payin.reference, payin.nonce, payin.address, currency, "TRC20",
        Decimal(amount), "tx<1>", b"{}", "",
    )  # fmt: skip


async def notices(database: Database, user_id: int) -> list[tuple[str, Screen]]:
    """What a person was told by the staff or for it, in order."""
    found = await database.pool.fetch(
        "notices", "SELECT kind, data::text FROM outbox WHERE user_id = $1 ORDER BY id", (user_id,), reads=True
    )
    known = [(row["kind"], admin.NOTICES[row["kind"]], row["data"]) for row in found if row["kind"] in admin.NOTICES]
    return [(kind, told.draw(ENGLISH, rows.structurer(told.record)(orjson.loads(data)))) for kind, told, data in known]
