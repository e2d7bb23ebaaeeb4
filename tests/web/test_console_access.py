"""Who comes into the console, how long they stay, and what keeps everybody else from acting in their name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import trio
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from lockbay.areas.admin.console import OpenConsole
from lockbay.errors import SettingsError
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.web.console.access import Allowances, Gate, secret_hash, written
from lockbay.web.console.buckets import Allowance, Buckets
from lockbay.web.console.callers import Callers
from tests.clock import MovedClock
from tests.web.consoling import FINANCE, GENEROUS, OFTEN, OWNER, SITE, SUPPORT, Desk, hidden_in, hire, open_desk

MINUTE = timedelta(minutes=1)
HEADERS = {
    "content-security-policy", "x-frame-options", "x-content-type-options", "referrer-policy", "cache-control",
    "cross-origin-opener-policy",
}  # fmt: skip


@pytest.fixture
async def desk(database: Database, raw: Connection) -> AsyncIterator[Desk]:
    await hire(raw, database)
    async with open_desk(database) as desk:
        yield desk


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


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://lockbay.example"},
        {"Origin": "https://lockbay.example.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data; boundary=x"},
    ],
)
async def test_forms_from_elsewhere_do_nothing(desk: Desk, headers: dict[str, str]) -> None:
    browser = await desk.inside(OWNER)
    hidden = hidden_in((await browser.get("/admin")).text)
    assert (await browser.post("/admin/leave", hidden, **headers)).status_code == 403
    assert (await browser.get("/admin")).status_code == 200


async def test_a_form_without_an_origin_does_nothing(desk: Desk) -> None:
    browser = await desk.inside(OWNER)
    hidden = hidden_in((await browser.get("/admin")).text)
    browser.origin = None
    assert (await browser.post("/admin/leave", hidden)).status_code == 403
    assert (await browser.post((await desk.link(FINANCE)).removeprefix(SITE))).status_code == 403


@pytest.mark.parametrize("csrf", [None, "", "x", "\u00e9", "other's"])
async def test_a_form_with_another_token_does_nothing(desk: Desk, csrf: str | None) -> None:
    browser, other = await desk.inside(OWNER), await desk.inside(OWNER)
    if csrf == "other's":
        csrf = hidden_in((await other.get("/admin")).text)["csrf"]
    assert (await browser.post("/admin/leave", {} if csrf is None else {"csrf": csrf})).status_code == 403
    assert (await browser.get("/admin")).status_code == 200


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/admin/audit/run", {"once": "short"}, 403),
        ("/admin/audit/run", {"once": "o" * 21 + "\n"}, 403),
        ("/admin/payouts/1/decide", {"expected": "odd", "decision": "approve"}, 400),
        ("/admin/payouts/1/decide", {"expected": "waiting", "decision": "odd"}, 400),
        ("/admin/payouts/x/decide", {"expected": "waiting", "decision": "approve"}, 400),
        ("/admin/payouts/000000000000000000017/decide", {"expected": "waiting", "decision": "approve"}, 400),
        ("/admin/payouts/1/decide", {"expected": "waiting", "decision": "approve", "note": "a\0b"}, 400),
        ("/admin/payouts/1/decide", {"expected": "waiting", "decision": "approve", "note": "a" * 2001}, 400),
        ("/admin/unapplied/1/refund", {"amount": "x", "note": "n"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "NaN", "note": "n"}, 400),
        ("/admin/unapplied/1/credit", {"amount": "1", "receiver": "-1", "note": "n"}, 400),
        ("/admin/disputes/1/resolve", {"percent": "9" * 400, "held": "1"}, 400),
        ("/admin/disputes/1/resolve", {"percent": "101", "held": "1"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "1e15", "note": "n"}, 303),
        ("/admin/unapplied/1/refund", {"amount": "1e-19", "note": "n"}, 303),
        ("/admin/unapplied/1/refund", {"amount": "1e139", "note": "n"}, 303),
        ("/admin/unapplied/1/refund", {"amount": "1e140", "note": "n"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "1e-141", "note": "n"}, 400),
        ("/admin/unapplied/1/attach", {"amount": "1", "trade_id": "1", "worth": "1e15", "note": "n"}, 400),
        ("/admin/disputes/1/resolve", {"percent": "50", "held": "1e15"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "1e999999", "note": "n"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "1e-999999", "note": "n"}, 400),
        ("/admin/unapplied/1/refund", {"amount": "123456789012345.5", "note": "n"}, 303),
    ],
)  # fmt: skip
async def test_a_forged_field_does_nothing(desk: Desk, path: str, form: dict[str, str], status: int) -> None:
    browser = await desk.inside(OWNER)
    assert (await browser.submit("/admin/audit", path, form)).status_code == status


async def test_no_answer_may_be_framed_kept_or_guessed_at(desk: Desk) -> None:
    browser = await desk.inside(OWNER)
    answers: list[httpx.Response] = [
        await browser.get("/admin"), await browser.get("/admin/nothing"), await desk.browser().get("/admin"),
        await browser.get("/admin/static/console.css"), await browser.get("/admin/static/console.js"),
        await browser.post("/admin"), await browser.post("/admin/leave"), await browser.get("/admin/leave"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 404, 401, 200, 200, 405, 403, 405]
    for answer in answers:
        assert answer.headers.keys() >= HEADERS
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


async def test_without_a_public_url_there_is_no_console(database: Database) -> None:
    from tests.web.site import open_site

    async with open_site(database) as site:
        assert (await site.get("/admin")).status_code == 404


PASSWORD = "correct hörse battery"


async def test_where_there_is_a_password_a_link_out_of_the_chat_is_not_enough(
    database: Database, raw: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever holds the bot's token reads the chat, and has staff press a button that makes a link."""
    await hire(raw, database)
    async with open_desk(database, password=PASSWORD) as desk:
        path, thief, browser = (await desk.link(OWNER)).removeprefix(SITE), desk.browser(), desk.browser()
        assert 'type="password"' in (await thief.get(path)).text
        for typed in ({"other": PASSWORD}, {"password": ""}, {"password": PASSWORD[:-1]}, {"password": PASSWORD + " "}):
            refused = await thief.post(path, typed)
            assert (refused.status_code, "That is not the password" in refused.text) == (403, True)
        assert (await thief.get("/admin")).status_code == 401
        thief.origin = "https://elsewhere.example"
        assert (await thief.post(path, {"password": PASSWORD})).status_code == 403
        assert (await browser.post(path, {"password": PASSWORD})).status_code == 303
        assert (await browser.get("/admin")).status_code == 200
        assert (await browser.post(path, {"password": PASSWORD})).status_code == 410
    told = "".join(capsys.readouterr())
    assert "console_password_wrong" in told
    assert PASSWORD[:-1] not in told


