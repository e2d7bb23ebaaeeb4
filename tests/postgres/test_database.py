"""Views and statements: what goes in, what comes out, what does not fit."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

import pytest
import structlog.testing
import trio
from attrs import frozen
from prometheus_client import REGISTRY

from lockbay import errors
from lockbay.postgres import bridge
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Statement, View
from tests.clock import START
from tests.postgres.shop import Keep, Kept, Name, Names, Purchase, Purse, Rename, Sleep


async def test_a_view_is_one_record_with_the_clocks_time(shop: Database) -> None:
    assert await shop.read(Purse, 1) == Purse(Decimal("10.50"), "calm", START, ())


async def test_a_view_without_row_is_none(shop: Database) -> None:
    assert await shop.read(Purse, 99) is None


async def test_a_view_wants_exactly_its_keys(shop: Database) -> None:
    with pytest.raises(ValueError, match="argument"):
        await shop.read(Purse, 1, "too much")


async def test_statements_answer_lists_scalars_and_nothing(shop: Database) -> None:
    await shop.run(Rename((1, 2), ("Ada L.", "Sam O'Neil")))
    assert await shop.run(Names(1)) == ["Ada L.", "Sam O'Neil"]
    assert await shop.run(Names(3)) == []
    assert await shop.run(Name(2)) == "Sam O'Neil"
    assert await shop.run(Name(3)) is None


async def test_records_go_through_jsonb_and_come_back_exact(shop: Database) -> None:
    price = Decimal("0.100000000000000000000000000001")
    labels = (Purchase(price, datetime(2026, 1, 1, 12, 30, 0, 5, tzinfo=UTC)), Purchase(Decimal("1E+3"), START))
    assert await shop.run(Keep(labels, price, None)) == Kept(labels, price, None)


async def test_a_float_in_jsonb_is_refused_before_anything_is_sent(shop: Database) -> None:
    with pytest.raises(bridge.StatementFailed):
        await shop.run(Keep((Purchase(0.1, START),), Decimal(1), None))  # type: ignore[arg-type]
    assert await shop.is_alive()


async def test_what_is_logged_of_a_refused_statement_has_no_row_of_it(shop: Database) -> None:
    """PostgreSQL tells the whole row in its DETAIL, which a log of the exception would print with its causes."""
    with pytest.raises(bridge.StatementFailed) as caught:
        await shop.run(Rename((1,), (None,)))  # type: ignore[arg-type]
    logged = "".join(traceback.format_exception(caught.value))
    assert "23502" in logged
    assert "10.50" not in logged


@frozen
class WrongPurse(View):
    file: ClassVar[str] = "shop/purse"
    coins: int
    mood: str
    read_at: datetime
    purchases: tuple[Purchase, ...]


@frozen
class NeedsName(Statement[str]):
    file: ClassVar[str] = "shop/name"
    id: int


@frozen
class BuyWithout(Operation[None]):
    file: ClassVar[str] = "shop/name"
    id: int


async def test_an_answer_that_does_not_fit_names_its_file(shop: Database) -> None:
    with pytest.raises(errors.SchemaMismatch, match=r"sql/shop/purse\.sql: the answer does not fit: int expected"):
        await shop.read(WrongPurse, 1)
    with pytest.raises(errors.SchemaMismatch, match=r"sql/shop/name\.sql answered no row"):
        await shop.run(NeedsName(99))
    with pytest.raises(errors.SchemaMismatch, match=r"sql/shop/name\.sql returned neither an answer nor a refusal"):
        await shop.perform(BuyWithout(1), "key")


async def test_statements_are_counted_and_slow_ones_are_named(shop: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a limit that no machine reaches, and one that each does: on a busy one anything takes the 50 ms."""
    before = shop.statements
    with structlog.testing.capture_logs() as logs:
        monkeypatch.setattr("lockbay.postgres.database.SLOW_SECONDS", 60.0)
        await shop.run(Name(1))
        monkeypatch.setattr("lockbay.postgres.database.SLOW_SECONDS", 0.001)
        await shop.run(Sleep(2))
    assert shop.statements - before == 2
    assert [(entry["event"], entry["file"]) for entry in logs] == [("statement_slow", "shop/sleep")]
    assert REGISTRY.get_sample_value("lockbay_statement_seconds_count", {"file": "shop/sleep"})


async def test_a_cancelled_read_frees_its_connection(shop: Database) -> None:
    for _ in range(10):
        with trio.move_on_after(0.01):
            await shop.run(Sleep(30))
    assert await shop.run(Name(1)) == "Ada"


async def test_a_closed_database_is_unavailable(shop: Database) -> None:
    await shop.pool.close()
    with pytest.raises(errors.DatabaseUnavailable):
        await shop.run(Name(1))
    assert not await shop.is_alive()


async def test_no_secret_is_shown(shop: Database) -> None:
    shop.secret = b"hunter2"
    assert "hunter2" not in repr(shop)
