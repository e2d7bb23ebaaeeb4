"""Announcements of which Telegram does not say whether they were shown: sent twice at most, and counted so."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import chain, repeat

import pytest
import trio
import trio.testing
from attrs import define, field

from lockbay import plan
from lockbay.actors.words import words
from lockbay.areas.admin.broadcast_records import Broadcasts, Move
from lockbay.areas.admin.broadcast_screens import case as shown
from lockbay.notices import broadcaster
from lockbay.notices.broadcaster import AT_ONCE, Broadcaster
from lockbay.notices.outbox import Outbox
from lockbay.notices.teller import Teller
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.courier import Courier
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.notices.crowd import MANY, OWNER, begun, case, crowd, steered
from tests.telegram.desk import AWAY, BLOCKED, too_many
from tests.telegram.stub import BOUND, TOKEN, Body, Raw, Refused, Silence, Stub, serving_stub

HALF = Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")  # without a byte, a kept connection counts as stale
UNCLEAR = [HALF, Refused(504, "Gateway Timeout"), Body(200, b"<html>"), Body(200, b'{"ok":true}')]
NEWS = "SELECT outbox_notice($1, 'unblocked', '{\"why\": \"x\"}', 'news', $2)"


@define
class Line:
    """The house, and what stands for Telegram."""

    house: Database
    stub: Stub
    courier: Courier
    desk: Broadcaster = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.desk = Broadcaster(self.house, self.house.clock, self.courier)
        self.house.on_changed = self.desk.changed

    def heard(self, text: str = "Hello &lt;all&gt;") -> Counter[object]:
        """How often each had it on the wire."""
        return Counter(call.params["chat_id"] for call in self.stub.of("sendMessage") if call.params["text"] == text)

    async def counts(self, broadcast: int) -> tuple[str, int, int]:
        """Its state, how many got it, and of how many that is not known."""
        page = await case(self.house, broadcast)
        return page.state, page.sent, page.unknown

    async def tick(self) -> None:
        with trio.fail_after(2 * BOUND):
            await self.desk.tick()

    async def told_by_the_outbox(self) -> None:
        teller = Teller(self.house, self.courier, plan.notices("bot", b""), None, "https://t.me/bot")
        with trio.fail_after(2 * BOUND):
            await Outbox(self.house, self.house.clock, teller).flush()


@pytest.fixture
async def line(house: Database, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    monkeypatch.setattr(broadcaster, "AWAY", 0.01)
    async with serving_stub() as stub, open_bot_api(TOKEN, url=stub.url) as api:
        yield Line(house, stub, Courier(api, nursery, random=lambda: 0.0, first_pause=0.001, bulk_rate=1000))


@pytest.mark.parametrize("unclear", UNCLEAR)
async def test_who_may_have_it_hears_it_once_more_and_is_counted_as_not_known(line: Line, unclear: object) -> None:
    """It went on for five minutes, and then for three days."""
    broadcast = await begun(line.house)
    line.stub.chats[OWNER + 1] = repeat(unclear)
    await line.tick()
    assert line.heard() == {OWNER: 1, OWNER + 1: 2, OWNER + 2: 1, OWNER + 3: 1}
    assert await line.counts(broadcast) == ("done", 3, 1)


async def test_owners_see_of_how_many_it_is_not_known(line: Line) -> None:
    broadcast = await begun(line.house)
    line.stub.chats[OWNER + 1] = repeat(HALF)
    await line.tick()
    text = sent(shown(words("en", "UTC"), await case(line.house, broadcast)))
    assert "Got it: 3" in text
    assert "Not known whether they got it: 1" in text
    page = await line.house.read(Broadcasts, OWNER, 0)
    assert page is not None
    assert [each.unknown for each in page.broadcasts] == [1]


@pytest.mark.parametrize(("then", "counts"), [([], (4, 0)), ([BLOCKED], (3, 0)), ([AWAY, AWAY], (4, 0))])
async def test_who_has_an_answer_the_second_time_is_counted_by_it(
    line: Line, then: list[object], counts: tuple[int, int]
) -> None:
    broadcast = await begun(line.house)
    line.stub.chats[OWNER + 1] = iter([HALF, *then])
    await line.tick()
    assert await line.counts(broadcast) == ("done", *counts)


async def test_while_telegram_answers_nobody_one_at_a_time_finds_out(line: Line) -> None:
    """As many as can be under way at once had no answer; of the others nobody is to be lost."""
    await crowd(line.house, MANY)
    broadcast = await begun(line.house)
    line.stub.script("sendMessage", *[HALF] * (AT_ONCE + 4))
    await line.tick()
    assert len(line.heard()) == MANY + 4
    assert max(line.heard().values()) == 2
    assert await line.counts(broadcast) == ("done", MANY, 4)


@pytest.mark.parametrize("move", ["pause", "cancel"])
async def test_who_is_on_the_wire_when_it_is_stopped_is_not_known(
    line: Line, move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And does not hear it again when it goes on."""
    monkeypatch.setattr(broadcaster, "PAUSING", 0.1)
    await crowd(line.house, MANY)
    broadcast = await begun(line.house)
    for chat in (OWNER + 1, 20000000002):
        line.stub.chats[chat] = iter([Silence()])
    with trio.fail_after(2 * BOUND):
        async with trio.open_nursery() as runs:
            runs.start_soon(line.desk.tick)
            await line.stub.called("sendMessage", AT_ONCE)
            await steered(line.house, broadcast, move)
    assert (await line.counts(broadcast))[1:] == (AT_ONCE - 2, 2)
    if move == "pause":
        await steered(line.house, broadcast, "resume")
        await line.tick()
        await line.told_by_the_outbox()
        assert await line.counts(broadcast) == ("done", MANY + 2, 2)
    assert set(line.heard().values()) == {1}


async def test_who_is_left_to_the_outbox_and_may_have_it_then_is_not_told_again(
    line: Line, clock: MovedClock, trio_clock: trio.testing.MockClock
) -> None:
    broadcast = await begun(line.house)
    line.stub.chats[OWNER + 1] = chain([too_many(60)], repeat(HALF))
    await line.tick()
    assert await line.counts(broadcast) == ("done", 4, 0)
    clock.advance(timedelta(minutes=1))
    trio_clock.jump(60)
    for _ in range(3):
        await line.told_by_the_outbox()
        clock.advance(timedelta(days=1))
    assert line.heard()[OWNER + 1] == 2  # 429 shows nothing
    assert await line.counts(broadcast) == ("done", 3, 1)


async def test_what_concerns_one_alone_is_told_until_they_have_it(
    line: Line, raw: Connection, clock: MovedClock
) -> None:
    """It may be about their money: rather twice than never."""
    await raw.fetch(NEWS, OWNER + 1, clock.now())
    line.stub.chats[OWNER + 1] = iter([HALF] * 9)
    for _ in range(10):
        await line.told_by_the_outbox()
        clock.advance(timedelta(minutes=15))
    assert [row["sent_by"] for row in await raw.fetch("SELECT sent_by FROM outbox")] == ["telegram"]
