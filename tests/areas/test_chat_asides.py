"""A reply to a message that told of something said in a trade, on the real database: it is said in that trade."""

from __future__ import annotations

from itertools import count

import pytest

from lockbay.actors.aside import first_of, take_aside
from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Reply, Said
from lockbay.actors.person import LoadPerson, Person
from lockbay.actors.screen import Screen
from lockbay.actors.turn import Turn
from lockbay.actors.update import Original, Sent
from lockbay.areas import support, trades
from lockbay.areas.admin.people_records import BlockPerson
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.disputes.records import Opened
from lockbay.areas.trades.chat_records import ChatPage, SayMessage, Told
from lockbay.errors import Invalid
from lockbay.notices.records import NoticesSent
from lockbay.postgres.database import Database
from tests.areas.disputing import opening
from tests.areas.people import ANA, BEN, CLEO, fresh_key, onboarded
from tests.areas.sendable import leads_to, sent
from tests.areas.trading import invited, market
from tests.ledger.world import World

NOTICE = 41
ASIDE = first_of(trades.aside, support.aside)
_updates = count(6_000_000)


@pytest.fixture
async def trade_id(database: Database) -> int:
    """A trade of Ana with Ben, in which Ben was told by message NOTICE of what she wrote."""
    await market(database)
    trade = int(await invited(database))
    await says(database, ANA, trade, "Is it red?")
    await shown(database, BEN, NOTICE)
    return trade


async def says(database: Database, user_id: int, trade_id: int, text: str) -> None:
    assert isinstance(await database.perform(SayMessage(user_id, trade_id, "text", text, ""), fresh_key()), Told)


async def shown(database: Database, user_id: int, message_id: int) -> None:
    """The newest notice of theirs is that message in their chat."""
    newest = "SELECT max(id) AS id FROM outbox WHERE user_id = $1"
    [row] = await database.pool.fetch("newest", newest, (user_id,), reads=True)
    await database.run(NoticesSent([int(str(row["id"]))], ["telegram"], [None], [message_id]))


async def reply(database: Database, user_id: int, said: Reply, message_id: int = NOTICE) -> Screen | None:
    loaded = await database.run(LoadPerson(user_id))
    assert loaded is not None
    person = Person(user_id, loaded.first_name, loaded.username, role=loaded.role)
    now = database.clock.now()
    turn = Turn(user_id, database, {}, Context(), now)
    original = Original(message_id, int(now.timestamp()))
    taken = await take_aside(ASIDE, Chat(person, now), next(_updates), original, said, turn)
    assert taken == bool(turn.shown)
    return turn.shown[-1][0] if taken else None


async def texts(database: Database, trade_id: int) -> list[tuple[str, str]]:
    page = await database.read(ChatPage, ANA, trade_id, 0)
    assert page is not None
    return [(each.role, each.text) for each in page.messages]


async def test_a_reply_is_said_in_the_trade_of_what_was_replied_to(database: Database, trade_id: int) -> None:
    other = int(await invited(database))
    await says(database, ANA, other, "And this one?")
    screen = await reply(database, BEN, Said("It is."))
    assert screen is not None
    assert sent(screen).startswith("✅ Sent to @ana · trade T-")
    assert leads_to(screen) == {"trade_chat", "trade", "menu"}
    await reply(database, BEN, Sent("photo", "file", "look"))
    assert await texts(database, trade_id) == [("buyer", "Is it red?"), ("seller", "It is."), ("seller", "look")]
    assert await texts(database, other) == [("buyer", "And this one?")]


async def test_who_was_not_told_by_that_message_replies_to_nothing(database: Database, trade_id: int) -> None:
    assert await reply(database, ANA, Said("It is.")) is None
    assert await reply(database, BEN, Said("It is."), NOTICE + 1) is None
    assert await texts(database, trade_id) == [("buyer", "Is it red?")]


async def test_what_is_refused_or_cannot_be_passed_on_is_said(database: Database, trade_id: int) -> None:
    with pytest.raises(Invalid, match="texts, photos and files only"):
        await reply(database, BEN, Sent("other"))
    await onboarded(database, CLEO, "Cleo", "cleo")
    await database.run(SaveStaff([CLEO]))
    assert await database.perform(BlockPerson(CLEO, BEN, True, "fraud"), fresh_key()) is True
    screen = await reply(database, BEN, Said("It is."))
    assert screen is not None
    assert "You cannot write: your account is blocked." in sent(screen)
    assert await texts(database, trade_id) == [("buyer", "Is it red?")]


async def test_the_staff_replies_into_the_dispute(database: Database) -> None:
    world = World(database)
    await world.prepare()
    buyer, seller, staff = [await world.person(usdt=500) for _ in range(3)]
    await database.run(SaveStaff([staff]))
    trade = (await world.delivered(buyer, seller)).id
    assert isinstance(await world.do(opening(buyer, trade)), Opened)
    await says(database, seller, trade, "It was fine")
    await shown(database, staff, NOTICE)
    screen = await reply(database, staff, Said("Show it"))
    assert screen is not None
    assert sent(screen).startswith("✅ Sent to both sides · trade T-")
    await database.run(SaveStaff([]))
    screen = await reply(database, staff, Said("And that"))
    assert screen is not None
    page = await database.read(ChatPage, buyer, trade, 0)
    assert page is not None
    assert [each.text for each in page.messages][1:] == ["It was fine", "Show it"]
