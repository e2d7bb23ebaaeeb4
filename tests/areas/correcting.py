"""Two of the staff, who correct the books."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lockbay.areas.admin.correction_records import DecideCorrection, ProposeCorrection
from lockbay.areas.admin.people_records import SetRole
from lockbay.areas.payout import Cashout
from lockbay.audit import audit
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, onboarded, set_rates
from tests.clock import MovedClock

DAN = 10_000_000_004


async def proposed(database: Database, amount: str = "25", by: int = CLEO, person: int = ANA, why: str = "gift") -> int:
    made = await database.perform(ProposeCorrection(by, person, None, "USDT", Decimal(amount), why), fresh_key())
    assert isinstance(made, int), made
    return made


async def decided(
    database: Database, correction: int, amount: str = "25", by: int = BEN, *, approve: bool = True
) -> int | Refused:
    wanted = DecideCorrection(by, correction, Decimal(amount), approve, "" if approve else "no")
    return await database.perform(wanted, fresh_key())


async def long_of_finance(database: Database, clock: MovedClock, user_id: int, name: str) -> None:
    """Given by Cleo, long enough ago to be a second person."""
    await onboarded(database, user_id, name.title(), name)
    assert await database.perform(SetRole(CLEO, user_id, None, "finance", "x"), fresh_key()) == user_id
    clock.advance(timedelta(hours=24))
    await set_rates(database)


async def corrections_account(database: Database) -> Decimal:
    return next(total.corrections for total in (await audit(database)).totals if total.currency == "USDT")


async def event_ids(database: Database, cashout: Cashout, outcome: str = "done") -> list[int]:
    found = await database.pool.fetch(
        "events", "SELECT id FROM payout_events WHERE cashout_id = $1 AND outcome = $2 ORDER BY id",
        (cashout.id, outcome),
        reads=True,
    )  # fmt: skip
    return [int(row["id"]) for row in found]


async def booked(database: Database, event_id: int, amount: str) -> int | Refused:
    """Proposed by Cleo and approved by Ben; the first refusal, if there is one."""
    wanted = ProposeCorrection(CLEO, None, event_id, "USDT", Decimal(amount), "seen at the provider")
    made = await database.perform(wanted, fresh_key())
    return made if isinstance(made, Refused) else await decided(database, made, amount)
