"""The books are proven by themselves; who owns LockBay hears of differences, once a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio
import trio.testing
from attrs import define, field
from prometheus_client import REGISTRY

from lockbay.audit import Difference, Report, audit
from lockbay.clock.auditor import SHARE, keep_proving, prove
from lockbay.errors import DatabaseUnavailable
from lockbay.postgres.database import Database
from tests.areas.deciding import told_to
from tests.areas.people import BEN, CLEO
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.ledger.world import World

WRONG = Difference("balance", "account 7", "5", "6")


def report(*differences: Difference) -> Report:
    return Report(differences, (), 0, 0, 0, 0)


@define
class Audits:
    """What the audits find, how long each takes, and when they began."""

    found: Report
    takes: float = 0.0
    fails: Exception | None = None
    began: list[float] = field(factory=list)

    async def __call__(self) -> Report:
        self.began.append(trio.current_time())
        await trio.sleep(self.takes)
        if self.fails is not None:
            raise self.fails
        return self.found


async def test_books_that_are_right_are_no_news(database: Database, clock: MovedClock, staff: None) -> None:
    await World(database).prepare()
    await prove(database, clock, lambda: audit(database))
    assert await told_to(database, CLEO) == []
    assert REGISTRY.get_sample_value("lockbay_audit_differences") == 0
    assert REGISTRY.get_sample_value("lockbay_audit_timestamp_seconds")


async def test_money_out_of_nothing_is_found_and_the_owners_hear_of_it(
    database: Database, clock: MovedClock, staff: None
) -> None:
    world = World(database)
    await world.prepare()
    await world.person(100)
    await database.pool.fetch("break", "UPDATE accounts SET balance = balance + 1 WHERE user_id IS NOT NULL", ())
    await prove(database, clock, lambda: audit(database))
    [(kind, news)] = await told_to(database, CLEO)
    assert kind == "books_differ"
    assert "The audit found" in sent(news)
    assert "101" in sent(news)
    assert await told_to(database, BEN) == []
    assert (REGISTRY.get_sample_value("lockbay_audit_differences") or 0) > 0


async def test_the_same_differences_are_told_once_a_day(database: Database, clock: MovedClock, staff: None) -> None:
    audits = Audits(report(WRONG))
    for _ in range(3):
        await prove(database, clock, audits)
    assert len(await told_to(database, CLEO)) == 1
    audits.found = report(WRONG, Difference("hold", "hold 3", "open", "ended"))
    await prove(database, clock, audits)
    assert len(await told_to(database, CLEO)) == 2
    clock.advance(timedelta(days=1))
    await prove(database, clock, audits)
    told = await told_to(database, CLEO)
    assert len(told) == 3
    assert "The audit found 2 differences in the books" in sent(told[-1][1])
    assert "balance: account 7: 5, found 6" in sent(told[-1][1])


@pytest.mark.parametrize("problem", [DatabaseUnavailable(), TypeError("what no report can hold")])
async def test_an_audit_that_takes_long_is_made_less_often(
    clock: MovedClock, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock, problem: Exception
) -> None:
    """And one that fails is made up for by the next, whatever it fails of: the service goes on beside it."""
    audits = Audits(report(), takes=600.0, fails=problem, began=[])
    started = trio.current_time()
    no_database: Database = None  # type: ignore[assignment]  # what is right, or failed, is written nowhere
    nursery.start_soon(lambda: keep_proving(no_database, clock, audits, period=3600.0, first=300.0))
    await trio.sleep(300 + 600 * SHARE + 601)
    nursery.cancel_scope.cancel()
    assert [round(at - started) for at in audits.began] == [300, round(300 + 600 + 600 * SHARE)]


async def test_who_does_not_want_it_has_none(clock: MovedClock) -> None:
    """And can be told that the books grow old."""
    audits = Audits(report(WRONG), began=[])
    no_database: Database = None  # type: ignore[assignment]
    await keep_proving(no_database, clock, audits, period=0.0)
    assert audits.began == []
    assert shown() == (0, clock.now().timestamp())


def shown() -> tuple[float | None, float | None]:
    """From one audit to the next, and when the last one was."""
    return (
        REGISTRY.get_sample_value("lockbay_audit_period_seconds"),
        REGISTRY.get_sample_value("lockbay_audit_timestamp_seconds"),
    )


async def test_how_often_it_is_made_can_be_seen_and_before_the_first_the_start_counts(
    clock: MovedClock, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    audits = Audits(report(), takes=600.0, fails=DatabaseUnavailable(), began=[])
    no_database: Database = None  # type: ignore[assignment]
    nursery.start_soon(lambda: keep_proving(no_database, clock, audits, period=3600.0, first=300.0))
    await trio.sleep(1)
    assert shown() == (3600, clock.now().timestamp())
    await trio.sleep(300 + 601)
    assert shown() == (600 * SHARE, clock.now().timestamp())
    nursery.cancel_scope.cancel()
