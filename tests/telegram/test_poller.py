"""The poller: what it fetches, stores and acknowledges, and while it has the lock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import trio
from prometheus_client import REGISTRY
from trio.testing import wait_all_tasks_blocked

from lockbay.errors import DatabaseUnavailable, OutcomeUnknown
from lockbay.telegram.poller import Patience
from tests.telegram.polling import Logs, Polling, events, text
from tests.telegram.polling import polling as polling
from tests.telegram.stub import BOUND, Stub


async def test_a_batch_is_acknowledged_only_after_it_is_committed(polling: Polling, stub: Stub) -> None:
    polling.inbox.commit = trio.Event()
    async with polling([text(7), text(8)]):
        await stub.called("getUpdates")
        while not polling.inbox.offered:
            await wait_all_tasks_blocked()
        assert len(stub.of("getUpdates")) == 1
        polling.inbox.commit.set()
        calls = await stub.called("getUpdates", 2)
    assert [call.params["offset"] for call in calls[:2]] == [0, 9]
    assert polling.inbox.batches == [([7, 8], 9)]


async def test_the_webhook_is_removed_before_the_first_poll(polling: Polling, stub: Stub) -> None:
    async with polling(offset=40, patience=Patience(timeout=50)):
        await stub.called("getUpdates")
    assert [call.method for call in stub.calls[:2]] == ["deleteWebhook", "getUpdates"]
    assert stub.calls[1].params == {
        "offset": 40,
        "timeout": 50,
        "limit": 100,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
    }


async def test_the_pulse_tells_the_time_since_the_last_answer(polling: Polling, stub: Stub) -> None:
    assert polling.pulse.age() is None
    async with polling([text(7)]):
        await stub.called("getUpdates", 2)
        age = polling.pulse.age()
    assert age is not None
    assert 0 <= age < BOUND
    assert REGISTRY.get_sample_value("lockbay_poller_last_success_timestamp_seconds")


async def test_the_pulse_begins_before_the_first_long_poll_is_answered(polling: Polling, stub: Stub) -> None:
    async with polling():
        await stub.called("getUpdates")
        assert polling.pulse.age() is not None


@pytest.mark.parametrize("failure", [DatabaseUnavailable, OutcomeUnknown])
async def test_a_batch_that_could_not_be_stored_is_offered_again(
    failure: Callable[[], Exception], polling: Polling, stub: Stub, logs: Logs
) -> None:
    polling.inbox.failures = [failure(), failure()]
    async with polling([text(7)]):
        calls = await stub.called("getUpdates", 2)
    assert polling.inbox.offered == 3
    assert polling.inbox.batches == [([7], 8)]
    assert calls[1].params["offset"] == 8
    assert len(events(logs, "poller_failed")) == 2


async def test_nothing_is_asked_before_the_lock_is_ours(polling: Polling, stub: Stub) -> None:
    polling.leases.free = trio.Event()
    async with polling():
        await wait_all_tasks_blocked()
        assert stub.calls == []
        polling.leases.free.set()
        await stub.called("getUpdates")


async def test_a_lock_that_cannot_be_had_is_tried_again(polling: Polling, stub: Stub) -> None:
    polling.leases.failures = [DatabaseUnavailable(), DatabaseUnavailable()]
    async with polling([text(7)]):
        await stub.called("getUpdates", 2)
    assert polling.leases.taken == 1


async def test_a_lost_lock_ends_the_poll_until_it_is_ours_again(polling: Polling, stub: Stub, logs: Logs) -> None:
    async with polling([text(7)]):
        await stub.called("getUpdates", 2)
        polling.leases.free = trio.Event()
        polling.leases.lose()
        await stub.hung_up()
        calls = len(stub.calls)
        await wait_all_tasks_blocked()
        assert len(stub.calls) == calls
        polling.leases.free.set()
        await stub.called("getUpdates", 3)
    assert polling.leases.taken == 2
    assert events(logs, "poller_lock_lost")


async def test_what_was_committed_last_is_acknowledged_when_it_stops(polling: Polling, stub: Stub) -> None:
    async with polling([text(7)]) as scope:
        polling.inbox.committed = scope.cancel
        await trio.sleep_forever()
    assert polling.inbox.batches == [([7], 8)]
    last = stub.of("getUpdates")[-1].params
    assert (last["offset"], last["timeout"]) == (8, 0)


async def test_a_batch_not_committed_when_it_stops_is_not_acknowledged(polling: Polling, stub: Stub) -> None:
    polling.inbox.commit = trio.Event()
    async with polling([text(7)]) as scope:
        while not polling.inbox.offered:
            await wait_all_tasks_blocked()
        scope.cancel()
    assert [call.params["offset"] for call in stub.of("getUpdates")] == [0]


async def test_a_full_batch_of_long_texts_arrives_whole(polling: Polling, stub: Stub) -> None:
    async with polling([text(n, "🙂" * 2048) for n in range(1, 101)]):
        await stub.called("getUpdates", 2)
    assert polling.inbox.batches == [(list(range(1, 101)), 101)]
