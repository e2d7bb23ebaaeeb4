"""What tests of notices begin with."""

from __future__ import annotations

import pytest
import trio

from lockbay.areas.admin.records import SaveStaff
from lockbay.postgres.database import Database
from tests.areas.people import onboarded
from tests.notices.crowd import OWNER, Chats
from tests.notices.smtp import MailServer


@pytest.fixture
async def server(nursery: trio.Nursery) -> MailServer:
    server = MailServer()
    await nursery.start(server.serve)
    return server


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
async def house(database: Database) -> Database:
    """An owner and three people."""
    for number in range(4):
        await onboarded(database, OWNER + number, f"Person {number}")
    await database.run(SaveStaff([OWNER]))
    return database
