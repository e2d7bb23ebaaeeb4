"""What /health and /metrics say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import trio
from attrs import evolve
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from lockbay.postgres import bridge, schema
from lockbay.postgres.database import Database, open_database
from lockbay.web.health import Health, complaints, examination
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
        (Health(False, True, None, timedelta(days=1), timedelta(days=1)), ["database", "poller", "inbox", "outbox"]),
    ],
)
def test_what_is_wrong_is_named(health: Health, wrong: list[str]) -> None:
    assert complaints(health) == wrong


async def fill(url: str, clock: MovedClock) -> None:
    async with bridge.open_connection(url, schema.MIGRATION_LIMITS) as connection:
        await connection.fetch("INSERT INTO inbox VALUES (1, 2, DEFAULT, 'x', $1)", clock.now())
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


async def test_a_database_that_is_away_is_told_soon(database_url: str, clock: MovedClock) -> None:
    async with open_database(database_url, clock=clock) as closed:
        pass
    async with open_site(closed, examine=examination(closed, clock, None)) as site:
        with trio.fail_after(5):
            answer = await site.get("/health")
    assert answer.status_code == 503
    assert answer.json()["wrong"] == ["database"]
    assert "retry-after" in answer.headers


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
