"""The drill: backs up a database that is in use, restores it into a new cluster, and proves that it is the same.

    LOCKBAY_DATABASE_URL=postgresql://… LOCKBAY_BACKUP_URL=postgresql://… python scripts/restore_drill.py [--base]
    python scripts/restore_drill.py --data-dir var          # the embedded database, whether or not LockBay runs

The first URL is the service's, which reads the live books; the second that of whoever backs up, if it is another one.
A dump is compared row for row count and in all that the audit says, as both look at one snapshot of the live database.
It is restored for an owner, as docs/operations.md says, and read by the service's role.
A base backup (--base) is of the whole cluster up to its end: its audit must pass, and its books must lie between those
before and after. The live database is read, and nothing else; the new cluster goes away. Exit 1 on any difference.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

import click
import rich
import trio
from attrs import asdict, define, field, frozen
from rich.table import Table

from lockbay import service  # noqa: F401 - so that every statement is declared, for the schema's check
from lockbay.logs import configure
from lockbay.postgres import bridge, files, schema
from lockbay.postgres.bridge import Connection, Limits
from lockbay.postgres.embedded import DATABASE, EmbeddedPostgres, open_postgres
from lockbay.postgres.programs import Programs, bundled, server_user

SCRIPT: Final = Path(__file__).resolve().parent / "backup.sh"
PATIENT: Final = Limits(connections=1, statement=3600.0, idle_in_transaction=3600.0)
BOUND: Final = 4 * 3600.0  # s for one program
TABLES: Final = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
OWNER, SERVICE = "lockbay_owner", "lockbay_service"
ROLES: Final = f"CREATE ROLE {OWNER} LOGIN; CREATE ROLE {SERVICE} LOGIN; ALTER DATABASE {DATABASE} OWNER TO {OWNER}"
FIGURES: Final = ("transfers", "postings", "trades", "unapplied")


class DrillFailed(click.ClickException):
    """A program of PostgreSQL's did not do what it was to do."""


@frozen
class Books:
    """What a database holds: the audit's word on it, and how many rows each table has."""

    differences: int
    totals: str
    figures: Mapping[str, int]
    rows: Mapping[str, int]


@define
class Drill:
    """What was done, how long it took (s), and what is not as it should be."""

    kind: str
    live: Books
    restored: Books | None = None
    megabytes: float = 0.0
    seconds: dict[str, float] = field(factory=dict)
    wrong: list[str] = field(factory=list)


async def read_books(connection: Connection) -> Books:
    """In the transaction that the connection is in, so that all of it is of one moment."""
    [report] = await connection.fetch(files.read_files(files.sql_folder())["audit/report"].text)
    names = [row["relname"] for row in await connection.fetch(TABLES)]
    rows = {name: (await connection.fetch(f'SELECT count(*) AS n FROM "{name}"'))[0]["n"] for name in names}
    totals = json.dumps(report["totals"], default=str, sort_keys=True)
    return Books(len(report["differences"]), totals, {name: report[name] for name in FIGURES}, rows)


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[tuple[Connection, str]]:
    """A connection that sees one moment, and the name by which others see the same."""
    async with bridge.open_connection(url, PATIENT) as connection:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        [row] = await connection.fetch("SELECT pg_export_snapshot() AS name")
        yield connection, row["name"]
        await connection.execute("ROLLBACK")


async def drill_dump(url: str, backup_url: str, folder: Path, programs: Programs) -> Drill:
    """Dumps and restores what one snapshot shows."""
    dump = folder / "drill.dump"
    async with snapshot(url) as (connection, name):
        drill = Drill("dump", await read_books(connection))
        with timed(drill, "backed up"):
            options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}", f"--file={dump}")
            await run(programs, "pg_dump", *options, url=backup_url)
    drill.megabytes = size(dump)
    server = EmbeddedPostgres(folder / "restored", programs=programs)
    with running(server):
        async with bridge.open_connection(server.url(), PATIENT) as superuser:
            await superuser.execute(ROLES)
        with timed(drill, "restored"):
            how = ("--no-owner", "--no-privileges", f"--role={OWNER}", "--exit-on-error", "--jobs=2", str(dump))
            await run(programs, "pg_restore", *how, url=server.url())
        await schema.migrate(by_role(OWNER, server.url()), service_url=by_role(SERVICE, server.url()))
        await compare(drill, by_role(SERVICE, server.url()))
    for name, ours, theirs in _pairs(drill):
        if ours != theirs:
            drill.wrong.append(f"{name}: {ours} live, {theirs} restored")
    return drill


