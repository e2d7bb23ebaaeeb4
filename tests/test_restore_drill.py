"""What was backed up while LockBay was in use can be restored, and is the same; what is not is said."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import trio
from attrs import evolve
from rich.console import Console

from lockbay import audit
from lockbay.postgres import schema
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.programs import Programs, make_reachable
from scripts import restore_drill
from tests.clock import MovedClock
from tests.conftest import Postgres, programs, roomy
from tests.ledger.world import World

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / "scripts"
ROLES = ("lockbay_service", "lockbay_backup", "lockbay_owner")
RESTORED = "restored"


@pytest.fixture
async def world(database: Database) -> World:
    """A trade that the seller has accepted."""
    world = World(database)
    await world.prepare()
    await world.accepted(await world.person(1000), await world.person(0))
    return world


async def drilled(world: World, url: str, *, base: bool, backup_url: str = "") -> restore_drill.Drill:
    """A drill while people keep coming."""

    async def use() -> None:
        while True:
            await world.person(10)

    room = roomy()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(use)
        with trio.fail_after(60):
            drill = await restore_drill.drill(
                url, backup_url, base=base, programs=programs(), room=Path(room) if room else None
            )
        nursery.cancel_scope.cancel()
    return drill


async def people(database: Database) -> int:
    [row] = await database.pool.fetch("n", "SELECT count(*) AS n FROM users", ())
    n: int = row["n"]
    return n


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
    assert drill.restored is not None
    assert drill.restored.figures["trades"] == 1
    assert drill.live.rows["users"] <= drill.restored.rows["users"] <= await people(database)
    assert drill.live.rows["users"] < await people(database)
    assert drill.live.rows.keys() == drill.restored.rows.keys()


def by_role(name: str, database: str, postgres: Postgres) -> str:
    return postgres.url(database).replace("postgres@", f"{name}@", 1)


@pytest.fixture
def owned(postgres: Postgres) -> Iterator[str]:
    """The name of a database with the roles that docs/security.md makes."""
    [made] = re.findall(r"```sql\n(CREATE ROLE.*?)```", (ROOT / "docs" / "security.md").read_text(), flags=re.DOTALL)
    for statement in made.strip().replace("DATABASE lockbay", "DATABASE owned").rstrip(";").split(";"):
        postgres.execute(statement)
    trio.run(migrate, by_role("lockbay_owner", "owned", postgres), by_role("lockbay_service", "owned", postgres))
    yield "owned"
    for name in ("owned", RESTORED):
        postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    postgres.execute("; ".join(f"DROP ROLE {role}" for role in ROLES))


async def migrate(owner_url: str, service_url: str) -> None:
    """As `--migrate` does with both."""
    await schema.migrate(owner_url, service_url=service_url)
    await schema.check_and_seal(service_url, owner_url=owner_url)


@pytest.fixture
async def served(owned: str, postgres: Postgres, clock: MovedClock) -> AsyncIterator[World]:
    """The same trade, in the hands of the service's role."""
    async with open_database(by_role("lockbay_service", owned, postgres), clock=clock, secret=b"tests") as database:
        world = World(database)
        await world.prepare()
        await world.accepted(await world.person(1000), await world.person(0))
        yield world


async def test_a_copy_is_not_made_with_programs_of_another_release(database_url: str, tmp_path: Path) -> None:
    """They could neither check nor start it."""
    other = tmp_path / "postgres"
    make_reachable(other)
    other.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.24'\n")
    other.chmod(0o755)
    with pytest.raises(restore_drill.DrillFailed, match=r"The server is \d\d\..*, our programs 9.6.24: say --programs"):
        await restore_drill.drill(database_url, base=True, programs=Programs(tmp_path))


@pytest.mark.parametrize("base", [False, True], ids=["dump", "base"])
async def test_the_drill_needs_no_superuser(base: bool, served: World, owned: str, postgres: Postgres) -> None:
    service_url, backup_url = (by_role(role, owned, postgres) for role in ("lockbay_service", "lockbay_backup"))
    drill = await drilled(served, service_url, base=base, backup_url=backup_url)
    assert drill.wrong == []
    assert drill.restored is not None
    assert drill.restored.figures["trades"] == 1


