"""What tests of notices begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import trio
from structlog.testing import capture_logs
from structlog.typing import EventDict

from lockbay.areas.admin.records import SaveStaff
from lockbay.notices.outbox import Outbox
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.areas.people import onboarded
from tests.clock import START, MovedClock
from tests.notices.crowd import OWNER, Chats
from tests.notices.smtp import MailServer
from tests.notices.told import ANN, BEN, Telegram, Writer, make_outbox


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


@pytest.fixture
async def writer(raw: Connection, clock: MovedClock) -> Writer:
    for user_id, name in ((ANN, "Ann"), (BEN, "Ben")):
        await raw.fetch("INSERT INTO users (id, first_name, created_at) VALUES ($1, $2, $3)", user_id, name, START)
    return Writer(raw, clock)


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def outbox(database: Database, telegram: Telegram, server: MailServer) -> Outbox:
    return make_outbox(database, telegram, server)


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as entries:
        yield entries
