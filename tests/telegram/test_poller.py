"""The poller against a scripted Telegram: whatever it answers, nothing is lost, and each failure is reported."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
import structlog
import trio
from prometheus_client import REGISTRY
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.update import Update
from lockbay.errors import DatabaseUnavailable, OutcomeUnknown, SettingsError, leaves
from lockbay.telegram.api import BotApi
from lockbay.telegram.backoff import Backoff
from lockbay.telegram.poller import Patience, Pulse, poll
from tests.telegram.stub import BOUND, TOKEN, Body, Raw, Refused, Silence, Stub

Logs = list[structlog.typing.EventDict]
QUICK = Patience(first_pause=0.001, longest_pause=0.01)


def text(update_id: int, words: str = "hi") -> dict[str, object]:
    sender = {"id": 5, "is_bot": False, "first_name": "Ada"}
    message = {"message_id": 1, "from": sender, "chat": {"id": 5, "type": "private"}, "date": 1, "text": words}
    return {"update_id": update_id, "message": message}


class Inbox:
    """Keeps what it is given; fails as it is told first."""

    def __init__(self) -> None:
        self.batches: list[tuple[list[int], int]] = []
        self.failures: list[Exception] = []
        self.offered = 0
        self.commit = trio.Event()
        self.commit.set()
        self.committed: Callable[[], None] = lambda: None

    async def __call__(self, updates: list[Update], next_offset: int) -> None:
        self.offered += 1
        if self.failures:
            raise self.failures.pop(0)
        await self.commit.wait()
        self.batches.append(([update.update_id for update in updates], next_offset))
        self.committed()


class Leases:
    """A lock that is free, or fails as it is told first; `lose` takes the present lease away."""

    def __init__(self) -> None:
        self.taken = 0
        self.failures: list[Exception] = []
        self.free = trio.Event()
        self.free.set()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Leases]:
        if self.failures:
            raise self.failures.pop(0)
        await self.free.wait()
        self.taken += 1
        self._gone = trio.Event()
        yield self

    async def lost(self) -> None:
        await self._gone.wait()

    def lose(self) -> None:
        self._gone.set()


class Polling:
    def __init__(self, api: BotApi, stub: Stub) -> None:
        self.inbox, self.leases, self.pulse, self.stub = Inbox(), Leases(), Pulse(), stub
        self._poll = partial(poll, api, self.inbox, lock=self.leases, pulse=self.pulse, random=lambda: 0.0)

    @asynccontextmanager
    async def __call__(
        self, *answers: object, offset: int = 0, patience: Patience = QUICK
    ) -> AsyncIterator[trio.CancelScope]:
        """Polls a Telegram that gives these answers to getUpdates and then falls silent."""
        self.stub.script("getUpdates", *answers, *[Silence()] * 3)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(partial(self._poll, offset=offset, patience=patience))
            yield nursery.cancel_scope
            nursery.cancel_scope.cancel()


@pytest.fixture
def polling(api: BotApi, stub: Stub) -> Polling:
    return Polling(api, stub)


def events(logs: Logs, name: str) -> Logs:
    return [entry for entry in logs if entry["event"] == name]


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


async def test_a_malformed_update_is_skipped_reported_and_acknowledged(
    polling: Polling, stub: Stub, logs: Logs
) -> None:
    async with polling(
        [text(7), {"update_id": 8, "message": {"chat": 5, "from": {}}}], [{"update_id": 9, "message": 5}]
    ):
        calls = await stub.called("getUpdates", 3)
    assert polling.inbox.batches == [([7], 9), ([], 10)]
    assert calls[2].params["offset"] == 10
    assert [entry["update_id"] for entry in events(logs, "update_skipped")] == [8, 9]


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Refused(500, "Internal Server Error"), "TelegramUnavailable"),
        (Body(502, b"<html>Bad Gateway</html>"), "TelegramUnavailable"),
        (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"), "AnswerLost"),
        (Body(200, b'{"ok": true, "result": [{"upd'), "AnswerLost"),
        (Body(200, b'{"ok": true, "result": 5}'), "AnswerLost"),
        (Refused(400, "Bad Request: something new"), "BadRequest"),
    ],
)
async def test_a_failure_is_reported_and_survived(
    failure: object, error: str, polling: Polling, stub: Stub, logs: Logs
) -> None:
    async with polling(failure, [text(7)]):
        await stub.called("getUpdates", 3)
    assert polling.inbox.batches == [([7], 8)]
    assert [entry["error"] for entry in events(logs, "poller_failed")] == [error]


async def test_a_reset_connection_is_survived(polling: Polling, stub: Stub, logs: Logs) -> None:
    async with polling(Raw(), Raw(), [text(7)]):
        await stub.called("getUpdates", 4)
    assert polling.inbox.batches == [([7], 8)]
    assert events(logs, "poller_failed")


async def test_after_a_429_it_waits_exactly_as_long_as_told(polling: Polling, stub: Stub) -> None:
    async with polling(Refused(429, "Too Many Requests: retry after 1", {"retry_after": 1}), [text(7)]):
        first, second, *_ = await stub.called("getUpdates", 2)
    assert 1.0 <= second.at - first.at < 1.9


async def test_conflicts_are_reported_louder_when_they_go_on(polling: Polling, stub: Stub, logs: Logs) -> None:
    conflict = Refused(409, "Conflict: terminated by other getUpdates request; make sure that only one bot …")
    async with polling(*[conflict] * 4, [text(7)]):
        await stub.called("getUpdates", 6)
    assert polling.inbox.batches == [([7], 8)]
    reports = events(logs, "poller_conflict")
    assert [entry["log_level"] for entry in reports] == ["warning", "warning", "error", "error"]
    assert reports[-1]["pause_seconds"] == QUICK.longest_pause


async def test_a_webhook_that_came_back_is_removed_again(polling: Polling, stub: Stub) -> None:
    async with polling(
        Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook …")
    ):
        await stub.called("getUpdates", 2)
    assert len(stub.of("deleteWebhook")) == 2


@pytest.mark.parametrize("refusal", [Refused(401, "Unauthorized"), Refused(404, "Not Found")])
async def test_a_bad_token_stops_with_the_settings_name(refusal: Refused, polling: Polling, stub: Stub) -> None:
    stub.script("deleteWebhook", refusal)
    with pytest.RaisesGroup(SettingsError, flatten_subgroups=True) as caught, trio.fail_after(BOUND):
        async with polling():
            await trio.sleep_forever()
    [error] = leaves(caught.value)
    assert "LOCKBAY_BOT_TOKEN" in str(error)
    assert TOKEN not in str(error)


@pytest.mark.parametrize("refusal", [Refused(401, "Unauthorized"), Refused(404, "Not Found")])
async def test_a_token_that_was_good_is_tried_until_it_is_again(
    refusal: Refused, polling: Polling, stub: Stub, logs: Logs
) -> None:
    """It is being changed, or Telegram is in trouble: webhooks, deadlines and payouts go on meanwhile."""
    async with polling([text(7)], refusal, [text(8)]):
        await stub.called("getUpdates", 4)
    assert [ids for ids, _ in polling.inbox.batches] == [[7], [8]]
    assert [entry["error"] for entry in events(logs, "poller_failed")] == ["Unauthorized"]


async def test_a_silent_poll_is_replaced_on_another_connection(polling: Polling, stub: Stub, logs: Logs) -> None:
    before = REGISTRY.get_sample_value("lockbay_poller_restarts_total") or 0
    patience = Patience(timeout=50, silence=0.3)
    async with polling(Silence(), [text(7)], patience=patience):
        first, second, *_ = await stub.called("getUpdates", 3)
        await stub.hung_up()
    assert first.connection != second.connection
    assert polling.inbox.batches == [([7], 8)]
    assert events(logs, "poller_restarted")
    assert (REGISTRY.get_sample_value("lockbay_poller_restarts_total") or 0) > before


async def test_a_slow_line_gets_twice_the_time_after_each_silence(polling: Polling, stub: Stub, logs: Logs) -> None:
    patience = Patience(timeout=50, silence=0.05, longest_silence=0.15)
    async with polling(Silence(), Silence(), Silence(), [text(7)], patience=patience):
        await stub.called("getUpdates", 5)
    silences = [entry["silent_seconds"] for entry in events(logs, "poller_restarted")]
    assert silences[:3] == [0.05, 0.1, 0.15]
    assert polling.inbox.batches == [([7], 8)]


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


async def test_empty_answers_at_once_do_not_make_it_spin(polling: Polling, stub: Stub) -> None:
    async with polling([], []):
        first, _, third, *_ = await stub.called("getUpdates", 3)
    assert third.at - first.at >= 0.8


async def test_a_full_batch_of_long_texts_arrives_whole(polling: Polling, stub: Stub) -> None:
    async with polling([text(n, "🙂" * 2048) for n in range(1, 101)]):
        await stub.called("getUpdates", 2)
    assert polling.inbox.batches == [(list(range(1, 101)), 101)]


def test_pauses_double_up_to_a_cap_and_scatter() -> None:
    lowest, highest = Backoff(lambda: 0.0, 1, 10), Backoff(lambda: 1.0, 1, 10)
    assert [lowest.pause() for _ in range(5)] == [0.5, 1, 2, 4, 5]
    assert [highest.pause() for _ in range(5)] == [1, 2, 4, 8, 10]
    highest.reset()
    assert highest.pause() == 1
    highest.failures = 10**6
    assert highest.pause() == 10
