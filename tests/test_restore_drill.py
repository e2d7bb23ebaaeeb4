"""What was backed up while LockBay was in use can be restored, and is the same; what is not is said."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
import trio
from attrs import evolve
from rich.console import Console

from lockbay.postgres.database import Database
from tests.conftest import Postgres, programs, roomy
from tests.ledger.world import World

SCRIPTS = Path(__file__).parent.parent / "scripts"


def load() -> ModuleType:
    spec = spec_from_file_location("restore_drill", SCRIPTS / "restore_drill.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # attrs looks it up there
    spec.loader.exec_module(module)
    return module


restore_drill = load()


@pytest.fixture
async def world(database: Database) -> World:
    """A trade that the seller has accepted."""
    world = World(database)
    await world.prepare()
    await world.accepted(await world.person(1000), await world.person(0))
    return world


async def drilled(world: World, url: str, *, base: bool) -> restore_drill.Drill:
    """A drill while people keep coming."""

    async def use() -> None:
        while True:
            await world.person(10)

    room = roomy()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(use)
        with trio.fail_after(60):
            drill = await restore_drill.drill(url, base=base, programs=programs(), room=Path(room) if room else None)
        nursery.cancel_scope.cancel()
    return drill


async def people(database: Database) -> int:
    [row] = await database.pool.fetch("n", "SELECT count(*) AS n FROM users", ())
    return row["n"]


async def test_a_dump_of_a_database_in_use_is_restored_row_by_row(
    world: World, database: Database, database_url: str
) -> None:
    drill = await drilled(world, database_url, base=False)
    assert drill.wrong == []
    assert drill.restored == drill.live
    assert drill.live.figures["trades"] == 1
    assert drill.live.rows["users"] < await people(database)
    assert "nothing is wrong" in rendered(drill)
    lossy = evolve(drill.live, rows={**drill.live.rows, "users": 0})
    assert [name for name, ours, theirs in restore_drill._pairs(evolve(drill, restored=lossy)) if ours != theirs] == [
        "rows of users"
    ]


async def test_a_copy_of_a_cluster_in_use_starts_and_has_all_up_to_its_end(
    world: World, database: Database, database_url: str
) -> None:
    drill = await drilled(world, database_url, base=True)
    assert drill.wrong == []
    assert drill.restored.figures["trades"] == 1
    assert drill.live.rows["users"] <= drill.restored.rows["users"] <= await people(database)
    assert drill.live.rows["users"] < await people(database)
    assert drill.live.rows.keys() == drill.restored.rows.keys()


def rendered(drill: object) -> str:
    stream = io.StringIO()
    Console(width=100, file=stream).print(restore_drill.table(drill))
    return stream.getvalue()


def backup(url: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "LOCKBAY_DATABASE_URL": url,
        "PG_BIN": str(programs().folder),
        "PYTHON": sys.executable,
    }
    command = [SCRIPTS / "backup.sh", str(folder), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_a_backup_is_whole_or_not_there_and_old_ones_go(postgres: Postgres, database_url: str, tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in ("lockbay-1.dump", "lockbay-2.dump", "notes.txt"))
    for path in (old, young, other):
        path.write_text("x")
    for path in (old, other):
        os.utime(path, (0, 0))
    failed = backup(database_url + "x", tmp_path)
    assert failed.returncode != 0
    assert old.exists(), "it is the last one that there is"
    done = backup(database_url, tmp_path, "7")
    assert done.returncode == 0, done.stderr
    made = Path(done.stdout.strip())
    assert made.stat().st_mode & 0o077 == 0
    assert sorted(tmp_path.iterdir()) == sorted([made, young, other])


@pytest.mark.parametrize(
    ("url", "plain", "password"),
    [
        ("postgresql://a%40b:p%3Aw@h:5/d?x=1", "postgresql://a%40b@h:5/d?x=1", "p:w"),
        ("postgresql://a@/d?host=/tmp", "postgresql://a@/d?host=/tmp", ""),
    ],
)
def test_passwords_are_taken_out_of_what_other_users_of_the_machine_see(url: str, plain: str, password: str) -> None:
    assert restore_drill.without_password(url) == (plain, password)
