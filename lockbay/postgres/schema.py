"""Bringing a database to the schema in sql/, and proving that files, code and database fit each other.

Migrations, sql/schema/NNNN_name.sql, run in order and once, each in a transaction of its own. After them the functions
of the other folders are replaced where their files have changed, all in one transaction. A session advisory lock lets
one process at a time do this; others wait and then find nothing to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import asyncpg
import structlog
from attrs import frozen

from lockbay.errors import SchemaMismatch
from lockbay.postgres import bridge, catalogue, files, rights, seal
from lockbay.postgres.bridge import Connection, Limits
from lockbay.postgres.catalogue import Catalogue, Declaration, Plan
from lockbay.postgres.files import SqlFile
from lockbay.postgres.queries import Operation
from lockbay.postgres.seal import Sources

log = structlog.get_logger()

MIGRATION_NAME: Final = re.compile(r"(\d{4})_(\w+)")
MIGRATION_LIMITS: Final = Limits(statement=600.0, lock=600.0, idle_in_transaction=600.0)
ONE_AT_A_TIME: Final = "SELECT pg_advisory_lock(hashtextextended('lockbay.migrate', 0))"
MAY_CHANGE: Final = "SELECT has_schema_privilege('public', 'CREATE') AS may"
OLD: Final = (
    "The database is not up to date, and this role may not change it: "
    "run python -m lockbay --migrate with LOCKBAY_MIGRATION_URL"
)
BOOKS: Final = """
CREATE TABLE IF NOT EXISTS migrations (
    number int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS function_checksums (name text PRIMARY KEY, checksum text NOT NULL);
"""
DROP_FUNCTION: Final = """
SELECT proname AS function, format('DROP FUNCTION %s', oid::regprocedure) AS command
FROM pg_proc WHERE proname = $1 AND pronamespace = 'public'::regnamespace
"""
VALIDATE_FUNCTIONS: Final = """
SELECT p.proname AS function, format('SELECT %s(%s)', l.lanvalidator::regproc, p.oid) AS command
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.proname = ANY ($1::text[]) AND p.pronamespace = 'public'::regnamespace AND l.lanvalidator <> 0
"""


@frozen
class Migration:
    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return files.checksum(self.text)

    def __str__(self) -> str:
        return f"sql/schema/{self.number:04}_{self.name}.sql"


def read_migrations(folder: Path) -> list[Migration]:
    """In order. Raises SchemaMismatch for a wrong name or a number used twice."""
    found = [read_migration(path) for path in sorted((folder / "schema").glob("*.sql"))]
    for earlier, later in pairwise(found):
        if earlier.number == later.number:
            raise SchemaMismatch(f"{earlier} and {later} have the same number")
    return found


def read_migration(path: Path) -> Migration:
    match = MIGRATION_NAME.fullmatch(path.stem)
    if match is None:
        raise SchemaMismatch(f"sql/schema/{path.name} must be called NNNN_name.sql")
    return Migration(int(match[1]), match[2], path.read_text(encoding="utf-8"))


async def migrate(url: str, folder: Path | None = None, *, service_url: str = "") -> None:
    """Brings the database to the schema in `folder`. Idempotent; two at once: one waits for the other. The role of
    `service_url`, if it is another one, gets what the service needs (see rights).

    A role that may not change the schema looks only whether it is up to date. Raises SchemaMismatch when the files do
    not fit what was applied before; DatabaseUnavailable when it is away. A failed migration is rolled back, those
    before it stay.
    """
    folder = folder or files.sql_folder()
    migrations, sql = read_migrations(folder), files.read_files(folder)
    async with bridge.open_connection(url, MIGRATION_LIMITS) as connection:
        if not (await connection.fetch(MAY_CHANGE))[0]["may"]:
            return await refuse_old(connection, migrations, sql)
        await connection.fetch(ONE_AT_A_TIME)
        await connection.execute(BOOKS + seal.TABLE)
        await apply_migrations(connection, migrations)
        await install_functions(connection, sql)
        if service_url and service_url != url:
            await rights.grant(connection, sql, service_url)


async def refuse_old(connection: Connection, migrations: Sequence[Migration], sql: Mapping[str, SqlFile]) -> None:
    """Raises SchemaMismatch unless all is applied and installed."""
    try:
        applied = await connection.fetch("SELECT number, checksum FROM migrations")
        installed = await connection.fetch("SELECT name, checksum FROM function_checksums")
    except asyncpg.PostgresError as error:
        raise SchemaMismatch(OLD) from error
    refuse_applied(migrations, {row["number"]: row["checksum"] for row in applied})
    wanted = {file.function.name: file.checksum for file in sql.values() if file.function is not None}
    if len(applied) != len(migrations) or {row["name"]: row["checksum"] for row in installed} != wanted:
        raise SchemaMismatch(OLD)


async def apply_migrations(connection: Connection, migrations: Sequence[Migration]) -> None:
    rows = await connection.fetch("SELECT number, name, checksum FROM migrations ORDER BY number")
    applied = {row["number"]: row for row in rows}
    refuse_applied(migrations, {number: row["checksum"] for number, row in applied.items()})
    for migration in migrations:
        if migration.number not in applied:
            await apply(connection, migration)


def refuse_applied(migrations: Sequence[Migration], applied: Mapping[int, str]) -> None:
    """Raises SchemaMismatch when an applied migration was changed or removed, or a new one would come before it."""
    known = {migration.number: migration for migration in migrations}
    for number, checksum in applied.items():
        if number not in known:
            raise SchemaMismatch(f"The database has migration {number:04}, which is not in sql/schema: newer than us?")
        if known[number].checksum != checksum:
            raise SchemaMismatch(f"{known[number]} was changed after it was applied")
    for migration in migrations:
        if migration.number not in applied and migration.number < max(applied, default=0):
            raise SchemaMismatch(f"{migration} comes before migrations that were applied already")


async def apply(connection: Connection, migration: Migration) -> None:
    try:
        await connection.execute(f"BEGIN;\n{migration.text}\n;")
        await connection.fetch(
            "INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)",
            migration.number, migration.name, migration.checksum,
        )  # fmt: skip
        await connection.execute("COMMIT")
    except asyncpg.PostgresError as error:
        await connection.execute("ROLLBACK")
        raise SchemaMismatch(f"{migration} failed: {error.args[0]}") from error
    log.info("migration_applied", file=str(migration))


async def install_functions(connection: Connection, sql: Mapping[str, SqlFile]) -> None:
    """Replace the functions whose files have changed, and drop those whose files are gone: all or none."""
    rows = await connection.fetch("SELECT name, checksum FROM function_checksums")
    installed = {row["name"]: row["checksum"] for row in rows}
    wanted = {file.function.name: file for file in sql.values() if file.function is not None}
    changed = [name for name, file in wanted.items() if installed.get(name) != file.checksum]
    gone = [name for name in installed if name not in wanted]
    if not changed and not gone:
        return
    # Bodies are checked when all are there, as they call each other.
    await connection.execute("BEGIN; SET LOCAL check_function_bodies = off")
    try:
        for name in [*changed, *gone]:
            await drop(connection, name)
        for name in changed:
            await install(connection, name, wanted[name])
        await connection.execute("SET LOCAL check_function_bodies = on")
        await run_each(connection, VALIDATE_FUNCTIONS, list(wanted))
        await connection.execute("COMMIT")
    except BaseException:
        connection.terminate()
        raise
    log.info("functions_installed", changed=len(changed), dropped=len(gone))


async def drop(connection: Connection, name: str) -> None:
    await run_each(connection, DROP_FUNCTION, name)
    await connection.fetch("DELETE FROM function_checksums WHERE name = $1", name)


async def install(connection: Connection, name: str, file: SqlFile) -> None:
    try:
        await connection.execute(file.text)
    except asyncpg.PostgresError as error:
        raise SchemaMismatch(f"sql/{file.name}.sql failed: {error.args[0]}") from error
    await connection.fetch("INSERT INTO function_checksums VALUES ($1, $2)", name, file.checksum)


async def run_each(connection: Connection, query: str, argument: object) -> None:
    """Runs the commands that a query makes, each with the function that it is about."""
    for row in await connection.fetch(query, argument):
        try:
            await connection.execute(row["command"])
        except asyncpg.PostgresError as error:
            raise SchemaMismatch(f"the function {row['function']}: {error.args[0]}") from error


async def is_sealed(url: str, sources: Sources) -> bool:
    """Whether `check_and_seal` did its work before, for the same sources, libraries and database: nothing is to be
    migrated, and all fits. Raises SettingsError and DatabaseUnavailable.
    """
    async with bridge.open_connection(url, MIGRATION_LIMITS) as connection:
        return await seal.is_sealed(connection, sources)


async def check_and_seal(
    url: str, folder: Path | None = None, declarations: Iterable[Declaration] | None = None, *, owner_url: str = ""
) -> None:
    """`check`, and let the next start know that it was done, if the role of `owner_url`, or else of `url`, may.

    Not when sources changed since this process began: it may have read older ones. Raises what `check` raises.
    """
    sources = seal.read_sources(folder)
    async with bridge.open_connection(url, MIGRATION_LIMITS) as connection:
        before = await seal.seal_of(connection, sources)
        await check_by(connection, folder, declarations)
        unchanged = before == await seal.seal_of(connection, sources)
    async with bridge.open_connection(owner_url or url, MIGRATION_LIMITS) as owner:
        sealed = sources.are_running and unchanged and await seal.keep(owner, before)
    log.info("schema_checked", sealed=sealed)


async def check(url: str, folder: Path | None = None, declarations: Iterable[Declaration] | None = None) -> None:
    """Prove that every declaration, its file and the database fit: each statement is prepared, none is run.

    Without `declarations`: all that are imported. Raises SchemaMismatch, naming the file.
    """
    async with bridge.open_connection(url, MIGRATION_LIMITS) as connection:
        await check_by(connection, folder, declarations)


async def check_by(connection: Connection, folder: Path | None, declarations: Iterable[Declaration] | None) -> None:
    book = Catalogue(files.read_files(folder or files.sql_folder()))
    wanted = list(catalogue.declared() if declarations is None else declarations)
    catalogue.refuse_unused(book.files, wanted)
    for plan in [book.plan(declaration) for declaration in wanted]:
        await check_plan(connection, plan, book.files[plan.file])


async def check_plan(connection: Connection, plan: Plan, file: SqlFile) -> None:
    try:
        statement = await connection.prepared(plan.command.sql)
    except asyncpg.PostgresError as error:
        raise SchemaMismatch(f"sql/{file.name}.sql: {error.args[0]}") from error
    columns = {column.name: column.type.name for column in statement.get_attributes()}
    if issubclass(plan.declaration, Operation):
        refuse_operation(file, columns)
    else:
        refuse_columns(plan, columns)


def refuse_operation(file: SqlFile, columns: Mapping[str, str]) -> None:
    if file.function is None or list(columns.values()) != ["jsonb"]:
        raise SchemaMismatch(f"sql/{file.name}.sql must be a function that returns jsonb, as it is an operation")


def refuse_columns(plan: Plan, columns: Mapping[str, str]) -> None:
    """Raises SchemaMismatch when the columns are not the answer's, or when one is a float: money never is."""
    file, wanted = plan.file, plan.answer.columns
    if plan.answer.is_nothing:
        return
    if wanted is None and len(columns) != 1:
        raise SchemaMismatch(f"sql/{file}.sql answers {len(columns)} columns instead of one")
    if wanted is not None and wanted != columns.keys():
        odd = sorted(wanted ^ columns.keys())
        whose = "is a field without column" if odd[0] in wanted else "is a column without field"
        raise SchemaMismatch(f"sql/{file}.sql and {plan.declaration.__qualname__}: {odd[0]} {whose}")
    floats = [name for name, kind in columns.items() if kind in ("float4", "float8")]
    if floats:
        raise SchemaMismatch(f"sql/{file}.sql: the column {floats[0]} is a float")
