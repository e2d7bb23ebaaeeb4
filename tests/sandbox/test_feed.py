"""The feed of events, on which the chat page and the waits of tests depend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
import trio

from lockbay.sandbox.feed import Feed
from lockbay.sandbox.journal import Counters, Journal


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    journal = Journal(tmp_path / "journal.jsonl")
    yield Feed(Counters(journal))
    journal.close()


async def test_who_takes_events_slowly_misses_none_that_come_meanwhile(feed: Feed) -> None:
    before = feed.latest
    feed.tell("message", 1001, "one")
    async with aclosing(feed.follow(before)) as events:
        taken = [await anext(events)]
        feed.tell("message", 1001, "two")
        feed.tell("message", 1001, "three")
        with trio.fail_after(5):
            taken += [await anext(events), await anext(events)]
    assert [event.data for event in taken] == ["one", "two", "three"]


async def test_numbers_that_a_restart_skipped_are_not_waited_for(feed: Feed) -> None:
    async with aclosing(feed.follow(feed.latest - 10)) as events:
        feed.tell("message", 1001, "one")
        with trio.fail_after(5):
            assert (await anext(events)).data == "one"
