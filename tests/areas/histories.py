"""People who look at what they had, and the statements that are made for them."""

from __future__ import annotations

import csv
import io
from datetime import UTC

from lockbay.actors.plan import Plan
from lockbay.actors.words import words
from lockbay.areas import history
from lockbay.areas.history.records import AskStatement, Format, Ordered
from lockbay.areas.history.statement import Holder, Statement, statement
from lockbay.areas.period import Period
from lockbay.notices.file_records import DueFiles, FileOrder, StatementLines
from lockbay.notices.printer import movements
from lockbay.postgres.database import Database
from lockbay.postgres.rows import parse_json, structurer
from tests.ledger.world import World

PLAN = Plan(history.FLOWS, history.COMMANDS, "history", lambda person, flow: None)
ENGLISH = words("en", "Africa/Lagos")


async def order(database: Database) -> FileOrder:
    """The newest."""
    return (await database.run(DueFiles()))[-1]


async def lines(database: Database, order_id: int, most: int = 3) -> list[bytes]:
    found, after = [], 0
    while (page := await database.run(StatementLines(order_id, after, most))).lines is not None:
        found.append(page.lines.encode())
        after = page.last
    return [*found, b"END\n"]


async def made(database: Database, wanted: FileOrder, most: int = 3) -> Statement:
    """Read in small pages. Raises DoesNotAddUp."""
    ordered: Ordered = structurer(Ordered)(parse_json(wanted.about))
    pages = await lines(database, wanted.id, most)
    return statement(ENGLISH, Holder("Ann", wanted.user_id), ordered, wanted.asked_at, movements(pages))


async def asked(world: World, user_id: int, days: str = "/", currency: str = "all", form: Format = "csv") -> Statement:
    since, until = Period.of(days).times(UTC)
    await world.done(AskStatement(user_id, days, since, until, currency, form))
    return await made(world.database, await order(world.database))


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
