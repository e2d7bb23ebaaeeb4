"""How the server answers, fails and stops."""

from __future__ import annotations

import httpx
import pytest
import trio
import trio.testing
from structlog.testing import capture_logs

from lockbay.errors import SettingsError
from lockbay.web.guard import Guard
from lockbay.web.limits import Limits
from lockbay.web.server import serve_web
from tests.web.serving import App, serving
from tests.web.site import Site, rest_of, status_of


async def test_a_bug_is_a_500_without_details_and_the_server_goes_on() -> None:
    with capture_logs() as logs:
        async with serving(App()) as site:
            answer = await site.get("/fails")
            assert (answer.status_code, answer.text) == (500, "")
            assert (await site.get("/known")).status_code == 200
    assert [each["event"] for each in logs] == ["request_failed"]


async def test_an_answer_that_takes_too_long_is_a_503() -> None:
    with capture_logs():
        async with serving(App()) as site:
            answer = await site.get("/hangs")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


async def test_at_shut_down_a_request_in_flight_is_finished_and_new_ones_find_nobody() -> None:
    app, stop = App(), trio.Event()
    async with serving(app, Limits(), stop.wait) as site, await site.connect() as stream:
        await stream.send_all(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
        await app.entered.wait()
        stop.set()
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(OSError):
            await site.connect()
        app.leave.set()
        assert status_of(await rest_of(stream)) == 200


async def test_shut_down_waits_for_nobody_longer_than_its_grace() -> None:
    app = App()
    async with trio.open_nursery() as nursery:
        stop = trio.Event()
        guard = Guard(app, {}, Limits())
        stopped = trio.Event()

        async def serve(task_status: trio.TaskStatus[str]) -> None:
            await serve_web(
                guard,
                ("127.0.0.1", 0),
                limits=Limits(grace_seconds=0.2),
                shutdown_trigger=stop.wait,
                task_status=task_status,
            )
            stopped.set()

        site = Site(await nursery.start(serve), httpx.AsyncClient())
        async with site.client, await site.connect() as stream, await site.connect():
            await stream.send_all(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
            await app.entered.wait()
            stop.set()
            with trio.fail_after(3):
                await stopped.wait()


async def test_a_port_that_is_taken_is_a_setting_to_change() -> None:
    async with serving(App()) as site:
        host, port = site.address.split(":")
        with pytest.raises(SettingsError, match="LOCKBAY_WEB_BIND"):
            await serve_web(App(), (host, int(port)))


async def test_the_address_is_reported_in_a_form_that_fits_a_url() -> None:
    async with trio.open_nursery() as nursery:
        address = await nursery.start(serve_web, App(), ("::1", 0))
        assert httpx.URL(f"http://{address}").host == "::1"
        nursery.cancel_scope.cancel()
