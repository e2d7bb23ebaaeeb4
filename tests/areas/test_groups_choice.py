"""Who runs a group, and chooses what is announced there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from attrs import field, frozen

from lockbay import plan
from lockbay.actors.screen import Url
from lockbay.areas.groups.records import FindGroup
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.groups import group_errands
from tests.areas.grouping import BOT, CHAT, TITLE, slug_of
from tests.areas.people import ANA, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk
from tests.telegram.conftest import stub as stub
from tests.telegram.stub import TOKEN, Body, Stub
from tests.telegram.stub import Refused as TelegramRefused

PLAN = plan.plan(BOT)
ADMIN, MEMBER = {"status": "administrator"}, {"status": "member"}


@frozen
class Asking:
    """Somebody who talks with LockBay while Telegram is asked."""

    talk: Talk
    stub: Stub = field(repr=False)

    async def open(self, *where: str, runs: object = ADMIN) -> str:
        """Opens a flow; Telegram answers so."""
        self.stub.script("getChatMember", runs)
        return sent(await self.talk.open(*where))

    async def press(self, label: str, runs: object = ADMIN) -> str:
        self.stub.script("getChatMember", runs)
        return sent(await self.talk.press(label))


@pytest.fixture
async def asking(database: Database, clock: MovedClock, stub: Stub) -> AsyncIterator[Asking]:
    await onboarded(database, ANA, "Ana", "ana")
    async with open_bot_api(TOKEN, url=stub.url) as api:
        yield Asking(Talk(PLAN, database, clock, ANA, group_errands(api, database)), stub)


async def test_who_runs_a_group_chooses_what_is_announced(database: Database, asking: Asking) -> None:
    slug = await slug_of(database)
    await asking.talk.open("groups")
    assert f"🔇 {TITLE}" in labels(asking.talk.screen)
    assert "I announce nothing there yet" in await asking.press("Traders")
    assert "what is ticked" in await asking.press("completed")
    await asking.press("5 stars")
    assert [label for label in labels(asking.talk.screen) if "✅" in label] == [
        "✅ Trades that are completed",
        "✅ Ratings of 5 stars",
    ]
    await asking.press("5 stars")
    found = await database.run(FindGroup(slug))
    assert found is not None
    assert found.topics == ("completed",)
    assert "I announce nothing there yet" in await asking.press("Stop", {"status": "creator"})
    assert leads_to(asking.talk.screen) >= {"groups", "menu"}
    [call, *_] = asking.stub.of("getChatMember")
    assert call.params == {"chat_id": CHAT, "user_id": ANA}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (MEMBER, "Telegram says you do not"),
        ({"status": "left"}, "Telegram says you do not"),
        ({"status": "restricted", "is_member": True}, "Telegram says you do not"),
        (TelegramRefused(400, "Bad Request: user not found"), "Telegram says you do not"),
        (TelegramRefused(400, "Bad Request: PARTICIPANT_ID_INVALID"), "Telegram says you do not"),
        (TelegramRefused(403, "Forbidden: bot was kicked from the supergroup chat"), "not in that group any more"),
        (TelegramRefused(400, "Bad Request: chat not found"), "not in that group any more"),
        (TelegramRefused(400, "Bad Request: member list is inaccessible"), "does not tell me who runs"),
        (TelegramRefused(429, "Too Many Requests: retry after 9", {"retry_after": 9}), "does not answer right now"),
        (Body(502, b"<html>"), "does not answer right now"),
        (True, "does not answer right now"),
    ],
)
async def test_nobody_else_looks_or_chooses(database: Database, asking: Asking, answer: object, sentence: str) -> None:
    slug = await slug_of(database)
    assert sentence in await asking.open("group", slug, runs=answer)
    assert leads_to(asking.talk.screen) == {"groups", "menu"}
    assert sentence in await asking.open("group_news", slug, "completed", "1", runs=answer)
    found = await database.run(FindGroup(slug))
    assert found is not None
    assert found.topics == ()


async def test_who_ran_the_group_once_is_asked_about_again(database: Database, asking: Asking) -> None:
    slug = await slug_of(database)
    await asking.open("group", slug)
    assert "Telegram says you do not" in await asking.press("completed", MEMBER)
    found = await database.run(FindGroup(slug))
    assert found is not None
    assert found.topics == ()


async def test_a_group_that_moved_meanwhile_is_followed(database: Database, asking: Asking) -> None:
    slug = await slug_of(database, chat_id=-77)
    asking.stub.script(
        "getChatMember", TelegramRefused(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": CHAT})
    )
    assert "I announce nothing there yet" in await asking.open("group", slug)
    found = await database.run(FindGroup(slug))
    assert found is not None
    assert found.chat_id == CHAT


async def test_forged_buttons(database: Database, asking: Asking) -> None:
    slug = await slug_of(database)
    assert "I do not know that group" in await asking.open("group", "000000000000")
    assert "I do not know that group" in await asking.open("group_news", slug, "disputes", "1")
    assert "I do not know that group" in await asking.open("group_news", "'; --", "opened", "1")
    with pytest.raises(Invalid):
        await asking.open("group_news", slug, "opened", "yes")
    with pytest.raises(Invalid):
        await asking.open("groups", "-1")
    assert not PLAN.opens("group", ())
    assert not PLAN.opens("group_news", (slug,))


async def test_many_groups_are_turned_through(database: Database, asking: Asking) -> None:
    for n in range(9):
        await slug_of(database, chat_id=-1 - n)
    await asking.talk.open("groups")
    assert sum("🔇" in label for label in labels(asking.talk.screen)) == 8
    await asking.talk.press("Older")
    assert sum("🔇" in label for label in labels(asking.talk.screen)) == 1
    await asking.talk.press("Newest")
    add = next(button for row in asking.talk.screen.rows for button in row if isinstance(button, Url))
    assert add.url == f"https://t.me/{BOT}?startgroup=announce"


async def test_the_link_in_the_group_leads_to_the_choice(database: Database, asking: Asking) -> None:
    slug = await slug_of(database)
    assert "👥 Traders" in (await asking.open("start", f"g_{slug}"))
