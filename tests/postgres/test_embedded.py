"""The embedded server: started, adopted, stopped, and what it says when it cannot be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from lockbay.errors import SettingsError
from lockbay.postgres import bridge, programs
from lockbay.postgres.embedded import EmbeddedPostgres, open_postgres

START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from lockbay.postgres.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), fsync=False)
server.start()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lockbay-embedded-") as name:
        Path(name).chmod(0o711)
        server = EmbeddedPostgres(Path(name) / "postgres", fsync=False)
        yield server.folder
        server.kill()


async def ask(url: str, sql: str) -> object:
    async with bridge.open_connection(url) as connection:
        return (await connection.fetch(sql))[0][0]


async def test_data_survive_a_stop(folder: Path) -> None:
    async with open_postgres(folder, fsync=False) as url, bridge.open_connection(url) as connection:
        await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert EmbeddedPostgres(folder).process_id is None
    async with open_postgres(folder, fsync=False) as url:
        assert await ask(url, "SELECT answer FROM kept") == 42


def test_a_server_of_a_killed_process_is_adopted_and_stopped_by_the_last_user(folder: Path) -> None:
    died = subprocess.run([sys.executable, "-c", START_AND_DIE, str(folder)], check=False)
    assert died.returncode == -signal.SIGKILL
    first, second = EmbeddedPostgres(folder, fsync=False), EmbeddedPostgres(folder, fsync=False)
    left = first.process_id
    first.start()
    second.start()
    processes = [left, first.process_id]
    first.stop()
    processes.append(second.process_id)
    second.stop()
    assert processes == [left] * 3 != [None] * 3
    assert EmbeddedPostgres(folder).process_id is None


@pytest.mark.parametrize("process", ["1", ""])
def test_a_lock_file_of_a_dead_server_does_not_matter(folder: Path, process: str) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    server.kill()
    (server.data / "postmaster.pid").write_text(f"{process}\n{server.data}\n")
    before = server.process_id
    server.start()
    assert before is None
    assert EmbeddedPostgres(folder).process_id is not None
    server.stop()


async def test_no_port_is_open(folder: Path) -> None:
    async with open_postgres(folder, fsync=False) as url:
        assert await ask(url, "SHOW listen_addresses") == ""


def test_nobody_else_may_connect(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    assert [path.stat().st_mode & 0o077 for path in (folder, folder / ".s.PGSQL.5432")] == [0, 0]
    server.stop()


async def test_it_is_safe_unless_asked_otherwise(folder: Path) -> None:
    async with open_postgres(folder) as url:
        names = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
        assert [await ask(url, f"SHOW {name}") for name in names] == ["on"] * 4


async def test_a_folder_with_a_long_name_gets_a_short_socket(folder: Path) -> None:
    long = folder / ("long" * 30)
    sockets = EmbeddedPostgres(long).socket_folder
    async with open_postgres(long, fsync=False) as url:
        assert await ask(url, "SELECT 1") == 1
    assert not await trio.Path(sockets).exists()


def test_an_interrupted_initdb_is_done_again(folder: Path) -> None:
    (folder / "data.unfinished").mkdir(parents=True)
    (folder / "data.unfinished" / "PG_VERSION").write_text("18")
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    server.stop()
    assert not (folder / "data.unfinished").exists()


def test_a_file_in_the_way_is_one_clear_line(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(SettingsError, match=rf"^The database folder {folder} cannot be used: File exists\.$"):
        EmbeddedPostgres(folder).start()


def test_data_of_another_release_are_left_alone(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(SettingsError, match=r"was made by PostgreSQL 9, and this is \d+\.\d+: dump and restore it"):
        EmbeddedPostgres(folder).start()


def test_broken_data_are_one_clear_line(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    server.stop()
    (server.data / "global" / "pg_control").unlink()
    with pytest.raises(SettingsError) as error:
        server.start()
    assert "pg_control" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_one_clear_line(folder: Path) -> None:
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], check=False).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        with pytest.raises(SettingsError, match="No space left on device") as error:
            EmbeddedPostgres(folder, fsync=False).start()
        assert "\n" not in str(error.value)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to run it as")
def test_root_without_another_user_is_told_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "SERVER_USERS", ("no-such-user",))
    with pytest.raises(SettingsError, match="does not run as root"):
        EmbeddedPostgres(folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_root_runs_it_as_somebody_else(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fsync=False)
    server.start()
    assert Path(f"/proc/{server.process_id}").stat().st_uid == programs.server_user().pw_uid != 0
    server.stop()
