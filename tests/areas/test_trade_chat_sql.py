"""The chat in the database: numbered without gaps, never changed, and right when two write at once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
import trio

from lockbay.areas.messages import MessageKind
from lockbay.areas.trades.chat_records import ChatPage, Marked, SayMessage, SeeMessages, Told
from lockbay.areas.trades.records import PayTrade
from lockbay.areas.trades.views import TradeList, TradePage
from lockbay.errors import KeyReused
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.world import World, creation


def text(user_id: int, trade_id: int, said: str = "hello") -> SayMessage:
    return SayMessage(user_id, trade_id, "text", said, "")


async def two(world: World) -> tuple[int, int, int]:
    """A buyer, a seller and their trade."""
    buyer, seller = await world.person(300), await world.person()
    return buyer, seller, (await world.trade(buyer, seller)).id


async def unread(database: Database, user_id: int, trade_id: int) -> int:
    page, listed = await database.read(TradePage, user_id, trade_id), await database.read(TradeList, user_id, 0)
    assert page is not None
    assert listed is not None
    assert [each.unread for each in listed.trades if each.id == trade_id] == [page.unread]
    return page.unread


async def test_the_same_key_says_a_message_once(world: World, database: Database, raw: Connection) -> None:
    buyer, _, trade = await two(world)
    first = await world.do(text(buyer, trade), "key")
    assert first == await world.do(text(buyer, trade), "key") == Told(1, 0)
    with pytest.raises(KeyReused):
        await world.do(text(buyer, trade, "other words"), "key")
    [row] = await raw.fetch("SELECT count(*) AS n FROM outbox WHERE kind = 'chat_message'")
    assert row["n"] == 1


async def test_messages_at_once_are_numbered_without_gaps_and_each_told(
    world: World, database: Database, raw: Connection
) -> None:
    buyer, seller, trade = await two(world)

    async def write(user_id: int, said: str) -> None:
        await world.done(text(user_id, trade, said))

    async with trio.open_nursery() as nursery:
        for number in range(10):
            nursery.start_soon(write, buyer, f"b{number}")
            nursery.start_soon(write, seller, f"s{number}")
    messages = await raw.fetch("SELECT n, text FROM chat_messages ORDER BY n")
    assert [row["n"] for row in messages] == list(range(1, 21))
    assert len({row["text"] for row in messages}) == 20
    told = await raw.fetch("SELECT user_id FROM outbox WHERE kind = 'chat_message'")
    assert Counter(row["user_id"] for row in told) == {buyer: 10, seller: 10}


async def test_of_many_at_once_only_so_many_a_minute_are_taken(world: World, clock: MovedClock) -> None:
    buyer, seller, trade = await two(world)
    outcomes: Counter[str] = Counter()

    async def write() -> None:
        said = await world.do(text(buyer, trade))
        outcomes[said.reason if isinstance(said, Refused) else "said"] += 1

    for _ in range(12):
        await write()
    async with trio.open_nursery() as nursery:
        for _ in range(16):
            nursery.start_soon(write)
    assert outcomes == {"said": 20, "too_fast": 8}
    assert isinstance(await world.do(text(seller, trade)), Told)
    clock.advance(timedelta(seconds=59, milliseconds=999))
    assert await world.do(text(buyer, trade)) == Refused("too_fast", {"most": "20"})
    clock.advance(timedelta(milliseconds=1))
    assert isinstance(await world.do(text(buyer, trade)), Told)


async def test_a_message_and_a_payment_at_once_both_happen(world: World, database: Database) -> None:
    buyer, seller, trade = await two(world)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(world.done, PayTrade(buyer, trade, Decimal(105)))
        nursery.start_soon(world.done, text(seller, trade))
        nursery.start_soon(world.done, text(buyer, trade))
    page = await database.read(TradePage, buyer, trade)
    assert page is not None
    assert (page.state, page.newest_message) == ("paid", 2)


async def test_who_is_no_side_or_blocked_or_alone_is_refused(world: World, raw: Connection) -> None:
    buyer, seller, trade = await two(world)
    stranger = await world.person()
    alone = (await world.done(creation(buyer, "", kind="link"))).id
    assert await world.do(text(stranger, trade)) == Refused("unknown_trade")
    assert await world.do(text(buyer, trade + 1000)) == Refused("unknown_trade")
    assert await world.do(text(buyer, alone)) == Refused("no_seller")
    assert await world.do(text(stranger, alone)) == Refused("unknown_trade")
    assert await world.do(SeeMessages(stranger, trade, 5)) == Refused("unknown_trade")
    await raw.execute(f"UPDATE users SET blocked_at = now() WHERE id = {seller}")
    assert await world.do(text(seller, trade)) == Refused("blocked")
    assert isinstance(await world.do(text(buyer, trade)), Told)


@pytest.mark.parametrize(
    ("kind", "said", "file_id"),
    [("text", "", ""), ("text", " \n", ""), ("text", "x" * 1001, ""), ("text", "x", "id"), ("photo", "x", "")],
)
async def test_what_is_no_message_is_refused(world: World, kind: MessageKind, said: str, file_id: str) -> None:
    buyer, _, trade = await two(world)
    refused = await world.do(SayMessage(buyer, trade, kind, said, file_id))
    assert refused == Refused("bad_message", {"longest": "1000"})


async def test_reading_goes_forward_only_and_never_beyond_what_is_there(world: World, database: Database) -> None:
    buyer, seller, trade = await two(world)
    for _ in range(3):
        await world.done(text(buyer, trade))
    assert (await unread(database, seller, trade), await unread(database, buyer, trade)) == (3, 0)
    assert await world.done(SeeMessages(seller, trade, 2)) == Marked(0)
    assert await unread(database, seller, trade) == 1
    assert await world.done(SeeMessages(seller, trade, 1)) == Marked(2)
    assert await unread(database, seller, trade) == 1
    assert await world.done(SeeMessages(seller, trade, 2**63 - 1)) == Marked(2)
    await world.done(text(buyer, trade))
    assert await unread(database, seller, trade) == 1
    assert await world.done(text(seller, trade)) == Told(5, 1)
    assert (await unread(database, seller, trade), await unread(database, buyer, trade)) == (0, 1)


async def test_the_views_that_show_the_chat_are_dropped_on_both_sides(world: World, database: Database) -> None:
    buyer, seller, trade = await two(world)
    changed: list[tuple[int, str]] = []
    database.on_changed = lambda changes: changed.extend((each.user_id, each.view) for each in changes)
    await world.done(text(buyer, trade))
    views = {ChatPage.__name__, TradePage.__name__, TradeList.__name__, "Menu"}
    assert set(changed) == {(person, view) for person in (buyer, seller) for view in views}
    changed.clear()
    await world.done(SeeMessages(seller, trade, 1))
    assert set(changed) == {(seller, view) for view in views}


async def test_what_was_written_is_never_changed(world: World, raw: Connection) -> None:
    buyer, _, trade = await two(world)
    await world.done(text(buyer, trade))
    for change in ("UPDATE chat_messages SET text = 'x'", "DELETE FROM chat_messages", "TRUNCATE chat_messages"):
        with pytest.raises(Exception, match="never changed"):
            await raw.execute(change)
