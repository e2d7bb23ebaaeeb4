"""The outbox on real rows: everybody hears everything, in order, and what cannot be told harms nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio
import trio.testing
from structlog.typing import EventDict

from lockbay.actors.screen import Screen
from lockbay.errors import OutcomeUnknown, TelegramUnavailable
from lockbay.notices import lanes
from lockbay.notices.lanes import LANES
from lockbay.notices.outbox import FIRST_WAIT, LIFETIME, LONGEST_WAIT, MOST, Outbox
from lockbay.notices.teller import Teller
from lockbay.postgres import bridge, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.courier import Courier
from lockbay.telegram.refusals import ChatHeld, Unauthorized
from tests.clock import START, MovedClock
from tests.notices.told import ANN, BEN, CUT, KILL, NOTICES, WAITING, Telegram, Writer, arrives, make_outbox, people
from tests.telegram.stub import TOKEN, Refused, serving_stub


async def test_everybody_hears_their_notices_in_order(writer: Writer, telegram: Telegram, outbox: Outbox) -> None:
    for number in range(10):
        await writer.tell(ANN, f"a{number}")
        await writer.tell(BEN, f"b{number}")
    await outbox.flush()
    assert [text for chat, text in telegram.arrived if chat == ANN] == [f"a{number}" for number in range(10)]
    assert [text for chat, text in telegram.arrived if chat == BEN] == [f"b{number}" for number in range(10)]
    assert (await writer.row("a0"))[:3] == ("telegram", START, 0)


async def test_a_notice_is_told_once(writer: Writer, telegram: Telegram, outbox: Outbox) -> None:
    await writer.tell(ANN, "paid")
    await outbox.flush()
    await outbox.flush()
    assert telegram.arrived == [(ANN, "paid")]


async def test_it_speaks_with_everybody_in_their_own_words(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    await raw.fetch("UPDATE users SET language = 'fr', time_zone = 'Africa/Lagos' WHERE id = $1", ANN)
    await writer.tell(ANN, "a", "at", {"text": "", "moment": START.isoformat()})
    await writer.tell(BEN, "b", "at", {"text": "", "moment": START.isoformat()})
    await outbox.flush()
    assert dict(telegram.arrived) == {ANN: "At 22 nov., 13:00", BEN: "At 22 Nov, 12:00 UTC"}


async def test_what_people_typed_is_escaped(writer: Writer, telegram: Telegram, outbox: Outbox) -> None:
    await writer.tell(ANN, "a <b>bold</b> name")
    await outbox.flush()
    assert telegram.arrived == [(ANN, "a <b>bold</b> name")]


async def test_one_who_is_held_holds_up_nobody_else(
    writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    telegram.held[ANN] = trio.Event()
    for text in ("a1", "a2"):
        await writer.tell(ANN, text)
    nursery.start_soon(outbox.run)
    await arrives(telegram, waits_for=ANN)
    await writer.tell(BEN, "b")
    outbox.told()
    await arrives(telegram, (BEN, "b"))
    assert telegram.arrived == [(BEN, "b")]
    telegram.held[ANN].set()
    await arrives(telegram, (ANN, "a2"))
    assert telegram.arrived == [(BEN, "b"), (ANN, "a1"), (ANN, "a2")]


async def test_many_whom_telegram_holds_keep_nobody_else_waiting(
    raw: Connection, writer: Writer, database: Database, nursery: trio.Nursery, clock: MovedClock
) -> None:
    """Whoever floods a chat of their own is held there; as many of them as there are lanes would stop all notices."""
    async with serving_stub() as stub, open_bot_api(TOKEN, url=stub.url) as api:
        hasty = [await writer.tell(number, f"h{number}") for number in await people(raw, LANES)]
        await writer.tell(ANN, "paid")
        stub.script("sendMessage", *[Refused(429, "Too Many Requests", {"retry_after": 60})] * LANES)
        outbox = Outbox(
            database, clock, Teller(database, Courier(api, nursery), NOTICES, None, "https://t.me/LockBayBot")
        )
        with trio.fail_after(20):
            await outbox.flush()
    assert (await writer.row("paid"))[0] == "telegram"
    for text in hasty:
        assert (await writer.row(text))[:4] == (None, None, 1, START + timedelta(seconds=60))


async def tried_in_vain(raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, count: int) -> range:
    """So many, and Ann, whom Telegram does not reach: tried once, and due again. Of the many it says nothing then."""
    many = await people(raw, count)
    for user_id in (*many, ANN):
        telegram.fails[user_id] = [TelegramUnavailable()]
        await writer.tell(user_id, f"n{user_id}")
    await outbox.flush()
    telegram.held = {user_id: trio.Event() for user_id in many}
    writer.clock.advance(FIRST_WAIT)
    return many


async def test_many_who_are_tried_again_and_again_keep_nobody_else_waiting(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    """They are older, and each takes minutes: as many of them as there are lanes would come first, each time."""
    await tried_in_vain(raw, writer, telegram, outbox, 2 * LANES)
    await writer.tell(BEN, "paid")
    nursery.start_soon(outbox.run)
    await arrives(telegram, (BEN, "paid"))


async def test_many_first_tries_that_get_no_answer_keep_nobody_else_waiting(
    raw: Connection,
    writer: Writer,
    telegram: Telegram,
    outbox: Outbox,
    nursery: trio.Nursery,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Telegram accepts them and says nothing: as many as there are lanes took them all, until the time-out."""
    monkeypatch.setattr(lanes, "SLOW", 0.0)
    many = await people(raw, LANES)
    telegram.held = {user_id: trio.Event() for user_id in many}
    for user_id in many:
        await writer.tell(user_id, f"n{user_id}")
    nursery.start_soon(outbox.run)
    for user_id in many:
        await arrives(telegram, waits_for=user_id)
    await writer.tell(BEN, "paid")
    outbox.told()
    await arrives(telegram, (BEN, "paid"))


