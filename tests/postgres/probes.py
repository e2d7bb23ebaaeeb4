"""What shows that a pool answers."""

from __future__ import annotations

from lockbay.postgres.pool import Pool


async def fetch_one(pool: Pool, sql: str, *arguments: object) -> object:
    rows = await pool.fetch("test", sql, arguments, reads=True)
    return rows[0][0]
