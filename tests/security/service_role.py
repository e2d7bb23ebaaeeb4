"""A role that may do what the service needs and no more, as an operator makes it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from lockbay.postgres import bridge, schema
from lockbay.postgres.database import Database

ROLE = "lockbay serves"  # a name that must be quoted
MAKE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE "{ROLE}" LOGIN; END IF;
END $$
"""


async def as_service(owner_url: str, folder: Path | None = None) -> str:
    """The same database with the least role, which was given its rights by a migration."""
    async with bridge.open_connection(owner_url, schema.MIGRATION_LIMITS) as connection:
        await connection.execute(MAKE)
    service_url = by_service(owner_url)
    await schema.migrate(owner_url, folder, service_url=service_url)
    return service_url


def by_service(owner_url: str) -> str:
    """The same database by that role, which a database has the rights of if the one that it is a copy of has."""
    return owner_url.replace("postgres@", f"{quote(ROLE)}@", 1)


async def by_hand(database: Database, sql: str) -> None:
    """What no service does, done to its database by the owner."""
    owner_url = database.pool.url.replace(f"{quote(ROLE)}@", "postgres@", 1)
    async with bridge.open_connection(owner_url) as connection:
        await connection.execute(sql)