async def drill_base(url: str, backup_url: str, folder: Path, programs: Programs) -> Drill:
    """Copies the cluster with scripts/backup.sh, starts the copy, and reads the same database in the same role."""
    async with snapshot(url) as (connection, _):
        [row] = await connection.fetch("SHOW server_version")
        drill = Drill("base", await read_books(connection))
    theirs, ours = row["server_version"], programs.version
    if theirs.split(".")[0] != ours.split(".")[0]:  # they could neither check nor start it
        raise DrillFailed(f"The server is {theirs}, our programs {ours}: say --programs.")
    with timed(drill, "backed up"):
        made = Path(await run_script("--base", str(folder), url=backup_url, programs=programs))
    drill.megabytes = size(made)
    async with snapshot(url) as (connection, _):
        after = await read_books(connection)
    server = EmbeddedPostgres(folder / "restored", programs=programs)
    settle(made, server)
    with running(server), timed(drill, "restored"):
        live = urlsplit(url)
        await compare(drill, by_role(live.username or "postgres", server.url(live.path.lstrip("/") or DATABASE)))
    assert drill.restored is not None
    for name in FIGURES[:2]:  # these only grow
        low, found, high = (books.figures[name] for books in (drill.live, drill.restored, after))
        if not low <= found <= high:
            drill.wrong.append(f"{name}: {found} restored, {low} before, {high} after")
    return drill


