"""A shop instead of the areas: its sql/ is made of tests/postgres/sql and the requests of the real one."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trio

from lockbay.postgres import files, schema
from lockbay.postgres.catalogue import Catalogue
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.files import read_files
from tests.clock import MovedClock
from tests.conftest import Postgres

HERE = Path(__file__).parent
SHOP_TEMPLATE = "template_shop"


def make_shop(folder: Path) -> Path:
    """A copy of the shop's sql/, to be spoiled at will."""
    shutil.copytree(HERE / "sql", folder)
    shutil.copy(files.sql_folder() / "schema" / "0001_requests.sql", folder / "schema")
    shutil.copytree(files.sql_folder() / "requests", folder / "requests")
    return folder


@pytest.fixture(scope="session")
def shop_sql(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("shop") / "sql")


@pytest.fixture(scope="session")
def shop_template(postgres: Postgres, shop_sql: Path) -> str:
    postgres.execute(f"CREATE DATABASE {SHOP_TEMPLATE} TEMPLATE template0")
    trio.run(schema.migrate, postgres.url(SHOP_TEMPLATE), shop_sql)
    return SHOP_TEMPLATE


@pytest.fixture
def shop_url(postgres: Postgres, shop_template: str) -> Iterator[str]:
    name = postgres.create(shop_template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
async def shop(shop_url: str, shop_sql: Path, clock: MovedClock) -> AsyncIterator[Database]:
    async with open_database(shop_url, clock=clock, catalogue=Catalogue(read_files(shop_sql))) as database:
        yield database
