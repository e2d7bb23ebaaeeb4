"""The staff’s desk for cash-outs: what lies on it, and what they hear of it."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas import admin, menu
from lockbay.areas.admin.cashout_records import CashoutCase
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout, Told
from lockbay.areas.terms import Terms
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, CLEO, fresh_key, fund, onboarded
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.talk import Talk

ENGLISH = words("en", "UTC")
PLAN = Plan(together(menu.FLOWS, admin.flows(menu.FLOWS["menu"])), admin.COMMANDS, "menu", gate)
TERMS = Terms(cashout_approval_usd=Decimal(100), cashout_unverified_daily_usd=Decimal(0), cashout_daily_count=0)


@pytest.fixture
async def staff(database: Database, clock: MovedClock) -> Talk:
    """Cleo, who runs LockBay as Ben does, where Ana has 1 000 USDT."""
    await World(database).prepare(TERMS)
    for user_id, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        await onboarded(database, user_id, name, name.lower())
    await fund(database, ANA, "1000")
    await database.run(SaveStaff([CLEO, BEN]))
    return Talk(PLAN, database, clock, CLEO)


async def requested(database: Database, amount: str = "200", address: str = "T-somewhere") -> Cashout:
    whole = Decimal(amount)
    wanted = RequestCashout(ANA, "USDT", "TRC20", whole, whole - 1, address, "", "", "", "", None)
    made = await database.perform(wanted, fresh_key())
    assert isinstance(made, Cashout), made
    return made


async def settled(database: Database, cashout: Cashout, told: Told, txid: str | None = None) -> Cashout:
    event = SettleCashout(cashout.reference, "blockbee", told, None, txid, None, b"{}", "{}")
    answer = await database.perform(event, fresh_key())
    assert isinstance(answer, Cashout), answer
    return answer


async def under_way(database: Database, told: Told) -> Cashout:
    """A small one that went to its provider, which said so."""
    cashout = await requested(database, "50")
    assert isinstance(await database.perform(SendCashout(cashout.id, "blockbee"), fresh_key()), Cashout)
    return await settled(database, cashout, told)


async def state(database: Database, cashout: Cashout) -> tuple[str, str | None]:
    page = await database.read(CashoutCase, CLEO, cashout.id)
    assert page is not None
    return page.state, page.txid


async def told_to(database: Database, user_id: int) -> list[tuple[str, Screen]]:
    found = await database.pool.fetch(
        "notices", "SELECT kind, data::text FROM outbox WHERE user_id = $1 ORDER BY id", (user_id,), reads=True
    )
    known = [(row["kind"], admin.NOTICES[row["kind"]], row["data"]) for row in found if row["kind"] in admin.NOTICES]
    return [(kind, news.draw(ENGLISH, rows.structurer(news.record)(orjson.loads(data)))) for kind, news, data in known]
