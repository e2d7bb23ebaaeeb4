"""Groups: who chooses what is announced there, and what the bot does in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import trio
from attrs import evolve, field, frozen

from lockbay import plan
from lockbay.actors.screen import Screen, Url
from lockbay.actors.update import AskedInGroup, Command, Event, GroupMembership, GroupMoved, Sender, Typed, Update
from lockbay.actors.words import words
from lockbay.areas import groups
from lockbay.areas.groups.records import Came, ChooseTopic, FindGroup, Group, GroupList, MoveGroup, TellMembership
from lockbay.areas.groups.screens import GroupAdded, added, answered, hello
from lockbay.errors import Invalid
from lockbay.notices.records import DueNotices
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.groups import group_errands
from tests.actors.house import ADA, BOB, House, open_house, update
from tests.areas.people import ANA, BEN, fresh_key, met, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import START, MovedClock
from tests.talk import Talk
from tests.telegram.conftest import stub
from tests.telegram.stub import TOKEN, Body, Stub
from tests.telegram.stub import Refused as TelegramRefused

__all__ = ["stub"]
CHAT = -1_001_234_567_890
TITLE = "Traders <of> Lagos"
BOT = "lockbay_bot"
PLAN = plan.plan(BOT)
ADMIN, MEMBER = {"status": "administrator"}, {"status": "member"}


async def brought(
    database: Database, user_id: int = ANA, chat_id: int = CHAT, *, is_in: bool = True, after: float = 0
) -> Came | Refused:
    """What Telegram tells when somebody brings the bot into a group, or throws it out."""
    said = TellMembership(user_id, chat_id, TITLE, is_in, START + timedelta(seconds=after))
    return await database.perform(said, fresh_key())


async def slug_of(database: Database, user_id: int = ANA, chat_id: int = CHAT) -> str:
    """A group that somebody has just brought the bot into."""
    came = await brought(database, user_id, chat_id)
    assert isinstance(came, Came)
    return came.slug


async def asked(database: Database) -> list[tuple[int | None, str]]:
    """Who is asked in their own chat."""
    due = await database.run(DueNotices([], chats=True, mails=True, most=10))
    return [(row.user_id, rows.structurer(GroupAdded)(row.data).title) for row in due if row.kind == "group_added"]


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


# who brings the bot is asked


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


# who runs a group chooses


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


# in the group


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