def settle(made: Path, server: EmbeddedPostgres) -> None:
    """Puts a copied cluster where the server looks for its data, as its user's."""
    server.folder.mkdir(parents=True)
    made.rename(server.data)
    conf = server.data / "postgresql.conf"  # Debian keeps it elsewhere
    text = conf.read_text() if conf.exists() else ""
    if "lockbay.conf" not in text:
        conf.write_text(f"{text}\ninclude_if_exists = 'lockbay.conf'\n")
        (server.data / "pg_hba.conf").write_text("local all all trust\n")
        (server.data / "pg_ident.conf").touch()
    if os.geteuid() == 0:
        user = server_user()
        for path in (server.folder, *server.folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def by_role(role: str, url: str) -> str:
    """The same, of a server of our own, where nobody needs a password. The role is quoted as URLs are."""
    return url.replace("postgres@", f"{role}@", 1)


async def compare(drill: Drill, url: str) -> None:
    await schema.check(url)
    async with snapshot(url) as (connection, _):
        drill.restored = await read_books(connection)
    for name, books in (("live", drill.live), ("restored", drill.restored)):
        if books.differences:
            drill.wrong.append(f"the audit finds {books.differences} differences in what is {name}")


def _pairs(drill: Drill) -> list[tuple[str, object, object]]:
    assert drill.restored is not None
    live, other = drill.live, drill.restored
    names = {**live.rows, **other.rows}
    rows = [(f"rows of {name}", live.rows.get(name), other.rows.get(name)) for name in names]
    figures = [(name, live.figures[name], other.figures[name]) for name in FIGURES]
    return [("totals", live.totals, other.totals), *figures, *rows]


@contextmanager
def timed(drill: Drill, what: str) -> Iterator[None]:
    """Notes how long a block took."""
    began = monotonic()
    yield
    drill.seconds[what] = round(monotonic() - began, 2)


@contextmanager
def running(server: EmbeddedPostgres) -> Iterator[None]:
    """The new cluster, for as long as the block lasts."""
    server.start()
    try:
        yield
    finally:
        server.stop()


async def run(programs: Programs, program: str, *options: str, url: str) -> str:
    """A program of PostgreSQL's on a database. The password goes by the environment. Raises DrillFailed."""
    plain, password = without_password(url)
    given = {"PGPASSWORD": password} if password else {}
    return await _run([programs.path(program), f"--dbname={plain}", *options], given)


async def run_script(*arguments: str, url: str, programs: Programs) -> str:
    given = {"LOCKBAY_BACKUP_URL": url, "PG_BIN": str(programs.folder), "PYTHON": sys.executable}
    return (await _run([str(SCRIPT), *arguments], given)).splitlines()[-1]


async def _run(command: list[str], given: Mapping[str, str]) -> str:
    with trio.fail_after(BOUND):
        done = await trio.run_process(
            command, env={**os.environ, **given}, capture_stdout=True, capture_stderr=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    if done.returncode != 0:
        raise DrillFailed(f"{Path(command[0]).name}: {done.stderr.decode(errors='replace').strip()[-500:]}")
    return done.stdout.decode()


def without_password(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if parts.password is None:
        return url, ""
    bare = f"{parts.username or ''}@{parts.netloc.rpartition('@')[2]}"  # as it was written
    return urlunsplit(parts._replace(netloc=bare)), unquote(parts.password)


def size(path: Path) -> float:
    """Of a file or folder, in MB."""
    every = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in every) / 1e6


@contextmanager
def empty_folder(room: Path | None) -> Iterator[Path]:
    """Gone afterwards, with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="lockbay-drill-", dir=room, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root, the server runs as somebody else
        yield folder


async def drill(url: str, backup_url: str = "", *, base: bool, programs: Programs, room: Path | None = None) -> Drill:
    """One drill in a folder of its own, which is gone afterwards. `backup_url` is that of whoever backs up, if it is
    not `url`. Raises DrillFailed, and as the schema's check.
    """
    with empty_folder(room) as folder:
        return await (drill_base if base else drill_dump)(url, backup_url or url, folder, programs)


def table(found: Drill) -> Table:
    shown = Table("", "live", "restored", title=f"Restore drill: {found.kind}, {found.megabytes:.1f} MB")
    other = found.restored
    shown.add_row("differences", str(found.live.differences), str(other.differences if other else "?"))
    for name in FIGURES:
        shown.add_row(name, str(found.live.figures[name]), str(other.figures[name] if other else "?"))
    shown.add_row("rows", str(sum(found.live.rows.values())), str(sum(other.rows.values()) if other else "?"))
    for what, seconds in found.seconds.items():
        shown.add_row(what, "", f"{seconds} s")
    shown.add_section()
    for wrong in found.wrong or ["nothing is wrong"]:
        shown.add_row(wrong, "", "")
    return shown


@click.command()
@click.option("--base", is_flag=True, help="A base backup of the whole cluster, instead of a dump.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="The embedded database in this folder.")
@click.option("--programs", type=click.Path(path_type=Path), help="PostgreSQL's programs; otherwise our own.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write what was found there, too.")
def main(*, base: bool, data_dir: Path | None, programs: Path | None, file: Path | None) -> None:
    """Backs up, restores, compares."""
    configure()
    found = trio.run(_main, base, data_dir, programs)
    rich.print(table(found))
    if file is not None:
        file.write_text(json.dumps(asdict(found), indent=2))
    sys.exit(bool(found.wrong))


async def _main(base: bool, data_dir: Path | None, programs: Path | None) -> Drill:
    chosen = bundled() if programs is None else Programs(programs, locale=("--locale=C.UTF-8",))
    if data_dir is not None:
        async with open_postgres(data_dir / "postgres") as url:
            return await drill(url, base=base, programs=chosen)
    if not (url := os.environ.get("LOCKBAY_DATABASE_URL", "")):
        raise click.UsageError("LOCKBAY_DATABASE_URL is not set; or say --data-dir")
    return await drill(url, os.environ.get("LOCKBAY_BACKUP_URL", ""), base=base, programs=chosen)


if __name__ == "__main__":
    main()
