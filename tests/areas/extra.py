"""Ana and her further e-mail addresses."""

from __future__ import annotations

import pytest

from lockbay import plan
from lockbay.areas.codes import CodeSent, SendCode
from lockbay.areas.contacts.extras_records import Extra, Extras, ProveEmail
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fresh_key
from tests.areas.test_codes import mailed, verified
from tests.clock import MovedClock
from tests.talk import Talk

OTHER = "ana.work@example.com"
PLAN = plan.plan("lockbay_bot")
FURTHER = (
    "INSERT INTO extra_contacts (user_id, kind, value, verified_at, created_at) "
    "VALUES ({0}, 'email', '{1}', now(), now())"
)


@pytest.fixture
async def ana(database: Database) -> int:
    return await verified(database, ANA, "ana@example.com")


@pytest.fixture
def talk(database: Database, clock: MovedClock, ana: int) -> Talk:
    return Talk(PLAN, database, clock, ana)


async def extras(database: Database, user: int = ANA) -> Extras:
    view = await database.read(Extras, user)
    assert view is not None
    return view


async def values(database: Database, user: int = ANA) -> list[str]:
    return [each.value for each in (await extras(database, user)).extras]


async def coded(database: Database, user: int, email: str) -> str:
    """The code that was mailed to an address that is to be added."""
    assert isinstance(await database.perform(SendCode(user, "contact", email), fresh_key()), CodeSent)
    return await mailed(database)


async def prove(database: Database, user: int, email: str, code: str) -> Extra | Refused:
    return await database.perform(ProveEmail(user, email, code), fresh_key())


async def have(database: Database, user: int, *emails: str) -> None:
    """They are the person's, as if each had been proven long ago."""
    for email in emails:
        await database.pool.fetch("have", FURTHER.format(user, email), (), reads=False)
