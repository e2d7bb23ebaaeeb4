"""What groups are told: of whom, how often, and when no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import trio
from attrs import define, field

from lockbay.actors.screen import Screen
from lockbay.areas.groups.records import Came, ChooseTopic, FindGroup, LeaveGroup, TellMembership, Topic
from lockbay.areas.preferences.records import ShowMe
from lockbay.areas.ratings.records import RateTrade
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.errors import TelegramUnavailable
from lockbay.notices.announcer import Announcer
from lockbay.postgres.database import Database
from lockbay.telegram.refusals import AnswerLost, BadRequest, NotAllowed, Unauthorized, Unreachable
from tests.areas.disputing import decision, disputed, on_duty
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.ledger.world import World

CHAT = -1_001_234_567_890


@define(eq=False)
class Chats:
    """The courier's side of the world; `fails` are raised once each."""

    arrived: list[tuple[int, str]] = field(factory=list)
    fails: list[Exception] = field(factory=list)

    async def deliver_bulk(self, chat_id: int, screen: Screen, *, last_word: Callable[[], float] = lambda: 0.0) -> int:
        await trio.lowlevel.checkpoint()
        assert (screen.silent, screen.rows) == (True, ())
        if self.fails:
            raise self.fails.pop(0)
        self.arrived.append((chat_id, sent(screen)))
        return len(self.arrived)

    def texts(self, buyer: int = 0, seller: int = 0) -> list[str]:
        """With shorter names for two people."""
        names = {f"@person{buyer}": "@ada", f"@person{seller}": "@sam"}
        texts = [text for _, text in self.arrived]
        for long, short in names.items():
            texts = [text.replace(long, short) for text in texts]
        return texts


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
def announcer(database: Database, clock: MovedClock, chats: Chats) -> Announcer:
    return Announcer(database, clock, chats)


async def group(world: World, *topics: Topic, chat_id: int = CHAT) -> str:
    """The slug of a group that wants to hear of these."""
    said = TellMembership(await world.person(), chat_id, "Traders", True, world.database.clock.now())
    came = await world.done(said)
    for topic in topics:
        await world.done(ChooseTopic(1, came.slug, topic, True))
    return came.slug


async def sides(world: World, *who: str) -> tuple[int, int]:
    """Buyer and seller; those who are named let groups know of them."""
    buyer, seller = await world.person(100_000), await world.person()
    for name, person in (("ada", buyer), ("sam", seller)):
        if name in who:
            await world.done(ShowMe(person, may_announce=True))
    return buyer, seller


async def traded(world: World, buyer: int, seller: int, amount: str = "100") -> int:
    trade = await world.delivered(buyer, seller, amount)
    await world.done(ReleaseTrade(buyer, trade.id))
    return trade.id


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ((), "🤝 A trade was completed."),
        (("ada",), "🤝 A trade was completed."),
        (("sam",), "🤝 A trade was completed."),
        (("ada", "sam"), "🤝 @ada and @sam completed a trade of 100 USDT."),
    ],
)
async def test_who_and_how_much_is_told_when_both_sides_let_groups_know(
    world: World, announcer: Announcer, chats: Chats, who: tuple[str, ...], told: str
) -> None:
    await group(world, "completed")
    buyer, seller = await sides(world, *who)
    await traded(world, buyer, seller)
    await announcer.tick()
    assert chats.texts(buyer, seller) == [told]
    assert [chat for chat, _ in chats.arrived] == [CHAT]
    await world.audited()


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (
            ("ada", "sam"),
            ["🔒 @ada and @sam trade 100 USDT: it is held until it is delivered.", "⭐ @ada gave @sam 5 stars."],
        ),
        (("sam",), ["🔒 A trade has begun: its money is held.", "⭐ Somebody got 5 stars after a trade."]),
    ],
)
async def test_trades_that_begin_and_five_stars(
    world: World, announcer: Announcer, chats: Chats, who: tuple[str, ...], told: list[str]
) -> None:
    await group(world, "opened", "praised")
    buyer, seller = await sides(world, *who)
    trade = await traded(world, buyer, seller)
    await world.done(RateTrade(buyer, trade, 5, "A secret"))
    await world.done(RateTrade(seller, trade, 4, ""))
    await announcer.tick()
    assert chats.texts(buyer, seller) == ["\n".join(told)]


