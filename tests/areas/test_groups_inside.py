"""What the bot does in a group, and what it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from attrs import evolve

from lockbay.actors.screen import Screen, Url
from lockbay.actors.update import AskedInGroup, Command, Event, GroupMembership, GroupMoved, Sender, Typed, Update
from lockbay.actors.words import words
from lockbay.areas import groups
from lockbay.areas.groups.records import FindGroup, GroupList
from lockbay.areas.groups.screens import answered, hello
from lockbay.postgres.database import Database
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.groups import group_errands
from tests.actors.house import ADA, BOB, House, open_house, update
from tests.areas.grouping import BOT, CHAT, TITLE
from tests.areas.test_groups_choice import ADMIN, MEMBER
from tests.clock import START, MovedClock
from tests.telegram.conftest import stub as stub
from tests.telegram.stub import TOKEN, Stub


def there(event: Event, sender: Sender = BOB, chat_id: int = CHAT) -> Update:
    return evolve(update(event, sender), chat_id=chat_id)


def second(after: float = 0) -> int:
    return int(START.timestamp() + after)


async def shown(house: House) -> list[str]:
    """What the group sees."""
    return [reply.text for reply in house.replies.sent if reply.chat_id == CHAT]


@pytest.fixture
async def house(database: Database, clock: MovedClock, stub: Stub) -> AsyncIterator[House]:
    async with (
        open_bot_api(TOKEN, url=stub.url) as api,
        open_house(database, clock, {}, in_group=groups.in_group(BOT), errands=group_errands(api, database)) as house,
    ):
        yield house


async def test_a_group_gets_a_button_where_who_brought_the_bot_has_no_chat_with_it(house: House) -> None:
    came = there(GroupMembership(TITLE, True, second()))
    for _ in range(3):  # the same update again
        await house.receive(came)
        await house.quiet()
        await house.restart()
    assert all("I announce nothing here" in text for text in await shown(house))
    assert house.replies.texts(BOB) == []
    page = await house.database.read(GroupList, BOB.id, 0)
    assert page is not None
    assert len(page.groups) == 1


async def test_what_somebody_is_in_stays_as_it_is(house: House) -> None:
    await house.tell(Command("two"), BOB)
    await house.receive(there(GroupMembership(TITLE, True, second())))
    await house.quiet()
    await house.tell(Typed("Bob"), BOB)
    assert house.replies.texts(BOB)[-1] == "Bob, sure?"
    await house.receive(there(GroupMembership(TITLE, False, second(1))))
    await house.quiet()
    await house.restart()
    await house.tell(Typed("x"), BOB)
    assert "sure?" in house.replies.texts(BOB)[-1]


async def test_who_runs_the_group_gets_an_answer_there_and_nobody_else(
    house: House, stub: Stub, clock: MovedClock
) -> None:
    stub.script("getChatMember", ADMIN, MEMBER)
    await house.receive(there(AskedInGroup(TITLE, "announce", "LockBay_Bot", second())))
    await house.quiet()
    assert len(await shown(house)) == 1
    clock.advance(timedelta(seconds=10))
    await house.receive(there(AskedInGroup(TITLE, "announce", "other_bot", second()), ADA))
    await house.receive(there(AskedInGroup(TITLE, "announce", "", second()), ADA))
    await house.quiet()
    assert len(await shown(house)) == 1
    assert len(stub.of("getChatMember")) == 2


async def test_who_writes_in_the_group_s_name_runs_it_and_is_not_looked_up(
    house: House, stub: Stub, clock: MovedClock
) -> None:
    nobody = Sender(1087968824, "Group")
    await house.receive(there(AskedInGroup(TITLE, "announce", "", second(), by_the_group=True), nobody))
    await house.quiet()
    assert len(await shown(house)) == 1
    assert stub.of("getChatMember") == []
    clock.advance(timedelta(seconds=3))
    await house.receive(there(AskedInGroup(TITLE, "announce", "", second(), by_the_group=True), nobody))
    await house.quiet()
    assert len(await shown(house)) == 1, "a flood of theirs is a flood, too"


async def test_the_bot_brought_in_the_group_s_name_says_hello_there(house: House) -> None:
    await house.receive(there(GroupMembership(TITLE, True, second()), Sender(1087968824, "Group")))
    await house.quiet()
    assert ["I announce nothing here" in text for text in await shown(house)] == [True]


async def test_a_flood_is_answered_once_and_asks_telegram_nothing_more(
    house: House, stub: Stub, clock: MovedClock
) -> None:
    stub.script("getChatMember", ADMIN, ADMIN)
    for sender in (ADA, BOB, ADA, BOB):
        await house.receive(there(AskedInGroup(TITLE, "announce", "", second()), sender))
        await house.quiet()
        clock.advance(timedelta(seconds=3))
    assert len(await shown(house)) == len(stub.of("getChatMember")) == 1
    clock.advance(timedelta(seconds=3))
    await house.receive(there(AskedInGroup(TITLE, "announce", "", second()), ADA))
    await house.quiet()
    assert len(await shown(house)) == 2


async def test_a_group_that_became_a_supergroup_is_known_as_such(house: House) -> None:
    await house.receive(there(GroupMembership(TITLE, True, second()), chat_id=-77))
    await house.quiet()
    await house.receive(there(GroupMoved(CHAT), ADA, -77))
    await house.quiet()
    page = await house.database.read(GroupList, BOB.id, 0)
    assert page is not None
    found = await house.database.run(FindGroup(page.groups[0].slug))
    assert found is not None
    assert found.chat_id == CHAT


async def test_what_fails_in_a_group_says_nothing_there_and_ends_nothing(database: Database, clock: MovedClock) -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError

    async with open_house(database, clock, {}, in_group=breaks) as house:
        await house.tell(Command("two"), BOB)
        await house.receive(there(GroupMembership(TITLE, True, second())))
        await house.quiet()
        assert await shown(house) == []
        await house.restart()
        await house.tell(Typed("Bob"), BOB)
        assert house.replies.texts(BOB)[-1] == "Bob, sure?"


def test_the_screens_of_a_group_have_no_buttons_but_links() -> None:
    for screen in (hello(words("en", "UTC"), BOT, "0123456789ab"), answered(words("en", "UTC"), BOT, "0123456789ab")):
        assert isinstance(screen, Screen)
        [[button]] = screen.rows
        assert isinstance(button, Url)
        assert button.url == f"https://t.me/{BOT}?start=g_0123456789ab"
