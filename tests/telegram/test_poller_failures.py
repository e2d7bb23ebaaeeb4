"""The poller against a Telegram that fails: each failure is reported, and nothing is lost."""

from __future__ import annotations

import pytest
import trio
from prometheus_client import REGISTRY

from lockbay.errors import SettingsError, leaves
from lockbay.telegram.backoff import Backoff
from lockbay.telegram.poller import Patience
from tests.telegram.polling import QUICK, Logs, Polling, events, text
from tests.telegram.polling import polling as polling
from tests.telegram.stub import BOUND, TOKEN, Body, Raw, Refused, Silence, Stub


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


async def test_empty_answers_at_once_do_not_make_it_spin(polling: Polling, stub: Stub) -> None:
    async with polling([], []):
        first, _, third, *_ = await stub.called("getUpdates", 3)
    assert third.at - first.at >= 0.8


def test_pauses_double_up_to_a_cap_and_scatter() -> None:
    lowest, highest = Backoff(lambda: 0.0, 1, 10), Backoff(lambda: 1.0, 1, 10)
    assert [lowest.pause() for _ in range(5)] == [0.5, 1, 2, 4, 5]
    assert [highest.pause() for _ in range(5)] == [1, 2, 4, 8, 10]
    highest.reset()
    assert highest.pause() == 1
    highest.failures = 10**6
    assert highest.pause() == 10
