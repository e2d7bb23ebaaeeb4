"""What was checked is not checked again, unless anything has changed that a check looks at."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from attrs import evolve

import lockbay
from lockbay.errors import SchemaMismatch
from lockbay.postgres import bridge, files, schema
from lockbay.postgres.seal import Sources, read_sources
from tests.e2e.conftest import free_port
from tests.postgres import shop as declarations
from tests.postgres.conftest import make_shop
from tests.process import is_one_clear_line, run
from tests.process import lockbay as lockbay_process
from tests.security.service_role import as_service

UNKNOWN = Sources("another digest", changed_at=0.0)


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "sql")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "areas").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "areas/records.py").write_text("amount: Decimal")
    return folder


@pytest.fixture
def _young_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this process had begun after the test wrote its files."""
    monkeypatch.setattr(lockbay, "BEGAN", time.time() + 60)


def wait_for_files_after(moment: float, probe: Path) -> None:
    """The kernel's clock for files takes a step every few milliseconds."""
    probe.touch()
    while probe.stat().st_ctime <= moment:
        probe.touch()


async def seal(url: str, sql: Path, owner_url: str = "") -> Sources:
    await schema.check_and_seal(url, sql, declarations.ALL, owner_url=owner_url)
    return read_sources(sql)


@pytest.mark.parametrize(
    "change",
    [
        lambda package, _: (package / "areas/records.py").write_text("amount: float"),
        lambda package, _: (package / "areas/more.py").write_text(""),
        lambda package, _: (package / "areas/records.py").unlink(),
        lambda package, _: (package / "areas/records.py").rename(package / "records.py"),
        lambda package, _: (package / "areas/records.pyc").write_bytes(b"without its source"),
        lambda _, sql: (sql / "shop/name.sql").write_text("SELECT 1"),
        lambda _, sql: (sql / "schema/0002_shop.sql").write_text("SELECT 1"),
        lambda _, sql: (sql / "schema/0003_more.sql").write_text("SELECT 1"),
        lambda _, sql: (sql / "shop/buy.sql").unlink(),
    ],
)
def test_whatever_is_changed_in_the_sources_makes_them_others(
    package: Path, sql: Path, change: Callable[[Path, Path], object]
) -> None:
    before = read_sources(sql, package)
    assert read_sources(sql, package) == before
    wait_for_files_after(before.changed_at, package.parent / "probe")
    change(package, sql)
    after = read_sources(sql, package)
    assert after.digest != before.digest
    assert after.changed_at > before.changed_at


def test_bytecode_is_no_source(package: Path, sql: Path) -> None:
    before = read_sources(sql, package)
    (package / "__pycache__").mkdir()
    (package / "__pycache__/records.cpython-311.pyc").write_bytes(b"code")
    assert read_sources(sql, package).digest == before.digest


@pytest.mark.usefixtures("_young_process")
async def test_what_was_checked_is_sealed_until_the_sources_change(shop_url: str, sql: Path) -> None:
    assert not await schema.is_sealed(shop_url, read_sources(sql))
    sources = await seal(shop_url, sql)
    assert await schema.is_sealed(shop_url, sources)
    assert not await schema.is_sealed(shop_url, UNKNOWN)
    (sql / "shop/name.sql").write_text("SELECT name FROM people WHERE id = :id AND true")
    assert not await schema.is_sealed(shop_url, read_sources(sql))


async def test_a_database_without_a_schema_is_not_sealed(empty_database_url: str, sql: Path) -> None:
    assert not await schema.is_sealed(empty_database_url, read_sources(sql))


async def test_sources_that_may_be_newer_than_the_process_are_not_sealed(shop_url: str, sql: Path) -> None:
    sources = await seal(shop_url, sql)
    assert not await schema.is_sealed(shop_url, sources)
    assert not await schema.is_sealed(shop_url, evolve(sources, changed_at=0.0))


