"""The chat of a trade, read: what is unread, and page by page what was said; on the real database, killed and
replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

from lockbay.areas.trades.views import TradePage
from lockbay.postgres.database import Database
from tests.areas.chatting import chat_of, say, told
from tests.areas.chatting import trade_id as trade_id
from tests.areas.people import ANA, BEN
from tests.areas.sendable import labels, sent
from tests.areas.trading import PLAN, invited
from tests.clock import MovedClock
from tests.talk import Talking, Warm, talks

talking = talks(PLAN)


async def test_the_trade_and_the_list_count_what_is_unread_until_the_chat_is_opened(
    database: Database, talking: Talking, trade_id: str
) -> None:
    ben = talking(BEN)
    await say(database, ANA, trade_id, "one", "two")
    await say(database, BEN, await invited(database), "elsewhere")
    await ben.open("trades")
    assert sent(ben.screen).count("💬 2 new messages") == 1
    assert "💬" not in sent(await talking(ANA).open("trade", trade_id))
    await ben.open("trade", trade_id)
    assert "💬 Chat (2 new)" in labels(ben.screen)
    await ben.press("Chat")
    assert sent(ben.screen).count("🆕") == 2
    await ben.press("Back to the trade")
    assert "💬 Chat" in labels(ben.screen)
    await say(database, ANA, trade_id, "three")
    await ben.open("trade", trade_id)
    await ben.press("Chat (1 new)")
    assert sent(ben.screen).count("🆕") == 1
    await ben.say("read")  # replayed: what was new stays new for the replay
    assert "came before" not in sent(ben.screen)


async def test_a_message_that_came_after_the_button_was_made_stays_unread(
    database: Database, talking: Talking, trade_id: str
) -> None:
    ben = talking(BEN)
    await say(database, ANA, trade_id, "one")
    await ben.open("trade", trade_id)
    await say(database, ANA, trade_id, "two")
    await ben.press("Chat")
    assert sent(ben.screen).count("🆕") == 2
    page = await database.read(TradePage, BEN, int(trade_id))
    assert page is not None
    assert (page.unread, page.newest_message) == (1, 2)


async def test_several_unread_messages_are_each_told_and_all_shown(
    database: Database, talking: Talking, trade_id: str
) -> None:
    await say(database, ANA, trade_id, "one", "two", "three")
    first, second, third = await told(database, BEN)
    assert [sent(each).splitlines()[-1] for each in (first, second, third)] == ["one", "two", "three"]
    ben = talking(BEN)
    ben.screens.append(first)
    await ben.press("Reply")
    assert sent(ben.screen).count("🆕") == 3
    assert (await chat_of(database, BEN, trade_id)).seen == 1


async def test_the_last_fifty_messages_are_shown_and_older_ones_found_page_by_page(
    database: Database, talking: Talking, trade_id: str, clock: MovedClock
) -> None:
    texts = [f"message {number:02}." for number in range(1, 70)]
    for text in texts:
        await say(database, ANA, trade_id, text)
        clock.advance(timedelta(seconds=4))
    ben = talking(BEN)
    await ben.open("trade_chat", trade_id)
    assert [text for text in texts if text in sent(ben.screen)] == texts[19:]
    assert "Messages 20–69 of 69" in sent(ben.screen)
    assert "Newest" not in "".join(labels(ben.screen))
    await ben.press("Older")
    assert [text for text in texts if text in sent(ben.screen)] == texts[:19]
    assert "Messages 1–19 of 69" in sent(ben.screen)
    assert "Older" not in "".join(labels(ben.screen))
    await ben.say("written on an old page")
    assert "Sent to @ana" in sent(ben.screen)
    await ben.press("Show the chat")
    assert "written on an old page" in sent(ben.screen)


async def test_long_messages_are_on_more_pages_and_none_is_passed_over(
    database: Database, talking: Talking, trade_id: str
) -> None:
    texts = [f"{number}{'&😀' * 499}" for number in range(1, 8)]
    await say(database, ANA, trade_id, *texts)
    ben = talking(BEN)
    await ben.open("trade_chat", trade_id)
    seen: list[str] = []
    for _ in range(7):
        seen = [text for text in texts if text in sent(ben.screen)] + seen
        if "Older ▶️" not in labels(ben.screen):
            break
        await ben.press("Older")
    assert seen == texts


async def test_the_chat_is_looked_at_with_one_statement_and_written_to_with_one(
    database: Database, clock: MovedClock, trade_id: str
) -> None:
    await say(database, ANA, trade_id, "hello")
    ben = Warm(PLAN, database, clock, BEN)
    before = database.statements
    await ben.open("trade_chat", trade_id)
    opened = database.statements
    await ben.say("hello yourself")
    who = 1  # this talk asks who they are when it begins; an actor knows it
    assert (opened - before - who, database.statements - opened) == (1, 1)
