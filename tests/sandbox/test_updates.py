"""getUpdates: what is delivered, again and again, until when, and to whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.params import Params
from lockbay.sandbox.refusal import Refusal
from lockbay.sandbox.updates import Ask, Updates
from tests.sandbox.conftest import Hand


@pytest.fixture
def updates(tmp_path: Path, hand: Hand) -> Updates:
    journal = Journal(tmp_path / "journal")
    return Updates(journal, Counters(journal), hand.time)


async def taken(updates: Updates, offset: int = 0, limit: int = 100, timeout: int = 0) -> list[int]:
    """The ids of one getUpdates, long enough after the one before."""
    await trio.sleep(4)
    return ids(await updates.take(Ask(offset, limit, timeout)))


def ids(answer: str) -> list[int]:
    return [update["update_id"] for update in json.loads(answer)]


def put(updates: Updates, count: int = 1, kind: str = "message") -> list[int]:
    return [number for _ in range(count) if (number := updates.put(kind, '{"text":"x"}')) is not None]


async def test_updates_are_delivered_again_until_a_higher_offset_acknowledges_them(
    updates: Updates, autojump_clock: MockClock
) -> None:
    first, second, third = put(updates, 3)
    assert await taken(updates) == [first, second, third]
    assert await taken(updates) == [first, second, third]
    assert await taken(updates, offset=second) == [second, third]
    assert await taken(updates, limit=1) == [second]
    assert await taken(updates, offset=third + 1) == []
    assert await taken(updates) == []


async def test_a_negative_offset_keeps_the_last_ones_and_drops_those_before(
    updates: Updates, autojump_clock: MockClock
) -> None:
    *_, second, third = put(updates, 3)
    assert await taken(updates, offset=-2) == [second, third]
    assert await taken(updates) == [second, third]


async def test_an_offset_far_in_the_future_acknowledges_nothing(updates: Updates, autojump_clock: MockClock) -> None:
    (first,) = put(updates)
    assert await taken(updates, offset=first + 1000) == [first]


async def test_an_empty_poll_waits_its_time_and_ends_empty(updates: Updates, autojump_clock: MockClock) -> None:
    begin = trio.current_time()
    assert ids(await updates.take(Ask(0, 100, 50))) == []
    assert trio.current_time() - begin == pytest.approx(50, abs=1)


async def test_a_waiting_poll_is_woken_by_the_first_update(
    updates: Updates, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    got: list[list[int]] = []

    async def poll() -> None:
        got.append(ids(await updates.take(Ask(0, 100, 50))))

    nursery.start_soon(poll)
    await wait_all_tasks_blocked()
    (first,) = put(updates)
    await wait_all_tasks_blocked()
    assert got == [[first]]


async def test_of_two_waiting_polls_the_older_one_ends_in_conflict(
    updates: Updates, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    refused: list[Refusal] = []
    got: list[list[int]] = []

    async def older() -> None:
        with pytest.raises(Refusal) as caught:
            await updates.take(Ask(0, 100, 50))
        refused.append(caught.value)

    async def newer() -> None:
        got.append(ids(await updates.take(Ask(0, 100, 50))))

    nursery.start_soon(older)
    await wait_all_tasks_blocked()
    nursery.start_soon(newer)
    await wait_all_tasks_blocked()
    (first,) = put(updates)
    await wait_all_tasks_blocked()
    assert got == [[first]]
    assert (refused[0].code, refused[0].description) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


async def test_a_conflict_soon_after_another_is_held_back(updates: Updates, autojump_clock: MockClock) -> None:
    updates.set_webhook("https://x.org")
    times = []
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            await updates.take(Ask(0, 100, 0))
        times.append(trio.current_time())
    assert times[1] - times[0] == pytest.approx(3, abs=0.5)
    assert refused.value.description == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )


async def test_setting_a_webhook_ends_a_waiting_poll(
    updates: Updates, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    async def poll() -> None:
        with pytest.raises(Refusal, match="Conflict: terminated by setWebhook request"):
            await updates.take(Ask(0, 100, 50))

    nursery.start_soon(poll)
    await wait_all_tasks_blocked()
    updates.set_webhook("https://x.org")


async def test_presses_are_forgotten_after_150_seconds_and_messages_after_a_day(
    updates: Updates, autojump_clock: MockClock, hand: Hand
) -> None:
    (message,) = put(updates)
    put(updates, kind="callback_query")
    hand.now += 151
    assert await taken(updates) == [message]
    hand.now += 86400
    assert await taken(updates) == []


async def test_allowed_kinds_are_remembered_and_concern_updates_to_come(
    updates: Updates, autojump_clock: MockClock
) -> None:
    (before,) = put(updates)
    updates.allow(["callback_query"])
    updates.allow(None)
    assert put(updates) == []
    (press,) = put(updates, kind="callback_query")
    assert await taken(updates) == [before, press]
    updates.allow([])
    assert put(updates)
    assert put(updates, kind="message_reaction") == []


async def test_the_same_offset_at_once_gets_one_update_alone(updates: Updates, autojump_clock: MockClock) -> None:
    first, *_ = put(updates, 3)
    assert await taken(updates, offset=first) == [first, first + 1, first + 2]
    assert ids(await updates.take(Ask(first, 100, 0))) == [first]


@pytest.mark.parametrize(
    ("given", "clamped"),
    [
        ({}, Ask(0, 100, 0)),
        ({"offset": "-3", "limit": "0", "timeout": "-1"}, Ask(-3, 1, 0)),
        ({"limit": "1000", "timeout": "90"}, Ask(0, 100, 50)),
        ({"limit": "many"}, Ask(0, 1, 0)),
    ],
)
def test_parameters_are_clamped_and_nonsense_counts_as_zero(given: dict[str, str], clamped: Ask) -> None:
    assert Ask.of(Params(given)) == clamped


async def test_a_queue_outlives_its_process(
    updates: Updates, autojump_clock: MockClock, tmp_path: Path, hand: Hand
) -> None:
    first, second = put(updates, 2)
    assert await taken(updates, offset=second) == [second]
    journal = Journal(tmp_path / "journal")
    again = Updates(journal, Counters(journal), hand.time)
    assert await taken(again) == [second]
    assert put(again) == [second + 1]
    assert first == second - 1
