"""Who guesses links, passwords and cookies waits, and keeps nobody else out."""

from __future__ import annotations

import pytest

from lockbay.errors import SettingsError
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.web.console.access import Allowances, Gate, secret_hash, written
from lockbay.web.console.buckets import Allowance, Buckets
from lockbay.web.console.callers import Callers
from tests.web.consoling import FINANCE, GENEROUS, OFTEN, OWNER, SITE, hire, open_desk
from tests.web.entering import desk as desk

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
