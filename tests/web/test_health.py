"""What /health and /metrics say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
import trio
import trio.testing
from attrs import define, evolve
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from lockbay.actors.inbox import BuryUpdate
from lockbay.errors import WritesRefused
from lockbay.postgres import bridge, schema
from lockbay.postgres.database import Database, open_database
from lockbay.web import health as web_health
from lockbay.web.app import standby_app
from lockbay.web.health import Health, Watch, complaints, examination, standing_by
from lockbay.web.server import serve_web
from tests.clock import MovedClock
from tests.web.site import open_site

WELL = Health(True, True, timedelta(seconds=3), timedelta(seconds=1), None)


@pytest.mark.parametrize(
    ("health", "wrong"),
    [
        (WELL, []),
        (evolve(WELL, database=False), ["database"]),
        (evolve(WELL, poller=timedelta(seconds=120)), []),
        (evolve(WELL, poller=timedelta(seconds=121)), ["poller"]),
        (evolve(WELL, poller=None), ["poller"]),
        (evolve(WELL, poller=None, polls=False), []),
        (evolve(WELL, inbox=timedelta(minutes=6)), ["inbox"]),
        (evolve(WELL, outbox=timedelta(minutes=16)), ["outbox"]),
        (evolve(WELL, standby=True, polls=False), ["standby"]),
        (Health(False, True, None, timedelta(days=1), timedelta(days=1)), ["database", "poller", "inbox", "outbox"]),
        (Health(True, True, timedelta(), None, None, writes=False), ["writes"]),
    ],
)
def test_what_is_wrong_is_named(health: Health, wrong: list[str]) -> None:
    assert complaints(health) == wrong


async def fill(url: str, clock: MovedClock) -> None:
    async with bridge.open_connection(url, schema.MIGRATION_LIMITS) as connection:
        await connection.fetch("INSERT INTO inbox VALUES (1, 2, 'x', $1)", clock.now())
        await connection.fetch(
            "INSERT INTO outbox (address, kind, data, dedup, created_at, due_at) VALUES ('a', 'k', '{}', 'd', $1, $1)",
            clock.now(),
        )


async def test_ages_of_waiting_rows_are_told_and_judged(
    database: Database, database_url: str, clock: MovedClock
) -> None:
    age: Callable[[], float | None] = lambda: 4.5  # noqa: E731
    async with open_site(database, examine=examination(database, clock, age)) as site:
        quiet = await site.get("/health")
        await fill(database_url, clock)
        clock.advance(timedelta(seconds=100))
        waiting = await site.get("/health")
        clock.advance(timedelta(seconds=900))
        stuck = await site.get("/health")
    assert quiet.status_code == 200
    assert quiet.json() == {
        "status": "healthy", "wrong": [], "database": True, "poller_seconds": 4.5,
        "oldest_inbox_seconds": None, "oldest_outbox_seconds": None,
    }  # fmt: skip
    assert waiting.status_code == 200
    assert (waiting.json()["oldest_inbox_seconds"], waiting.json()["oldest_outbox_seconds"]) == (100, 100)
    assert stuck.status_code == 503
    assert stuck.json()["wrong"] == ["inbox", "outbox"]


async def test_one_person_whom_telegram_takes_nothing_for_makes_nobody_unwell(
    database: Database, raw: bridge.Connection, clock: MovedClock
) -> None:
    """Anybody can bring that upon their own chat, and for long: what waits there is no news of LockBay."""
    await fill_held(raw, clock)
    clock.advance(timedelta(hours=1))
    free = await examination(database, clock, None)()
    assert (free.inbox, free.outbox) == (timedelta(hours=1), None)
    held = await examination(database, clock, None, lambda: [2])()
    assert (held.inbox, held.outbox) == (None, None)
    await raw.execute("INSERT INTO inbox VALUES (2, 3, 'x', '2026-11-22 12:30Z')")
    other = await examination(database, clock, None, lambda: [2])()
    assert other.inbox == timedelta(minutes=30)


async def fill_held(raw: bridge.Connection, clock: MovedClock) -> None:
    """An update whose answer waits; a notice that is put off, and another behind it."""
    await raw.fetch("INSERT INTO inbox VALUES (1, 2, 'x', $1)", clock.now())
    await raw.fetch(
        "INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, attempts)"
        " VALUES (2, 'k', '{}', 'd', $1::timestamptz, $1::timestamptz + interval '2 hours', 1),"
        " (2, 'k', '{}', 'e', $1, $1, 0)",
        clock.now(),
    )


async def test_a_database_that_is_away_is_told_soon(database_url: str, clock: MovedClock) -> None:
    async with open_database(database_url, clock=clock) as closed:
        pass
    async with open_site(closed, examine=examination(closed, clock, None)) as site:
        with trio.fail_after(5):
            answer = await site.get("/health")
    assert answer.status_code == 503
    assert answer.json()["wrong"] == ["database"]
    assert "retry-after" in answer.headers


FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON dead_letters EXECUTE FUNCTION full_disk();
"""


