"""Newcomers, through the flows that let them in."""

from __future__ import annotations

import orjson

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.plan import Plan, onward, together
from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas import code_mail, menu, onboarding
from lockbay.areas.menu.conversations import menu as menu_flow
from lockbay.areas.menu.records import Menu
from lockbay.areas.onboarding.records import Onboarding
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from tests.areas.people import ANA
from tests.areas.sendable import sent

EMAIL = "ana@example.com"


async def invitation(chat: Chat, token: str) -> None:
    """In place of the page that the trades area has."""
    await chat.show(Screen(chat.words("Invitation {token}", token=token)))


FLOWS: dict[str, Flow] = {}
FLOWS |= together(
    onboarding.flows(menu_flow, invitation, onward(FLOWS, "menu")), menu.FLOWS, {"invitation": invitation}
)
PLAN = Plan(FLOWS, onboarding.COMMANDS, "menu", onboarding.gate)


async def mail(database: Database) -> Screen:
    """The code mail that was written last."""
    [row] = await database.pool.fetch(
        "mail", "SELECT data::text FROM outbox WHERE kind = 'email_code' ORDER BY id DESC LIMIT 1", (), reads=True
    )
    data = orjson.loads(row["data"])
    notice = code_mail.notices(database.secret)["email_code"]
    return notice.draw(words("en", "UTC"), rows.structurer(notice.record)(data))


async def mailed_code(database: Database) -> str:
    return sent(await mail(database))[:6]


async def state(database: Database, user_id: int = ANA) -> Onboarding:
    view = await database.read(Onboarding, user_id)
    assert view is not None
    return view


async def is_onboarded(database: Database, user_id: int = ANA) -> bool:
    view = await database.read(Menu, user_id)
    assert view is not None
    return view.onboarded
