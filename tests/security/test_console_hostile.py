"""Whatever people, providers and the staff wrote stands on the console's pages as text: no column is trusted."""

from __future__ import annotations

import re
from typing import Final

import asyncpg
import pytest

from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.web.console.pages import PAGES
from tests.ledger.world import World
from tests.web.consoling import OWNER, Things, furnish, hire, open_desk

# Ends tags and attributes, is a template, writes from right to left, hides, and is one person made of four signs.
HOSTILE: Final = (
    "<script>alert(1)</script>\" onload=alert(2) '><img src=x onerror=alert(3)>{{ 7*7 }}&amp;"
    "\u202egnp.exe\u202c\u2067rtl\u200b\u200f\U0001f469\u200d\U0001f469\u200d\U0001f467"
)
LONGEST: Final = (HOSTILE + "W" * 4096)[:4096]
LENGTHS: Final = (4096, 2000, 1000, 500, 120, 64)  # the longest that a column takes
RUNS: Final = re.compile(r"<script>|<img|\" onload|'>|49&")
TEXTS: Final = """
SELECT c.relname AS of, a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND a.atttypid = 'text'::regtype AND a.attgenerated = ''
ORDER BY 1, 2
"""
# Words of ours, by which rows are told apart.
OURS: Final = re.compile(
    r"\.(\w*currency|network|kind|state|role|language|time_zone|source|reason|csrf)$|^(terms|transitions|currencies|rates)\."
)
# What must be among them, lest this test become one of nothing.
SHOWN: Final = {
    "users.first_name", "trades.description", "disputes.text", "chat_messages.text", "ticket_messages.text",
    "dead_letters.error", "outbox.error", "admin_actions.why", "corrections.why", "cashouts.address",
    "cashouts.bank_name", "cashouts.problem", "payins.reference", "provider_events.txid", "transfers.note",
}  # fmt: skip


async def poison(raw: Connection) -> set[str]:
    """Puts the longest of it that they take into every column of every row; says into which."""
    taken = set[str]()
    await raw.execute("SET session_replication_role = replica")  # also into what is append-only
    for row in await raw.fetch(TEXTS):
        name = f"{row['of']}.{row['name']}"
        for length in () if OURS.search(name) else LENGTHS:
            try:
                await raw.fetch(f"UPDATE {row['of']} SET {row['name']} = $1 || ctid", LONGEST[: length - 10])
            except asyncpg.IntegrityConstraintViolationError:
                continue
            taken.add(name)
            break
    await raw.execute("SET session_replication_role = DEFAULT")
    return taken


@pytest.fixture
async def things(raw: Connection, world: World) -> Things:
    await hire(raw, world.database)
    return await furnish(raw, world)


async def test_nothing_that_the_database_holds_runs_on_any_page(
    database: Database, raw: Connection, things: Things
) -> None:
    ids, taken = things.ids, await poison(raw)
    assert taken >= SHOWN
    async with open_desk(database) as desk:
        owner = await desk.inside(OWNER)
        for page in PAGES:
            answer = await owner.get(page.path.format(**ids))
            assert answer.status_code == 200, page.path
            assert RUNS.findall(answer.text) == [], page.path
            assert ("&lt;script&gt;" in answer.text) == page.touches, f"{page.path}: at least who looks is called so"