async def test_a_change_of_mind_counts_until_it_is_told(world: World, announcer: Announcer, chats: Chats) -> None:
    await group(world, "completed")
    buyer, seller = await sides(world, "ada", "sam")
    await traded(world, buyer, seller)
    await world.done(ShowMe(seller, may_announce=False))
    await announcer.tick()
    assert chats.texts() == ["🤝 A trade was completed."]


async def test_who_is_gone_is_not_named(world: World, announcer: Announcer, chats: Chats) -> None:
    await group(world, "completed")
    buyer, seller = await sides(world, "ada", "sam")
    await traded(world, buyer, seller)
    await world.database.pool.fetch("test", f"UPDATE users SET blocked_at = now() WHERE id = {buyer}", (), reads=False)
    await announcer.tick()
    assert chats.texts() == ["🤝 A trade was completed."]


async def test_nothing_is_written_while_no_group_is_told_anything(world: World, database: Database) -> None:
    slug = await group(world)
    await traded(world, *await sides(world))
    assert await count(database, "announcements") == 0
    await world.done(ChooseTopic(1, slug, "completed", True))
    await database.run(LeaveGroup(1))
    await traded(world, await world.person(1000), await world.person())
    assert await count(database, "announcements") == 0


async def test_a_dispute_is_nobody_elses_business(world: World, announcer: Announcer, chats: Chats) -> None:
    await group(world, "completed", "praised")
    _, _, trade = await disputed(world)
    staff = await on_duty(world)
    await world.done(await decision(world, staff, trade.id, 100))
    await announcer.tick()
    assert chats.arrived == []
    await world.audited()


async def test_each_group_hears_what_it_wants(world: World, announcer: Announcer, chats: Chats) -> None:
    await group(world, "completed")
    await group(world, "opened", chat_id=-2)
    await group(world, chat_id=-3)
    await traded(world, *await sides(world))
    await announcer.tick()
    assert sorted(chats.arrived) == [
        (CHAT, "🤝 A trade was completed."),
        (-2, "🔒 A trade has begun: its money is held."),
    ]


async def test_however_much_happens_a_group_gets_six_messages_a_minute(
    world: World, announcer: Announcer, chats: Chats, clock: MovedClock, database: Database
) -> None:
    await group(world, "completed")
    buyer, seller = await sides(world, "ada", "sam")
    stranger = await world.person(100_000)
    await world.without_levels()
    for second in range(60):
        if second < 8:
            await traded(world, buyer, seller, "10")
        if second in (3, 4):
            await traded(world, stranger, seller, "10")
        await announcer.tick()
        clock.advance(timedelta(seconds=1))
    first, more, *rest = chats.texts(buyer, seller)
    assert first == "🤝 @ada and @sam completed a trade of 10 USDT."
    assert more.splitlines() == [first] * 5 + ["🤝 … and 4 more trades were completed."]
    assert rest == []
    assert await count(database, "group_news") == await count(database, "announcements") == 0
    for _ in range(60):
        await database.pool.fetch(
            "test",
            "INSERT INTO announcements (topic, trade_id, at) SELECT 'completed', 1, now() FROM generate_series(1, 3)",
            (),
            reads=False,
        )
        await announcer.tick()
        clock.advance(timedelta(seconds=1))
    assert len(chats.arrived) <= 2 + 6


async def test_what_is_an_hour_old_is_no_news(
    world: World, announcer: Announcer, chats: Chats, clock: MovedClock, database: Database
) -> None:
    await group(world, "completed")
    await traded(world, *await sides(world))
    clock.advance(timedelta(hours=1, seconds=1))
    await announcer.tick()
    assert chats.arrived == []
    assert await count(database, "group_news") == 0


