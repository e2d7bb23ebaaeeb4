"""Who comes into the console, how long they stay, and what keeps everybody else from acting in their name."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from lockbay.areas.admin.console import OpenConsole
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.web.console.access import written
from tests.clock import MovedClock
from tests.web.consoling import FINANCE, OWNER, SITE, SUPPORT, Desk, hire, open_desk
from tests.web.entering import desk as desk

MINUTE = timedelta(minutes=1)


async def test_a_link_opens_once_and_only_by_the_button(desk: Desk) -> None:
    link, browser, thief = await desk.link(OWNER), desk.browser(), desk.browser()
    path = link.removeprefix(SITE)
    for _ in range(3):  # as previews do
        assert (await thief.get(path)).status_code == 200
    assert (await browser.enter(link)).headers["location"] == "/admin"
    assert (await browser.get("/admin")).status_code == 200
    assert (await thief.post(path)).status_code == 410
    assert (await thief.get("/admin")).status_code == 401


@pytest.mark.parametrize(("password", "warned"), [("", ["console_without_password"]), ("correct horse battery", [])])
async def test_who_starts_a_console_that_the_bots_token_opens_reads_it_in_the_log(
    database: Database, password: str, warned: list[str]
) -> None:
    with capture_logs() as logs:
        async with open_desk(database, password=password):
            pass
    assert [line["event"] for line in logs if line["event"].startswith("console_")] == warned


async def test_of_two_who_press_at_once_one_comes_in(desk: Desk) -> None:
    path, answers = (await desk.link(OWNER)).removeprefix(SITE), []

    async def press() -> None:
        answers.append((await desk.browser().post(path)).status_code)

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(press)
    assert sorted(answers) == [303, 410, 410, 410, 410]


async def test_a_link_is_good_for_ten_minutes(desk: Desk, clock: MovedClock) -> None:
    link = await desk.link(OWNER)
    clock.advance(10 * MINUTE)
    assert (await desk.browser().enter(link)).status_code == 410


async def test_a_newer_link_makes_the_older_one_useless(desk: Desk) -> None:
    old, new, other = await desk.link(OWNER), await desk.link(OWNER), await desk.link(FINANCE)
    assert [(await desk.browser().enter(link)).status_code for link in (old, new, other)] == [410, 303, 303]


async def test_a_link_opens_nothing_once_the_bots_token_is_another_one(desk: Desk) -> None:
    """It was in the chat, which whoever has the old one could read."""
    link = await desk.link(OWNER)
    desk.database.secret = b"follows from the new token"
    assert (await desk.browser().post(link.removeprefix(SITE))).status_code == 410


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 44, "%00" * 43, "A" * 5000, "é" * 43])
async def test_what_is_no_link_opens_nothing(desk: Desk, token: str) -> None:
    assert (await desk.browser().post(f"/admin/enter/{token}")).status_code == 410


async def test_who_is_not_of_the_staff_gets_no_link(desk: Desk, database: Database, raw: Connection) -> None:
    assert await database.perform(OpenConsole(12345), "key") == Refused("not_staff")
    link = await desk.link(SUPPORT)
    await raw.execute(f"DELETE FROM staff WHERE user_id = {SUPPORT}")
    assert (await desk.browser().enter(link)).status_code == 410


async def test_a_blocked_one_is_out(desk: Desk, database: Database, raw: Connection) -> None:
    browser, link = await desk.inside(SUPPORT), await desk.link(SUPPORT)
    await raw.execute(f"UPDATE users SET blocked_at = now() WHERE id = {SUPPORT}")
    assert (await browser.get("/admin")).status_code == 401
    assert (await desk.browser().enter(link)).status_code == 410
    assert await database.perform(OpenConsole(SUPPORT), "key") == Refused("not_staff")


async def test_the_cookie_is_kept_from_scripts_and_from_elsewhere(desk: Desk) -> None:
    given = (await desk.browser().enter(await desk.link(OWNER))).headers["set-cookie"]
    assert given.startswith("__Secure-lockbay_console=")
    assert set(given.lower().split("; ")[1:]) == {
        "httponly",
        "max-age=28800",
        "path=/admin",
        "samesite=strict",
        "secure",
    }


async def test_without_https_the_cookie_is_no_secure_one(database: Database, raw: Connection) -> None:
    await hire(raw, database)
    async with open_desk(database, site="http://127.0.0.1:8080") as desk:
        browser = desk.browser()
        browser.origin = "http://127.0.0.1:8080"
        given = (await browser.enter(await desk.link(OWNER))).headers["set-cookie"]
    assert given.startswith("lockbay_console=")
    assert "secure" not in given.lower().split("; ")


async def test_the_database_has_no_token_and_no_cookie(desk: Desk, database_url: str, raw: Connection) -> None:
    link, browser = await desk.link(OWNER), desk.browser()
    await browser.enter(link)
    rows = [
        str(dict(row.items()))
        for table in ("console_links", "admin_sessions", "requests", "admin_actions", "outbox")
        for row in await raw.fetch(f"SELECT * FROM {table}")
    ]
    token, cookie = link.rpartition("/")[2], browser.cookie.partition("=")[2]
    assert any("console/open" in row for row in rows)
    assert not [row for row in rows if token in row or cookie in row]


async def test_no_log_and_no_metric_has_a_token(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    link, browser = await desk.link(OWNER), desk.browser()
    await browser.enter(link)
    await browser.post("/admin/leave")
    told = "".join(capsys.readouterr())
    assert "console_entered" in told
    token, cookie = link.rpartition("/")[2], browser.cookie.partition("=")[2]
    labels = str([sample.labels for family in REGISTRY.collect() for sample in family.samples])
    assert "/admin/{page}" in labels
    assert not [secret for secret in (token, cookie) if secret in told or secret in labels]


async def test_half_an_hour_without_a_look_ends_a_session(desk: Desk, clock: MovedClock) -> None:
    browser = await desk.inside(OWNER)
    for _ in range(3):
        clock.advance(29 * MINUTE)
        assert (await browser.get("/admin")).status_code == 200
    clock.advance(30 * MINUTE)
    assert (await browser.get("/admin")).status_code == 401


async def test_a_page_that_renews_itself_keeps_nobody_in(desk: Desk, clock: MovedClock) -> None:
    browser = await desk.inside(OWNER)
    found = []
    for _ in range(7):
        clock.advance(5 * MINUTE)
        found.append((await browser.get("/admin/live")).status_code)
    assert found == [200] * 5 + [401] * 2


async def test_eight_hours_end_a_session(desk: Desk, clock: MovedClock) -> None:
    browser = await desk.inside(OWNER)
    for _ in range(23):
        clock.advance(20 * MINUTE)
        assert (await browser.get("/admin")).status_code == 200
    clock.advance(20 * MINUTE)
    assert (await browser.get("/admin")).status_code == 401


async def test_a_role_that_is_taken_or_changed_counts_at_once(desk: Desk, raw: Connection) -> None:
    browser = await desk.inside(OWNER)
    assert (await browser.get("/admin/log")).status_code == 200
    await raw.execute(f"UPDATE staff SET role = 'support' WHERE user_id = {OWNER}")
    assert (await browser.get("/admin/log")).status_code == 404
    await raw.execute(f"DELETE FROM staff WHERE user_id = {OWNER}")
    assert (await browser.get("/admin")).status_code == 401


async def test_who_logs_out_is_out_everywhere_and_nobody_else_is(desk: Desk) -> None:
    one, other, colleague = await desk.inside(OWNER), await desk.inside(OWNER), await desk.inside(FINANCE)
    link = await desk.link(OWNER)
    left = await one.submit("/admin", "/admin/leave", {})
    assert "max-age=0" in left.headers["set-cookie"].lower()
    assert [(await each.get("/admin")).status_code for each in (one, other, colleague)] == [401, 401, 200]
    assert (await desk.browser().enter(link)).status_code == 410


async def test_a_session_that_somebody_else_put_there_is_not_gone_on_with(desk: Desk) -> None:
    thief, victim = await desk.inside(SUPPORT), desk.browser()
    victim.cookie = planted = thief.cookie
    await victim.enter(await desk.link(OWNER))
    assert victim.cookie != planted
    assert (await thief.get("/admin")).status_code == 401, "the one that was planted is over"
    made_up = desk.browser()
    made_up.cookie = planted = "__Secure-lockbay_console=" + written(b"x" * 32)
    await made_up.enter(await desk.link(FINANCE))
    assert made_up.cookie != planted


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "=" * 43, "A" * 42 + "\u00e9"])
async def test_a_cookie_that_is_none_is_nobody(desk: Desk, cookie: str) -> None:
    answer = await desk.client.get(
        f"http://{desk.address}/admin", headers={b"Cookie": f"__Secure-lockbay_console={cookie}".encode("latin-1")}
    )
    assert answer.status_code == 401


async def test_without_a_public_url_there_is_no_console(database: Database) -> None:
    from tests.web.site import open_site

    async with open_site(database) as site:
        assert (await site.get("/admin")).status_code == 404