async def test_what_the_role_for_backups_dumped_is_restored_as_the_handbook_says(
    served: World, owned: str, postgres: Postgres, tmp_path: Path
) -> None:
    """To the letter, and then the service's role proves the books."""
    done = backup(by_role("lockbay_backup", owned, postgres), tmp_path)
    assert done.returncode == 0, done.stderr
    await trio.run_process(
        ["bash", "-euc", restoring(Path(done.stdout.strip()))],
        env={**os.environ, "PATH": f"{programs().folder}:{os.environ['PATH']}", "PGUSER": "postgres",
             "PGHOST": str(postgres.server.socket_folder)},
    )  # fmt: skip
    owner_url, service_url = (by_role(role, RESTORED, postgres) for role in ("lockbay_owner", "lockbay_service"))
    await migrate(owner_url, service_url)
    async with open_database(service_url) as database:
        report = await audit.audit(database)
    assert report.passed
    assert report.trades == 1


def restoring(dump: Path) -> str:
    """The handbook's own commands, for a database of another name."""
    [block] = re.findall(r"```\n *(createdb .*?)```", (ROOT / "docs" / "operations.md").read_text(), flags=re.DOTALL)
    return re.sub(r"\blockbay\b", RESTORED, block.replace("FILE", "DUMP")).replace("DUMP", str(dump))


def rendered(drill: restore_drill.Drill) -> str:
    stream = io.StringIO()
    Console(width=100, file=stream).print(restore_drill.table(drill))
    return stream.getvalue()


def backup(url: str, *arguments: str | Path, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """`before`: what starts it, with what it takes."""
    environment = {
        **os.environ,
        "LOCKBAY_BACKUP_URL": url,
        "PG_BIN": str(programs().folder),
        "PYTHON": sys.executable,
    }
    command = [*before, SCRIPTS / "backup.sh", *arguments]
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


@pytest.mark.parametrize("kind", [(), ("--base",)], ids=["dump", "base"])
def test_a_backup_that_finds_no_room_leaves_the_old_ones_and_nothing_else(
    postgres: Postgres, database_url: str, tmp_path: Path, kind: tuple[str, ...]
) -> None:
    """No file may become larger than 64 kB: to whoever writes it that is a full disk."""
    old = tmp_path / f"lockbay-20200101T000000Z.{'base' if kind else 'dump'}"
    old.write_text("the last good one")
    os.utime(old, (0, 0))
    limited = ["bash", "-c", 'trap "" XFSZ; ulimit -f 64; exec "$@"', "-"]
    failed = backup(database_url, *kind, tmp_path, "1", before=limited)
    assert failed.returncode != 0
    assert "File too large" in failed.stderr
    assert list(tmp_path.iterdir()) == [old]


def test_a_program_that_is_not_there_is_named_before_anything_is_copied(tmp_path: Path) -> None:
    """Debian's path has pg_basebackup, and no pg_verifybackup."""
    path, folder = tmp_path / "bin", tmp_path / "backups"
    path.mkdir()
    (path / "pg_basebackup").write_text("#!/bin/sh\necho copied >&2\n")
    (path / "pg_basebackup").chmod(0o755)
    environment = {"LOCKBAY_BACKUP_URL": "postgresql://127.0.0.1/lockbay", "PATH": f"{path}:/usr/bin:/bin"}
    command: list[str | Path] = [SCRIPTS / "backup.sh", "--base", str(folder)]
    failed = subprocess.run(
        command, env={**environment, "PYTHON": sys.executable}, capture_output=True, text=True, timeout=60
    )
    assert failed.returncode == 2
    assert "pg_verifybackup" in failed.stderr
    assert "PG_BIN" in failed.stderr
    assert "copied" not in failed.stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    ("url", "plain", "password"),
    [
        ("postgresql://a%40b:p%3Aw@h:5/d?x=1", "postgresql://a%40b@h:5/d?x=1", "p:w"),
        ("postgresql://a@/d?host=/tmp", "postgresql://a@/d?host=/tmp", ""),
    ],
)
def test_passwords_are_taken_out_of_what_other_users_of_the_machine_see(url: str, plain: str, password: str) -> None:
    assert restore_drill.without_password(url) == (plain, password)