@pytest.mark.parametrize(
    "error", [Unreachable("Forbidden: bot was kicked from the group chat", 403), Unreachable("chat not found")]
)
async def test_a_group_that_does_not_let_us_write_is_left(
    world: World, announcer: Announcer, chats: Chats, clock: MovedClock, database: Database, error: Exception
) -> None:
    slug = await group(world, "completed")
    buyer, seller = await sides(world)
    chats.fails = [error]
    for _ in range(3):
        await traded(world, buyer, seller, "10")
        await announcer.tick()
        clock.advance(timedelta(minutes=1))
    assert chats.arrived == []
    assert await database.run(FindGroup(slug)) is None
    assert await count(database, "group_news") == await count(database, "announcements") == 0


async def test_a_group_that_threw_the_bot_out_is_told_nothing(
    world: World, announcer: Announcer, chats: Chats, clock: MovedClock
) -> None:
    await group(world, "completed")
    await traded(world, *await sides(world))
    out = TellMembership(1, CHAT, "Traders", False, clock.now())
    assert isinstance(await world.done(out), Came)
    await announcer.tick()
    assert chats.arrived == []


@pytest.mark.parametrize("error", [BadRequest("message is too long"), AnswerLost("lost")])
async def test_what_is_refused_or_may_have_arrived_is_not_sent_again(
    world: World, announcer: Announcer, chats: Chats, clock: MovedClock, error: Exception
) -> None:
    await group(world, "completed")
    buyer, seller = await sides(world)
    await traded(world, buyer, seller, "10")
    chats.fails = [error]
    await announcer.tick()
    clock.advance(timedelta(minutes=2))
    await announcer.tick()
    assert chats.arrived == []
    await traded(world, buyer, seller, "10")
    await announcer.tick()
    assert len(chats.arrived) == 1


async def test_a_group_where_the_bot_may_not_write_is_asked_again_an_hour_later(
    world: World, announcer: Announcer, chats: Chats, clock: MovedClock
) -> None:
    """It may be for a while, so it is not left; and it was tried with each piece of news."""
    await group(world, "completed")
    buyer, seller = await sides(world)
    chats.fails = [NotAllowed("Bad Request: not enough rights to send text messages to the chat")] * 2
    for _ in range(3):
        await traded(world, buyer, seller, "10")
        await announcer.tick()
        clock.advance(timedelta(minutes=15))
    assert len(chats.fails) == 1
    chats.fails.clear()
    clock.advance(timedelta(minutes=15))
    await traded(world, buyer, seller, "10")
    await announcer.tick()
    assert len(chats.arrived) == 1


@pytest.mark.parametrize("error", [TelegramUnavailable("away"), Unauthorized("no token", 401)])
async def test_while_telegram_is_away_it_waits(
    world: World, announcer: Announcer, chats: Chats, clock: MovedClock, error: Exception
) -> None:
    await group(world, "completed")
    await traded(world, *await sides(world))
    chats.fails = [error]
    await announcer.tick()
    await announcer.tick()
    assert chats.arrived == []
    clock.advance(timedelta(minutes=1))
    await announcer.tick()
    await announcer.tick()
    assert len(chats.arrived) == 1


async def test_a_group_that_moved_is_written_down(world: World, announcer: Announcer, database: Database) -> None:
    slug = await group(world, "completed", chat_id=-77)
    announcer.moved(-77, CHAT)
    announcer.moved(-78, -79)
    await announcer.tick()
    found = await database.run(FindGroup(slug))
    assert found is not None
    assert found.chat_id == CHAT


async def test_a_trade_that_is_put_down_by_a_refusal_is_not_announced(world: World, database: Database) -> None:
    await group(world, "completed", "opened")
    buyer, seller = await sides(world)
    trade = await world.delivered(buyer, seller)
    before = await count(database, "announcements")
    await world.do(ReleaseTrade(seller, trade.id))  # not theirs to release
    assert await count(database, "announcements") == before == 1
    for _ in range(3):  # the same key: once
        await world.do(ReleaseTrade(buyer, trade.id), "released once")
    assert await count(database, "announcements") == 2


async def count(database: Database, table: str) -> int:
    [row] = await database.pool.fetch("test", f"SELECT count(*)::int AS n FROM {table}", (), reads=True)
    return int(str(row["n"]))
