"""Tickets in tests: who asks, who answers, what they are told, and replies to that."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Final

import orjson
import pytest
from attrs import frozen

from lockbay.actors.aside import take_aside
from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Reply
from lockbay.actors.person import LoadPerson, Person
from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.turn import Turn
from lockbay.actors.update import Original
from lockbay.actors.words import words
from lockbay.areas import menu, support
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.support.records import Asked, AskSupport, TicketPage
from lockbay.notices.records import NoticesSent
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, CLEO, fresh_key, onboarded
from tests.clock import MovedClock
from tests.talk import Talk, Talking

ENGLISH: Final = words("en", "UTC")
PLAN: Final = Plan(
    together(menu.FLOWS, support.flows(menu.FLOWS["menu"])), support.COMMANDS, "menu", gate, support.aside
)
DAN: Final = 10_000_000_004
_updates = count(5_000_000)
_messages = count(700)


async def house(database: Database) -> None:
    """Ana, who asks; Cleo and Ben, who own LockBay and answer; Dan, who is nobody."""
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, BEN, "Ben", "ben")
    await onboarded(database, CLEO, "Cleo", "cleo")
    await onboarded(database, DAN, "Dan", "dan")
    await database.run(SaveStaff([BEN, CLEO]))


async def ask(database: Database, user_id: int, text: str) -> Asked:
    asked = await database.perform(AskSupport(user_id, "text", text, ""), fresh_key())
    assert isinstance(asked, Asked), asked
    return asked


@frozen
class Told:
    """A notice as somebody sees it in Telegram. `message_id`: of the message that shows it."""

    kind: str
    screen: Screen
    message_id: int


async def told(database: Database, user_id: int) -> Sequence[Told]:
    """What somebody is told of tickets, in order. What was not sent yet is sent now."""
    waiting = await database.pool.fetch(
        "waiting",
        "SELECT id FROM outbox WHERE user_id = $1 AND kind LIKE 'ticket%' AND sent_at IS NULL ORDER BY id",
        (user_id,),
        reads=True,
    )
    ids = [int(str(row["id"])) for row in waiting]
    numbers: list[int | None] = [next(_messages) for _ in ids]
    await database.run(NoticesSent(ids, ["telegram"] * len(ids), [None] * len(ids), numbers))
    found = await database.pool.fetch(
        "told",
        "SELECT kind, data::text, message_id FROM outbox WHERE user_id = $1 AND kind LIKE 'ticket%' ORDER BY id",
        (user_id,),
        reads=True,
    )
    return [
        Told(str(row["kind"]), drawn(str(row["kind"]), str(row["data"])), int(str(row["message_id"]))) for row in found
    ]


def drawn(kind: str, data: str) -> Screen:
    notice = support.NOTICES[kind]
    return notice.draw(ENGLISH, rows.structurer(notice.record)(orjson.loads(data)))


async def reply(
    database: Database,
    user_id: int,
    message_id: int,
    said: Reply,
    *,
    update: int | None = None,
    sent_at: int | None = None,
) -> Screen | None:
    """What somebody sees who replies to a message; None: it is no aside. Raises Invalid."""
    loaded = await database.run(LoadPerson(user_id))
    assert loaded is not None
    now = database.clock.now()
    person = Person(user_id, loaded.first_name, loaded.username, role=loaded.role)
    turn = Turn(user_id, database, {}, Context(), now)
    original = Original(message_id, int(now.timestamp()) if sent_at is None else sent_at)
    taken = await take_aside(support.aside, Chat(person, now), update or next(_updates), original, said, turn)
    assert taken == bool(turn.shown)
    return turn.shown[-1][0] if taken else None


@pytest.fixture
async def talking(database: Database, clock: MovedClock) -> Talking:
    await house(database)
    return lambda user_id: Talk(PLAN, database, clock, user_id)


async def page_of(database: Database, ticket_id: int, viewer: int = CLEO) -> TicketPage:
    page = await database.read(TicketPage, viewer, ticket_id, 0)
    assert page is not None
    return page


async def texts(database: Database, ticket_id: int) -> list[str]:
    return [each.text for each in (await page_of(database, ticket_id)).messages]


async def recorded(database: Database) -> list[tuple[int, str, str]]:
    found = await database.pool.fetch(
        "acts", "SELECT user_id, action, subject FROM admin_actions ORDER BY id", (), reads=True
    )
    return [(int(str(row["user_id"])), str(row["action"]), str(row["subject"])) for row in found]
