"""What `schema.check` found to fit still fits while nothing has changed that it looks at: it need not look again.

It looks at what is declared (LockBay's sources), at sql/, through Python and some libraries, and at what the database
has: its release, tables, types and functions, and what was applied and installed. The digest of all that is the seal.
It is kept in the database by whoever checked and may migrate; where it still is the same, a check would say the same
again.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

import asyncpg
from attrs import frozen

import lockbay
from lockbay.postgres import files
from lockbay.postgres.bridge import Connection

LIBRARIES: Final = ("attrs", "cattrs", "asyncpg")
SOURCES: Final = (".py", ".pyc", ".so", ".sql")
TICK: Final = 0.01  # s by which the kernel's clock for files is late, at most
TABLE: Final = """
CREATE TABLE IF NOT EXISTS seals (
    single boolean PRIMARY KEY DEFAULT true CHECK (single), seal text NOT NULL, sealed_at timestamptz NOT NULL
);
"""
# Whole rows of the catalog: whatever is changed there, it is looked at again.
STATE: Final = """
SELECT md5(concat_ws(E'\\n', current_setting('server_version'), current_setting('search_path'),
    (SELECT string_agg(c.relname || a::text, E'\\n' ORDER BY a.attrelid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace),
    (SELECT string_agg(t::text, E'\\n' ORDER BY t.oid) FROM pg_type t WHERE typnamespace = 'public'::regnamespace),
    (SELECT string_agg(e::text, E'\\n' ORDER BY e.oid) FROM pg_enum e),
    (SELECT string_agg(p::text, E'\\n' ORDER BY p.oid) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace),
    (SELECT string_agg(m::text, E'\\n' ORDER BY m.number) FROM migrations m),
    (SELECT string_agg(f::text, E'\\n' ORDER BY f.name) FROM function_checksums f)
)) AS state
"""
KEPT: Final = "SELECT seal FROM seals"
MAY_KEEP: Final = "SELECT has_table_privilege('seals', 'INSERT') AS may"
KEEP: Final = """
INSERT INTO seals (seal, sealed_at) VALUES ($1, now())
ON CONFLICT (single) DO UPDATE SET seal = excluded.seal, sealed_at = excluded.sealed_at
"""


@frozen
class Sources:
    """All that is read to declare and to ask, libraries included. `changed_at`: when anything of ours last changed, in
    seconds since 1970.
    """

    digest: str
    changed_at: float

    @property
    def are_running(self) -> bool:
        """Whether they are what this process has read, whenever it did."""
        return self.changed_at < lockbay.BEGAN - TICK


def read_sources(sql: Path | None = None, package: Path | None = None) -> Sources:
    """Of the package, its bytecode aside: Python itself sees whether that is as old as its source. It takes 10 ms, but
    many times that beside a thread that computes, as each file that is opened gives it a turn.
    """
    seen = hashlib.sha256(repr((sys.version, [version(each) for each in LIBRARIES])).encode())
    changed_at = 0.0
    for folder in (package or Path(lockbay.__file__).parent, sql or files.sql_folder()):
        start = len(str(folder))
        for path in sorted(_walk(str(folder))):
            changed_at = max(changed_at, os.stat(path).st_ctime)
            content = b"" if path.endswith(os.sep) else _content(path)
            seen.update(f"{path[start:]} {len(content)}\n".encode())
            seen.update(content)
    return Sources(seen.hexdigest(), changed_at)


def _content(path: str) -> bytes:
    """Of one of a thousand files: half of the time of Path.read_bytes."""
    with open(path, "rb", buffering=0) as file:
        return file.read()


def _walk(folder: str) -> Iterator[str]:
    """The sources, and their folders, which change when a file comes or goes, each with a slash at its end."""
    yield folder + os.sep
    with os.scandir(folder) as found:
        for each in found:
            if each.is_dir():
                if each.name != "__pycache__":
                    yield from _walk(each.path)
            elif each.name.endswith(SOURCES):
                yield each.path


async def seal_of(connection: Connection, sources: Sources) -> str:
    """Raises asyncpg.UndefinedTableError for a database that was never migrated."""
    [row] = await connection.fetch(STATE)
    return hashlib.sha256(f"{sources.digest} {row['state']}".encode()).hexdigest()


async def is_sealed(connection: Connection, sources: Sources) -> bool:
    """Whether all is as it was when it was checked."""
    try:
        kept = [row["seal"] for row in await connection.fetch(KEPT)]
        return bool(kept) and kept == [await seal_of(connection, sources)]
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return False


async def keep(connection: Connection, seal: str) -> bool:
    """Whether this role may."""
    try:
        may: bool = (await connection.fetch(MAY_KEEP))[0]["may"]
    except asyncpg.UndefinedTableError:
        return False
    if may:
        await connection.fetch(KEEP, seal)
    return may
