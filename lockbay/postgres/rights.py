"""What the role that serves may do in the database, and no more: the owner migrates, the service reads and writes.

Rights follow from the statements: a table that nothing inserts into, updates, locks or deletes from is only read. What
is append-only is never updated or deleted from, whatever a statement says. There is no right to change the schema, to
truncate, or to make anything, temporary tables included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import asyncpg
import structlog

from lockbay.errors import SettingsError
from lockbay.postgres import bridge
from lockbay.postgres.bridge import Connection, Limits
from lockbay.postgres.files import COMMENT, SqlFile

log = structlog.get_logger()

INSERTS: Final = re.compile(r"\bINSERT\s+INTO\s+(\w+)", re.IGNORECASE)
UPSERTS: Final = re.compile(
    r"\bINSERT\s+INTO\s+(\w+)(?:(?!\bINSERT\s+INTO\b)[^;])*?\bDO\s+UPDATE\b", re.IGNORECASE | re.DOTALL
)
UPDATES: Final = re.compile(r"\bUPDATE\s+(?:ONLY\s+)?(\w+)\s+(?:(?:AS\s+)?\w+\s+)?SET\b", re.IGNORECASE)
DELETES: Final = re.compile(r"\bDELETE\s+FROM\s+(\w+)", re.IGNORECASE)
LOCKS: Final = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+UPDATE|UPDATE|SHARE|KEY\s+SHARE)\b", re.IGNORECASE)
WORDS: Final = re.compile(r"\w+")

TABLES: Final = """
SELECT c.relname AS name, bool_or(t.tgname = 'append_only') IS TRUE AS append_only
FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY 1 ORDER BY 1
"""
BODIES: Final = "SELECT prosrc AS body FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
WHO: Final = """
SELECT r.rolname AS name, current_database() AS database,
    r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolreplication AS mighty
FROM pg_roles r WHERE r.rolname = current_user
"""
OWNS: Final = """
SELECT pg_has_role($1::name, nspowner, 'MEMBER') OR pg_has_role($1::name, datdba, 'MEMBER')
    OR EXISTS (
        SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND pg_has_role($1::name, c.relowner, 'MEMBER')
    ) AS owns
FROM pg_namespace n, pg_database d WHERE n.nspname = 'public' AND d.datname = current_database()
"""
SET_ALREADY: Final = """
SELECT split_part(unnest(setconfig), '=', 1) AS name
FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
WHERE setrole = $1::regrole AND datname = current_database()
"""
QUOTED: Final = "SELECT quote_ident($1::text) AS role, quote_ident($2::text) AS database"


async def grant(owner: Connection, sql: Mapping[str, SqlFile], service_url: str) -> str:
    """Gives the role of `service_url` its rights, and takes all others from it; its name. All or none; idempotent.

    Raises SettingsError for a role that could give itself more: a superuser, or who owns what it must not change.
    """
    async with bridge.open_connection(service_url) as connection:
        who = (await connection.fetch(WHO))[0]
    owns = (await owner.fetch(OWNS, who["name"]))[0]["owns"]
    if who["mighty"] or owns:
        raise SettingsError(
            f"LOCKBAY_DATABASE_URL: {who['name']} is mighty or owns the tables. Give the service a role of its own."
        )
    names = (await owner.fetch(QUOTED, who["name"], who["database"]))[0]
    tables = await owner.fetch(TABLES)
    bodies = [row["body"] for row in await owner.fetch(BODIES)]
    plain = [file.text for file in sql.values() if file.function is None]
    found = rights([*bodies, *plain], {row["name"]: row["append_only"] for row in tables})
    await owner.execute(";\n".join(["BEGIN", *script(names["role"], names["database"], found), "COMMIT"]))
    await limit(owner, names["role"], names["database"])
    log.info("rights_granted", role=who["name"], tables=len(found))
    return str(who["name"])


def rights(texts: Iterable[str], tables: Mapping[str, bool]) -> Mapping[str, Sequence[str]]:
    """What the statements need of each table. `tables` says which are append-only."""
    needed: dict[str, set[str]] = {table: {"SELECT"} for table in tables}
    for text in texts:
        for statement in COMMENT.sub(" ", text).split(";"):
            for right, names in used(statement):
                for name in names & needed.keys():
                    needed[name].add(right)
    for table, append_only in tables.items():
        if append_only:
            needed[table] -= {"UPDATE", "DELETE"}
    return {table: sorted(needed[table]) for table in tables}


def used(statement: str) -> Iterable[tuple[str, set[str]]]:
    """Whoever locks a row needs the right to update its table; which of a statement's tables it is does not matter
    here.
    """
    yield "INSERT", set(INSERTS.findall(statement))
    yield "DELETE", set(DELETES.findall(statement))
    yield "UPDATE", set(UPDATES.findall(statement)) | set(UPSERTS.findall(statement))
    if LOCKS.search(statement):
        yield "UPDATE", set(WORDS.findall(statement))


def script(role: str, database: str, found: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """The names are quoted already where they must be."""
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC"
    yield f"REVOKE ALL ON DATABASE {database} FROM {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}"
    for table, allowed in found.items():
        yield f"GRANT {', '.join(allowed)} ON {table} TO {role}"


async def limit(owner: Connection, role: str, database: str) -> None:
    """Time-outs of the role itself, for sessions that set none. Ours do: see bridge.open_raw. Where the owner may not
    set them, those that nobody else has set are told.
    """
    limits = Limits()
    bounds = {
        "statement_timeout": limits.statement,
        "lock_timeout": limits.lock,
        "idle_in_transaction_session_timeout": limits.idle_in_transaction,
    }
    try:
        for name, seconds in bounds.items():
            milliseconds = bridge.milliseconds(seconds)
            await owner.execute(f"ALTER ROLE {role} IN DATABASE {database} SET {name} = {milliseconds}")
    except asyncpg.InsufficientPrivilegeError:
        present = {row["name"] for row in await owner.fetch(SET_ALREADY, role)}
        if missing := [name for name in bounds if name not in present]:
            log.warning("role_time_outs_not_set", role=role, missing=missing, reason="the owner may not alter the role")