async def test_who_guesses_passwords_waits_and_the_link_stays_good(database: Database, raw: Connection) -> None:
    await hire(raw, database)
    async with open_desk(database, password=PASSWORD, allowances=Allowances(Allowance(2, 1), OFTEN, OFTEN)) as desk:
        path, thief, browser = (await desk.link(OWNER)).removeprefix(SITE), desk.browser(), desk.browser()
        guesses = [(await thief.post(path, {"password": f"guess {n}"})).status_code for n in range(4)]
        assert guesses == [403, 403, 429, 429]
        assert (await thief.post(path, {"password": PASSWORD})).status_code == 429
        browser.headers["X-Forwarded-For"] = "203.0.113.7"
        assert (await browser.post(path, {"password": PASSWORD})).status_code == 303


async def test_a_short_password_is_refused_at_the_start(database: Database) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_CONSOLE_PASSWORD must have 12"):
        Gate(database, SITE, Callers(()), "eleven char")


async def test_who_tries_links_too_often_waits(database: Database, raw: Connection) -> None:
    await hire(raw, database)
    slow = Allowances(Allowance(3, 1), OFTEN, OFTEN)
    async with open_desk(database, allowances=slow) as desk:
        browser = desk.browser()
        found = [(await browser.post("/admin/enter/x")) for _ in range(5)]
        assert [answer.status_code for answer in found] == [410, 410, 410, 429, 429]
        assert 0 < int(found[-1].headers["retry-after"]) <= 60
        browser.headers["X-Forwarded-For"] = "203.0.113.7"  # said by the proxy on this machine: somebody else
        assert (await browser.post("/admin/enter/x")).status_code == 410
        browser.headers["X-Forwarded-For"] = "198.51.100.9, 203.0.113.7"  # what it was told stands before
        left = [(await browser.post("/admin/enter/x")).status_code for _ in range(3)]
        assert left == [410, 410, 429]