@pytest.mark.usefixtures("_young_process")
async def test_what_does_not_fit_is_not_sealed(shop_url: str, sql: Path) -> None:
    (sql / "shop/name.sql").write_text("SELECT nme FROM people WHERE id = :id")
    with pytest.raises(SchemaMismatch):
        await seal(shop_url, sql)
    assert not await schema.is_sealed(shop_url, read_sources(sql))


@pytest.mark.usefixtures("_young_process")
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE people ADD COLUMN more int",
        "ALTER TABLE people ALTER COLUMN name TYPE varchar",
        "ALTER TABLE people RENAME TO persons",
        "CREATE TYPE mode AS ENUM ('calm')",
        "ALTER TYPE mood RENAME VALUE 'calm' TO 'cool'",
        "ALTER TABLE people DROP CONSTRAINT people_pkey CASCADE",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION shop_buy",
        "INSERT INTO migrations (number, name, checksum) VALUES (9, 'newer', '')",
        "UPDATE function_checksums SET checksum = '' WHERE name = 'shop_buy'",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public', current_database()); END $$",
        "DELETE FROM seals",
        "DROP TABLE seals",
    ],
)
async def test_whatever_is_changed_in_the_database_breaks_the_seal(shop_url: str, sql: Path, change: str) -> None:
    sources = await seal(shop_url, sql)
    assert await schema.is_sealed(shop_url, sources)
    async with bridge.open_connection(shop_url) as connection:
        await connection.execute(change)
    assert not await schema.is_sealed(shop_url, sources)


@pytest.mark.usefixtures("_young_process")
async def test_who_may_not_migrate_may_look_at_the_seal_and_not_put_it(empty_database_url: str, sql: Path) -> None:
    service_url = await as_service(empty_database_url, sql)
    sources = await seal(service_url, sql)
    assert not await schema.is_sealed(service_url, sources)
    await seal(service_url, sql, owner_url=empty_database_url)
    assert await schema.is_sealed(service_url, sources)


SPOILT = [
    ("lockbay/areas/contacts/records.py", "    saved:", "    more: int\n    saved:", "more is a field without column"),
    ("sql/contacts/view.sql", "AS saved", "AS kept", "Contacts: kept is a column without field"),
    ("sql/schema/0001_requests.sql", "CREATE", "-- More.\nCREATE", "0001_requests.sql was changed after it was"),
]


async def test_a_start_checks_once_and_again_whatever_is_changed(database_url: str, tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    shutil.copytree(Path(lockbay.__file__).parent, root / "lockbay", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(files.sql_folder(), root / "sql")
    settings = {
        "PYTHONPATH": str(root),
        "PYTHONDONTWRITEBYTECODE": "1",  # else the first start changes the folders
        "LOCKBAY_BOT_TOKEN": "123456:not-a-token-that-Telegram-knows",
        "LOCKBAY_TELEGRAM_URL": f"http://127.0.0.1:{free_port()}",
        "LOCKBAY_DATABASE_URL": database_url,
    }
    assert [entry["sealed"] for entry in await checks_of_a_start(settings, tmp_path)] == [True]
    assert await checks_of_a_start(settings, tmp_path) == []
    for name, old, new, complaint in SPOILT:
        whole = (root / name).read_text()
        assert old in whole
        (root / name).write_text(whole.replace(old, new, 1))
        spoilt = await run("--poll", environment=settings, folder=tmp_path)
        (root / name).write_text(whole)
        assert spoilt.code == 1
        is_one_clear_line(spoilt, complaint)
    assert await checks_of_a_start(settings, tmp_path) == []


async def checks_of_a_start(settings: Mapping[str, str], folder: Path) -> list[dict[str, object]]:
    """Up to where Telegram is asked for, which is nowhere."""
    async with lockbay_process("--poll", environment=settings, folder=folder) as process:
        await process.logs("telegram_not_reached")
        process.signal()
        assert (await process.ended()).code == 0
        return process.logged("schema_checked")
