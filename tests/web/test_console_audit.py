"""The audit, run from the console."""

from __future__ import annotations

from datetime import timedelta

import trio

from lockbay.audit import Difference, Report
from lockbay.errors import DatabaseUnavailable
from lockbay.postgres.database import Database
from lockbay.web.console.console import RUN_AUDIT
from lockbay.web.console.ledger_records import Audits
from tests.clock import MovedClock
from tests.web.consoling import FINANCE, OWNER, Desk, Things, open_desk
from tests.web.consoling import desk as desk
from tests.web.consoling import things as things


async def test_the_audit_is_run_and_its_result_stays(desk: Desk, database: Database) -> None:
    browser = await desk.inside(FINANCE)
    begun = await browser.submit("/admin/audit", RUN_AUDIT, {})
    assert begun.headers["location"] == "/admin/audit?done"
    with trio.fail_after(10):
        while (await read_audits(database)).is_running:
            await trio.testing.wait_all_tasks_blocked(0.01)
    shown = (await browser.get("/admin/audit")).text
    assert "The books are right." in shown
    for column in ("Came in", "Opening", "Promotions", "People", "Held", "Fees", "Exchange", "Went out", "Corrections"):
        assert f'<th class="number">{column}</th>' in shown, "what came in is the sum of the others"


async def read_audits(database: Database) -> Audits:
    audits = await database.read(Audits, FINANCE)
    assert audits is not None
    return audits


async def test_one_audit_runs_at_a_time_and_a_dead_one_is_replaced(
    database: Database, things: Things, clock: MovedClock
) -> None:
    go, runs = trio.Event(), 0

    async def prove() -> Report:
        nonlocal runs
        runs += 1
        await go.wait()
        return Report((Difference("balance", "account 1", "1", "2"),), (), 1, 2, 3, 0)

    async with open_desk(database, prove=prove) as desk:
        browser = await desk.inside(FINANCE)
        assert (await browser.submit("/admin/audit", RUN_AUDIT, {"once": "o" * 22})).headers["location"][-4:] == "done"
        same = await browser.submit("/admin/audit", RUN_AUDIT, {"once": "o" * 22})
        other = await (await desk.inside(OWNER)).submit("/admin/audit", RUN_AUDIT, {})
        assert same.headers["location"] == "/admin/audit?done"
        assert other.headers["location"] == "/admin/audit?problem=already_running"
        assert "It is running" in (await browser.get("/admin/audit")).text
        assert runs == 1
        go.set()
        with trio.fail_after(10):
            while (await read_audits(database)).is_running:
                await trio.testing.wait_all_tasks_blocked(0.01)
        assert '<a href="/admin/ledger/1">account 1</a>' in (await browser.get("/admin/audit")).text
        assert "1 differences" in (await browser.get("/admin/audit")).text
        go = trio.Event()
        await browser.submit("/admin/audit", RUN_AUDIT, {})
    async with open_desk(database) as desk:  # the run of before died with its process
        clock.advance(timedelta(minutes=16))
        browser = await desk.inside(FINANCE)
        assert (await browser.submit("/admin/audit", RUN_AUDIT, {})).headers["location"] == "/admin/audit?done"
        with trio.fail_after(10):
            while (await read_audits(database)).is_running:
                await trio.testing.wait_all_tasks_blocked(0.01)
    assert [run.problem for run in (await read_audits(database)).runs] == [None, "stopped", None]


async def test_an_audit_that_cannot_be_made_says_so(database: Database, things: Things) -> None:
    async def prove() -> Report:
        raise DatabaseUnavailable

    async with open_desk(database, prove=prove) as desk:
        browser = await desk.inside(FINANCE)
        await browser.submit("/admin/audit", RUN_AUDIT, {})
        with trio.fail_after(10):
            while (await read_audits(database)).is_running:
                await trio.testing.wait_all_tasks_blocked(0.01)
        assert "DatabaseUnavailable" in (await browser.get("/admin/audit")).text
