"""Groups: how the bot comes in and leaves, and who hears of it."""

from __future__ import annotations

import trio

from lockbay.actors.words import words
from lockbay.areas.groups.records import Came, ChooseTopic, FindGroup, Group, GroupList, MoveGroup
from lockbay.areas.groups.screens import GroupAdded, added
from lockbay.notices.records import DueNotices
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.grouping import CHAT, TITLE, brought, slug_of
from tests.areas.people import ANA, BEN, fresh_key, met, onboarded
from tests.areas.sendable import leads_to, sent


async def asked(database: Database) -> list[tuple[int | None, str]]:
    """Who is asked in their own chat."""
    due = await database.run(DueNotices([], chats=True, mails=True, most=10))
    return [(row.user_id, rows.structurer(GroupAdded)(row.data).title) for row in due if row.kind == "group_added"]


async def test_who_brings_the_bot_into_a_group_is_asked_in_their_own_chat(database: Database) -> None:
    await onboarded(database, ANA)
    came = await brought(database)
    assert isinstance(came, Came)
    assert (came.came, came.asked) == (True, True)
    assert await asked(database) == [(ANA, TITLE)]
    screen = added(words("en", "UTC"), GroupAdded(came.slug, TITLE))
    assert TITLE in sent(screen)
    assert leads_to(screen) == {"group", "menu"}


async def test_who_has_no_chat_with_us_is_not(database: Database) -> None:
    await met(database, BEN)
    came = await brought(database, BEN)
    assert isinstance(came, Came)
    assert (came.came, came.asked) == (True, False)
    assert await asked(database) == []


async def test_a_group_that_takes_the_bot_in_again_begins_anew(database: Database) -> None:
    await onboarded(database, ANA)
    slug = await slug_of(database)
    await database.perform(ChooseTopic(ANA, slug, "all", True), fresh_key())
    await brought(database, BEN, is_in=False, after=5)
    assert await database.run(FindGroup(slug)) is None
    assert await database.perform(ChooseTopic(ANA, slug, "opened", True), fresh_key()) == Refused("unknown_group")
    came = await brought(database, after=9)
    assert isinstance(came, Came)
    assert (came.slug, came.came) == (slug, True)
    found = await database.run(FindGroup(slug))
    assert found is not None
    assert found.topics == ()


async def test_what_was_said_earlier_and_comes_later_changes_nothing(database: Database) -> None:
    await onboarded(database, ANA)
    slug = await slug_of(database)
    assert await brought(database, BEN, is_in=False, after=-1) == Refused("no_news")
    assert await database.run(FindGroup(slug)) is not None
    assert await brought(database, BEN, -7, is_in=False) == Refused("no_news"), "a group that nobody knows"


async def test_a_group_keeps_what_was_chosen_when_its_chat_gets_another_id(database: Database) -> None:
    await onboarded(database, ANA)
    slug = await slug_of(database, chat_id=-77)
    await database.perform(ChooseTopic(ANA, slug, "praised", True), fresh_key())
    await brought(database, ANA, CHAT)  # the supergroup is heard of first
    assert await database.perform(MoveGroup(-77, CHAT), fresh_key()) == Group(slug, TITLE, ("praised",))
    found = await database.run(FindGroup(slug))
    assert found is not None
    assert (found.chat_id, found.topics) == (CHAT, ("praised",))
    assert await database.perform(MoveGroup(-77, CHAT), fresh_key()) == Refused("unknown_group")
    page = await database.read(GroupList, ANA, 0)
    assert page is not None
    assert [each.slug for each in page.groups] == [slug]


async def test_two_who_bring_the_bot_at_once_make_one_group(database: Database) -> None:
    await onboarded(database, ANA)
    await onboarded(database, BEN)
    slugs = []

    async def bring(user_id: int) -> None:
        slugs.append(await slug_of(database, user_id))

    async with trio.open_nursery() as both:
        both.start_soon(bring, ANA)
        both.start_soon(bring, BEN)
    assert len(slugs) == 2
    assert len(set(slugs)) == 1