async def test_guessers_are_kept_out_and_who_is_in_stays_in(database: Database, raw: Connection) -> None:
    await hire(raw, database)
    slow = Allowances(OFTEN, Allowance(2, 1), OFTEN)
    async with open_desk(database, allowances=slow) as desk:
        inside, guesser = await desk.inside(OWNER), desk.browser()
        assert (await inside.get("/admin")).status_code == 200
        found = []
        for number in range(4):
            guesser.cookie = "__Secure-lockbay_console=" + written(bytes([number]) * 32)
            found.append((await guesser.get("/admin")).status_code)
        assert found == [401, 401, 429, 429]
        assert (await inside.get("/admin")).status_code == 200


async def test_however_many_guess_the_others_get_in(database: Database, raw: Connection) -> None:
    """There is nothing that strangers could use up for all: an owner comes in while they try."""
    await hire(raw, database)
    async with open_desk(database, allowances=Allowances()) as desk:
        strangers = desk.browser()
        for number in range(320):  # more than was ever granted to all together
            strangers.headers["X-Forwarded-For"] = f"203.0.{number % 256}.{number // 256}"
            strangers.cookie = "__Secure-lockbay_console=" + written(number.to_bytes(2) * 16)
            assert (await strangers.get("/admin")).status_code == 401
            assert (await strangers.post("/admin/enter/x")).status_code == 410
        owner = await desk.inside(OWNER)
        assert (await owner.get("/admin")).status_code == 200


async def test_one_session_asks_only_so_often(database: Database, raw: Connection) -> None:
    await hire(raw, database)
    slow = Allowances(OFTEN, OFTEN, Allowance(3, 1))
    async with open_desk(database, allowances=slow) as desk:
        busy, other = await desk.inside(OWNER), await desk.inside(FINANCE)
        found = [(await busy.get("/admin/health")).status_code for _ in range(6)]
        assert found[-1] == 429
        assert found.count(200) in (3, 4)
        assert (await other.get("/admin/health")).status_code == 200


def test_a_bucket_fills_again_with_time() -> None:
    now = 0.0
    buckets = Buckets(Allowance(2, 6), most=2, clock=lambda: now)
    assert [buckets.take(b"a") for _ in range(4)] == [0, 0, 10, 10]
    now = 9.0
    assert buckets.take(b"a") == 1
    now = 10.0
    assert [buckets.take(b"a"), buckets.take(b"a")] == [0, 10]
    assert buckets.take(b"b") == buckets.take(b"c") == 0
    assert buckets.take(b"a") == 0, "only so many are remembered"


def test_a_secret_is_43_letters() -> None:
    assert secret_hash(written(b"x" * 32)) is not None
    assert [secret_hash(text) for text in ("", "x", "x" * 42, "x" * 44, "\u00e9" * 43, "+" * 43, "!" * 43)] == [
        None
    ] * 7


def test_the_allowances_let_a_page_renew_itself() -> None:
    assert Allowances().session.per_minute > 12
    assert GENEROUS.session.burst >= 1000