async def test_a_full_disk_is_told_though_the_database_answers(
    database: Database, raw: bridge.Connection, clock: MovedClock
) -> None:
    """Updates are not stored then, so none of them waits in the inbox either."""
    async with open_site(database, examine=examination(database, clock, None)) as site:
        assert (await site.get("/health")).status_code == 200
        await raw.execute(FULL)
        with pytest.raises(WritesRefused):
            await database.run(BuryUpdate(7, "", 77, 1, b"{}", "broken"))
        answer = await site.get("/health")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["writes"])


async def test_who_is_alive_says_so_whatever_else_is_wrong(database_url: str, clock: MovedClock) -> None:
    async def stuck() -> Health:
        await trio.sleep_forever()
        raise AssertionError

    async with open_database(database_url, clock=clock) as closed:
        pass
    async with open_site(closed, examine=stuck) as site:
        with trio.fail_after(5):
            answer = await site.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_a_standby_is_alive_and_not_ready(database: Database, clock: MovedClock, nursery: trio.Nursery) -> None:
    app = standby_app(standing_by(examination(database, clock, None)))
    address = await nursery.start(serve_web, app, ("127.0.0.1", 0))
    async with httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as client:
        ready, live = await client.get("/health"), await client.get("/health/live")
        other = await client.get("/webhooks/blockbee")
    nursery.cancel_scope.cancel()
    assert (ready.status_code, ready.json()["wrong"]) == (503, ["standby"])
    assert (live.status_code, other.status_code) == (200, 404)


@define
class Looked:
    """Looks that a test ends."""

    found: Health = WELL
    times: int = 0
    is_stuck: bool = False

    async def __call__(self) -> Health:
        self.times += 1
        if self.is_stuck:
            await trio.sleep_forever()
        return self.found


async def test_who_asks_is_answered_out_of_memory(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    look = Looked()
    watch = Watch(look)
    await nursery.start(watch.run)
    assert [await watch.examine() for _ in range(1000)] == [WELL] * 1000
    assert look.times == 1
    look.found = evolve(WELL, inbox=timedelta(hours=1))
    await trio.sleep(web_health.PERIOD + 1)
    assert complaints(await watch.examine()) == ["inbox"]
    assert REGISTRY.get_sample_value("lockbay_inbox_oldest_seconds") == 3600
    assert REGISTRY.get_sample_value("lockbay_ready") == 0


async def test_a_look_that_does_not_end_makes_the_database_away(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    look = Looked()
    watch = Watch(look, lambda: 1.0)
    await nursery.start(watch.run)
    assert complaints(await watch.examine()) == []
    look.is_stuck = True
    await trio.sleep(web_health.OLD + web_health.PERIOD)
    assert complaints(await watch.examine()) == ["database"]
    look.is_stuck = False
    await trio.sleep(web_health.BOUND + web_health.PERIOD)
    assert complaints(await watch.examine()) == []


async def test_the_pollers_age_is_that_of_the_moment(autojump_clock: trio.testing.MockClock) -> None:
    assert complaints(await Watch(Looked(), lambda: 121.0).examine()) == ["database", "poller"]


@pytest.mark.parametrize(
    "path", ["/", "/health/", "/healthz", "/webhooks", "/webhooks/blockbee/", "/webhooks/other", "//health"]
)
async def test_an_unknown_path_is_not_found_and_makes_no_series_of_its_own(database: Database, path: str) -> None:
    async with open_site(database) as site:
        assert (await site.get(path)).status_code == 404
    assert REGISTRY.get_sample_value("lockbay_web_requests_total", {"route": path, "status": "404"}) is None
    assert REGISTRY.get_sample_value("lockbay_web_requests_total", {"route": "unknown", "status": "404"})


async def test_metrics_can_be_scraped(database: Database) -> None:
    async with open_site(database) as site:
        await site.get("/health")
        answer = await site.get("/metrics")
        assert (await site.client.post(f"http://{site.address}/metrics")).status_code == 405
    assert answer.headers["content-type"].startswith("text/plain")
    found = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {"lockbay_web_requests", "lockbay_webhook_seconds", "lockbay_web_connections"} <= found.keys()
    assert ("/health", "200") in {
        (each.labels["route"], each.labels["status"]) for each in found["lockbay_web_requests"].samples
    }