async def test_nobody_hears_what_is_new_before_what_is_tried_again(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    """Also while there is no room for that."""
    many = await tried_in_vain(raw, writer, telegram, outbox, LANES)
    await writer.tell(ANN, "new")
    await writer.tell(BEN, "paid")
    nursery.start_soon(outbox.run)
    await arrives(telegram, (BEN, "paid"))
    assert telegram.arrived == [(BEN, "paid")]
    for user_id in many:
        telegram.held[user_id].set()
    await arrives(telegram, (ANN, "new"))
    assert [text for chat, text in telegram.arrived if chat == ANN] == [f"n{ANN}", "new"]


async def test_when_the_clock_has_leapt_back_what_was_written_ahead_of_it_is_told_at_once(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock
) -> None:
    """It waited until the clock had caught up. What fails then is put off as ever."""
    clock.advance(timedelta(hours=1))
    await writer.tell(ANN, "ahead")
    await writer.tell(BEN, "fails")
    clock.advance(timedelta(hours=-1))
    telegram.fails[BEN] = [TelegramUnavailable()]
    with trio.fail_after(10):
        await outbox.flush()
    assert telegram.arrived == [(ANN, "ahead")]
    assert (await writer.row("fails"))[:4] == (None, None, 1, START + FIRST_WAIT)
    clock.advance(FIRST_WAIT)
    await outbox.flush()
    assert telegram.arrived == [(ANN, "ahead"), (BEN, "fails")]


async def test_news_wake_a_sleeping_outbox_at_once(
    writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    nursery.start_soon(outbox.run)
    for number in range(20):
        began = trio.current_time()
        text = await writer.tell(ANN, f"n{number}")
        outbox.told()
        await arrives(telegram, (ANN, text))
        assert trio.current_time() - began < 1  # far below the period


async def test_what_is_written_while_somebody_is_told_is_not_missed(
    writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    telegram.held[ANN] = trio.Event()
    await writer.tell(ANN, "first")
    nursery.start_soon(outbox.run)
    await arrives(telegram, waits_for=ANN)
    await writer.tell(ANN, "second")
    outbox.told()
    await trio.testing.wait_all_tasks_blocked(0.01)
    telegram.held.pop(ANN).set()
    began = trio.current_time()
    await arrives(telegram, (ANN, "second"))
    assert trio.current_time() - began < 1


async def test_more_recipients_than_lanes_and_more_rows_than_a_look_are_all_told(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    many = len(await people(raw, 3 * LANES))
    for part in range(MOST // many + 2):
        for user_id in range(1, many + 1):
            await writer.tell(user_id, f"{user_id}.{part}")
    await outbox.flush()
    for user_id in (1, many // 2, many):
        heard = [text for chat, text in telegram.arrived if chat == user_id]
        assert heard == [f"{user_id}.{part}" for part in range(MOST // many + 2)]
    assert await raw.fetch("SELECT FROM outbox WHERE sent_at IS NULL") == []
    assert len(telegram.arrived) == many * (MOST // many + 2)


@pytest.mark.parametrize(
    "failure", [TelegramUnavailable(), OutcomeUnknown(), Unauthorized("Unauthorized", 401), RuntimeError("a mistake")]
)
async def test_what_may_pass_is_tried_again_later_and_keeps_the_order(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock, failure: Exception
) -> None:
    telegram.fails[ANN] = [failure]
    for text in ("a1", "a2"):
        await writer.tell(ANN, text)
    await writer.tell(BEN, "b")
    await outbox.flush()
    assert telegram.arrived == [(BEN, "b")]
    assert (await writer.row("a1"))[:4] == (None, None, 1, START + FIRST_WAIT)
    clock.advance(FIRST_WAIT - timedelta(microseconds=1))
    await writer.tell(ANN, "a3")
    await outbox.flush()
    assert telegram.arrived == [(BEN, "b")]
    clock.advance(timedelta(microseconds=1))
    await outbox.flush()
    assert telegram.arrived == [(BEN, "b"), (ANN, "a1"), (ANN, "a2"), (ANN, "a3")]


async def test_tries_are_counted_as_far_as_the_column_goes(
    writer: Writer, telegram: Telegram, outbox: Outbox, raw: Connection, clock: MovedClock
) -> None:
    """A chat that is held for three seconds again and again is tried that often within the three days of a notice."""
    await writer.tell(ANN, "a")
    await raw.execute("UPDATE outbox SET attempts = 32767")
    telegram.fails[ANN] = [ChatHeld(3)]
    await outbox.flush()
    assert (await writer.row("a"))[:4] == (None, None, 32767, START + timedelta(seconds=3))
    clock.advance(timedelta(seconds=3))
    await outbox.flush()
    assert telegram.arrived == [(ANN, "a")]


async def test_what_is_old_when_it_is_tried_first_is_not_given_up_at_once(
    writer: Writer, telegram: Telegram, outbox: Outbox, raw: Connection, clock: MovedClock
) -> None:
    """The staff has it told again, or the service stood still for days: the first hiccup ended it."""
    await writer.tell(ANN, "old")
    clock.advance(LIFETIME + timedelta(days=1))
    telegram.fails[ANN] = [TelegramUnavailable()] * 2
    for wait in (FIRST_WAIT, 2 * FIRST_WAIT, timedelta()):
        await outbox.flush()
        clock.advance(wait)
    assert telegram.arrived == [(ANN, "old")]


async def test_the_waits_grow_to_a_limit_and_end_when_the_news_are_old(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock
) -> None:
    telegram.fails[ANN] = [TelegramUnavailable() for _ in range(1000)]
    await writer.tell(ANN, "old")
    waits = []
    while (await writer.row("old"))[0] is None:
        await outbox.flush()
        due_at = (await writer.row("old"))[3]
        waits.append(due_at - clock.now())
        clock.time = max(due_at, clock.now())
    assert waits[:4] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT]
    assert max(waits) == LONGEST_WAIT
    assert LIFETIME < clock.now() - START < LIFETIME + 2 * LONGEST_WAIT
    assert (await writer.row("old"))[0] == "nobody"


POISON: list[tuple[str, dict[str, object]]] = [
    ("unheard_of", {"text": "hunter2"}),
    ("news", {"text": 7, "code": "hunter2"}),
    ("news", {"code": "hunter2"}),
    ("at", {"text": "hunter2", "moment": "hunter2"}),
    ("broken", {"text": "hunter2"}),
]


@pytest.mark.parametrize(("kind", "data"), POISON)
async def test_a_row_that_cannot_be_drawn_is_reported_without_its_data_and_blocks_nobody(
    writer: Writer,
    telegram: Telegram,
    outbox: Outbox,
    logged: list[EventDict],
    kind: str,
    data: dict[str, object],
) -> None:
    await writer.tell(ANN, "poison", kind, data)
    await writer.tell(ANN, "next")
    await writer.tell(BEN, "other")
    await outbox.flush()
    assert sorted(telegram.arrived) == [(ANN, "next"), (BEN, "other")]
    sent_by, _, attempts, _, error = await writer.row("poison")
    assert (sent_by, attempts) == ("nobody", 0)
    assert error
    assert [entry["kind"] for entry in logged if entry["event"] == "notice_undrawable"] == [kind]
    assert "hunter2" not in repr(logged) + error


async def test_a_crash_between_telling_and_marking_repeats_a_notice_once(
    database: Database, database_url: str, raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    """The mark waits for a lock when the process and its connection die: what it sent has arrived."""
    await writer.tell(ANN, "first")
    await writer.tell(ANN, "second")
    async with (
        bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as locker,
        trio.open_nursery() as process,
    ):
        await locker.execute("BEGIN; SELECT FROM outbox WHERE dedup = 'first' FOR UPDATE")
        process.start_soon(outbox.run)
        with trio.fail_after(10):
            while not await raw.fetch(WAITING):
                await trio.lowlevel.checkpoint()
        process.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            await raw.fetch(KILL)  # before the lock goes: the mark must not get through
    assert (await writer.row("first"))[0] is None
    with trio.fail_after(10):
        while (await writer.row("second"))[0] is None:  # the pool first notices that its connections are gone
            await make_outbox(database, telegram, None).flush()
    assert telegram.arrived == [(ANN, "first"), (ANN, "first"), (ANN, "second")]


async def test_what_was_told_is_marked_even_when_the_end_comes_at_that_moment(
    writer: Writer, telegram: Telegram, database: Database
) -> None:
    async with trio.open_nursery() as process:

        class Ending(Telegram):
            async def deliver(self, chat_id: int, screen: Screen, *, edits: int | None = None) -> int:
                sent = await Telegram.deliver(self, chat_id, screen, edits=edits)
                process.cancel_scope.cancel()
                return sent

        await writer.tell(ANN, "x")
        process.start_soon(make_outbox(database, Ending(), None).run)
    assert (await writer.row("x"))[0] == "telegram"


async def test_at_the_end_what_is_due_is_told_within_the_grace(
    writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    telegram.held[ANN] = trio.Event()
    nursery.start_soon(outbox.run)
    await trio.testing.wait_all_tasks_blocked(0.01)
    await writer.tell(ANN, "held")
    await writer.tell(BEN, "told")
    with trio.fail_after(5):
        await outbox.drain(0.2)
    assert telegram.arrived == [(BEN, "told")]


async def test_the_end_of_a_process_that_does_not_tell_leaves_the_telling_to_the_other(
    writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    await writer.tell(ANN, "x")
    await outbox.drain(1)
    assert telegram.arrived == []


async def test_it_waits_for_the_database_and_goes_on(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    nursery.start_soon(outbox.run)
    await writer.tell(ANN, "before")
    outbox.told()
    await arrives(telegram, (ANN, "before"))
    await raw.fetch(CUT)
    await writer.tell(ANN, "after")
    outbox.told()
    await arrives(telegram, (ANN, "after"))
