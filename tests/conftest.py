"""Shared fixtures: a real PostgreSQL for the session, and a fresh database with the whole schema for each test."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import hypothesis
import pytest
import structlog
import trio
from attrs import define, field
from trio.testing import MockClock

from lockbay.postgres import bridge, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.catalogue import Catalogue
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.embedded import EmbeddedPostgres
from lockbay.postgres.files import read_files, sql_folder
from lockbay.postgres.programs import Programs, bundled
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.security.service_role import as_service, by_service

TEMPLATE = "template_lockbay"
NUMBERS = count(1)
SERVES = os.environ.get("LOCKBAY_TEST_ROLE") == "service"
MEMORY, ROOM = "/dev/shm", 4 * 2**30

# structlog's own default draws an error with the local variables of every frame, which takes seconds.
RENDERER = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], RENDERER])

# Hypothesis' own, 200 ms for an example, is the machine's matter: one that is busy takes longer for the first of them.
hypothesis.settings.register_profile("lockbay", deadline=None)
hypothesis.settings.load_profile("lockbay")


@define
class Postgres:
    """A running server whose databases are made and dropped at will, outside trio."""

    server: EmbeddedPostgres
    _runner: asyncio.Runner = field(factory=lambda: asyncio.Runner(loop_factory=asyncio.SelectorEventLoop), init=False)
    _owner: asyncpg.Connection[asyncpg.Record] | None = field(default=None, init=False)

    def url(self, database: str = "postgres") -> str:
        return self.server.url(database)

    def create(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`."""
        name = f"test_{next(NUMBERS)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def execute(self, script: str) -> None:
        """On a connection that is kept, as thousands of tests need a database."""
        try:
            self._runner.run(self._execute(script))
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):  # a test has killed the server
            self._owner = None
            self._runner.run(self._execute(script))

    async def _execute(self, script: str) -> None:
        if self._owner is None:
            self._owner = await asyncpg.connect(self.url())
        await self._owner.execute(script)

    def stop(self) -> None:
        if self._owner is not None:
            self._owner.terminate()
        self._runner.close()
        self.server.stop()


def programs() -> Programs:
    """LOCKBAY_TEST_POSTGRES=15 takes Debian's programs of that release instead of the package's."""
    release = os.environ.get("LOCKBAY_TEST_POSTGRES")
    if not release:
        return bundled()
    return Programs(Path(f"/usr/lib/postgresql/{release}/bin"), locale=("--locale=C.UTF-8",))


def roomy() -> str | None:
    """Memory, where there is enough of it: a database is a thousand files, and each test makes one."""
    free = shutil.disk_usage(MEMORY).free if Path(MEMORY).is_dir() else 0
    return MEMORY if free > ROOM else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of the session's own, which a power cut may corrupt."""
    folder = Path(tempfile.mkdtemp(prefix="lockbay-postgres-", dir=roomy()))
    folder.chmod(0o711)  # as root, the server runs as somebody else
    server = EmbeddedPostgres(folder / "server", fsync=False, programs=programs())
    server.start()
    running = Postgres(server)
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """The name of a database with all migrations and functions, to be copied."""
    postgres.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    trio.run(as_service if SERVES else schema.migrate, postgres.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_url(postgres: Postgres, template: str) -> Iterator[str]:
    """A database with the whole schema and nothing in it, dropped after the test."""
    name = postgres.create(template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def empty_database_url(postgres: Postgres) -> Iterator[str]:
    """A database without any schema, dropped after the test."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def trio_clock() -> MockClock:
    """Of all that waits: it goes on as the machine's does, and tests move it on. They must ask for it themselves."""
    return MockClock(rate=1)


@pytest.fixture
def service_url(database_url: str) -> str:
    """That database for who must not migrate it. LOCKBAY_TEST_ROLE=service takes the role that may do what the service
    needs and no more; without it tests run as the owner, as some change by hand what no service ever does.
    """
    return by_service(database_url) if SERVES else database_url


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The service's own, which it reads once, too."""
    return Catalogue(read_files(sql_folder()))


@pytest.fixture
async def database(service_url: str, clock: MovedClock, catalogue: Catalogue) -> AsyncIterator[Database]:
    async with open_database(service_url, clock=clock, secret=b"a secret of tests", catalogue=catalogue) as database:
        yield database


@pytest.fixture
async def raw(database_url: str) -> AsyncIterator[Connection]:
    """A connection of the owner's, which may break things in the database."""
    async with bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as connection:
        yield connection


@pytest.fixture
async def world(database: Database) -> World:
    """The database with terms and rates, to make people and trades in."""
    world = World(database)
    await world.prepare()
    return world


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]
