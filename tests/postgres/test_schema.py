"""Migrations and functions, and what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
import trio
from attrs import frozen

from lockbay.errors import SchemaMismatch
from lockbay.postgres import bridge, schema
from lockbay.postgres.queries import Operation, Statement, View
from tests.postgres import shop as declarations
from tests.postgres.conftest import make_shop


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """A sql/ to be changed."""
    return make_shop(tmp_path / "sql")


async def values(url: str, query: str) -> list[object]:
    async with bridge.open_connection(url) as connection:
        return [row[0] for row in await connection.fetch(query)]


async def test_migrations_run_in_order_and_once(empty_database_url: str, sql: Path) -> None:
    (sql / "schema/0010_later.sql").write_text("INSERT INTO people VALUES (10, 'Eve', 1, 'calm')")
    (sql / "schema/0009_sooner.sql").write_text("DELETE FROM people")
    await schema.migrate(empty_database_url, sql)
    await schema.migrate(empty_database_url, sql)
    assert await values(empty_database_url, "SELECT name FROM people") == ["Eve"]
    assert await values(empty_database_url, "SELECT number FROM migrations ORDER BY applied_at") == [1, 2, 9, 10]


async def test_a_failed_migration_leaves_nothing_and_names_itself(empty_database_url: str, sql: Path) -> None:
    broken = sql / "schema/0003_broken.sql"
    broken.write_text("DELETE FROM people; SELECT nothing")
    with pytest.raises(SchemaMismatch, match=r'0003_broken\.sql failed: column "nothing" does not exist'):
        await schema.migrate(empty_database_url, sql)
    assert await values(empty_database_url, "SELECT count(*) FROM people") == [2]
    broken.write_text("DELETE FROM people")
    await schema.migrate(empty_database_url, sql)
    assert await values(empty_database_url, "SELECT count(*) FROM people") == [0]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda sql: (sql / "0002_shop.sql").write_text("-- other"), r"0002_shop\.sql was changed after"),
        (lambda sql: (sql / "0002_shop.sql").unlink(), "migration 0002, which is not in sql/schema"),
        (lambda sql: (sql / "0000_early.sql").write_text("SELECT 1"), r"0000_early\.sql comes before migrations"),
        (lambda sql: (sql / "0002_twice.sql").write_text("SELECT 1"), "have the same number"),
        (lambda sql: (sql / "two.sql").write_text("SELECT 1"), r"two\.sql must be called NNNN_name\.sql"),
    ],
)
async def test_migrations_that_do_not_fit_are_refused(
    shop_url: str, sql: Path, spoil: Callable[[Path], object], complaint: str
) -> None:
    spoil(sql / "schema")
    with pytest.raises(SchemaMismatch, match=complaint):
        await schema.migrate(shop_url, sql)


async def test_two_migrations_at_once_wait_for_each_other(empty_database_url: str, sql: Path) -> None:
    (sql / "schema/0003_slow.sql").write_text("SELECT pg_sleep(0.2)")
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(schema.migrate, empty_database_url, sql)
    assert await values(empty_database_url, "SELECT count(*) FROM migrations") == [3]


async def test_a_changed_function_is_replaced_and_a_removed_one_is_dropped(shop_url: str, sql: Path) -> None:
    worth = sql / "shop/worth.sql"
    worth.write_text("-- Worth.\nCREATE FUNCTION shop_worth(p_a int) RETURNS int LANGUAGE sql AS 'SELECT 1'")
    await schema.migrate(shop_url, sql)
    worth.write_text("-- Worth.\nCREATE FUNCTION shop_worth(p_b text) RETURNS text LANGUAGE sql AS $$ SELECT 'b' $$")
    await schema.migrate(shop_url, sql)
    query = "SELECT oid::regprocedure::text FROM pg_proc WHERE proname = 'shop_worth'"
    assert await values(shop_url, query) == ["shop_worth(text)"]
    worth.unlink()
    await schema.migrate(shop_url, sql)
    assert await values(shop_url, query) == []


async def test_functions_may_call_each_other_in_any_order(shop_url: str, sql: Path) -> None:
    (sql / "shop/a.sql").write_text("-- A.\nCREATE FUNCTION shop_a() RETURNS int LANGUAGE sql AS 'SELECT shop_b()'")
    (sql / "shop/b.sql").write_text("-- B.\nCREATE FUNCTION shop_b() RETURNS int LANGUAGE sql AS 'SELECT 2'")
    await schema.migrate(shop_url, sql)
    assert await values(shop_url, "SELECT shop_a()") == [2]


async def test_a_broken_function_is_refused_and_the_old_ones_stay(shop_url: str, sql: Path) -> None:
    (sql / "shop/a.sql").write_text("-- A.\nCREATE FUNCTION shop_a() RETURNS int LANGUAGE sql AS 'SELECT nothing'")
    (sql / "shop/buy.sql").unlink()
    with pytest.raises(SchemaMismatch, match='shop_a: column "nothing" does not exist'):
        await schema.migrate(shop_url, sql)
    assert await values(shop_url, "SELECT count(*) FROM pg_proc WHERE proname IN ('shop_a', 'shop_buy')") == [1]


async def test_a_function_under_another_name_is_refused(shop_url: str, sql: Path) -> None:
    (sql / "shop/a.sql").write_text("-- A.\nCREATE FUNCTION shop_z() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with pytest.raises(SchemaMismatch, match=r"shop/a\.sql must create the function shop_a"):
        await schema.migrate(shop_url, sql)


async def test_the_shop_fits(shop_url: str, shop_sql: Path) -> None:
    await schema.check(shop_url, shop_sql, declarations.ALL)


@frozen
class Absent(View):
    file: ClassVar[str] = "shop/absent"


@frozen
class NameWithoutId(Statement["str | None"]):
    file: ClassVar[str] = "shop/name"


@frozen
class NameWithMore(Statement["str | None"]):
    file: ClassVar[str] = "shop/name"
    id: int
    more: int


@frozen
class Person:
    name: str
    age: int


@frozen
class NameAsPerson(Statement[Person]):
    file: ClassVar[str] = "shop/name"
    id: int


@frozen
class NameOnly:
    name: str


@frozen
class SmallPurse(Statement[NameOnly]):
    file: ClassVar[str] = "shop/purse"
    user_id: int


@frozen
class ScalarPurse(Statement[int]):
    file: ClassVar[str] = "shop/purse"
    user_id: int


@frozen
class NameAsOperation(Operation[None]):
    file: ClassVar[str] = "shop/name"
    id: int


@frozen
class Claim(Statement[None]):
    file: ClassVar[str] = "requests/claim"


@pytest.mark.parametrize(
    ("declaration", "complaint"),
    [
        (Absent, r"sql/shop/absent\.sql is missing: Absent"),
        (NameWithoutId, r"sql/shop/name\.sql wants id: NameWithoutId has no such field"),
        (NameWithMore, r"sql/shop/name\.sql does not use NameWithMore\.more"),
        (NameAsPerson, r"sql/shop/name\.sql and NameAsPerson: age is a field without column"),
        (SmallPurse, r"sql/shop/purse\.sql and SmallPurse: coins is a column without field"),
        (ScalarPurse, r"sql/shop/purse\.sql answers 4 columns instead of one"),
        (NameAsOperation, r"sql/shop/name\.sql must be a function that returns jsonb"),
        (Claim, r"sql/requests/claim\.sql is internal"),
    ],
)
async def test_a_declaration_that_does_not_fit_is_refused(
    shop_url: str, shop_sql: Path, declaration: type[View] | type[Statement[object]], complaint: str
) -> None:
    with pytest.raises(SchemaMismatch, match=complaint):
        await schema.check(shop_url, shop_sql, [*declarations.ALL, declaration])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-- Extra.\nSELECT 1", r"sql/shop/extra\.sql is unused"),
        (
            "-- internal\nCREATE FUNCTION shop_extra() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            r"sql/shop/extra\.sql is internal, and no other file mentions shop_extra",
        ),
    ],
)
async def test_an_unused_file_is_refused(shop_url: str, sql: Path, text: str, complaint: str) -> None:
    (sql / "shop/extra.sql").write_text(text)
    with pytest.raises(SchemaMismatch, match=complaint):
        await schema.check(shop_url, sql, declarations.ALL)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT nme FROM people WHERE id = :id", r'sql/shop/name\.sql: column "nme" does not exist'),
        ("SELECT 1.5::float8 FROM people WHERE id = :id", r"sql/shop/name\.sql: the column float8 is a float"),
    ],
)
async def test_a_statement_that_postgresql_refuses_is_named(
    shop_url: str, sql: Path, text: str, complaint: str
) -> None:
    (sql / "shop/name.sql").write_text(text)
    with pytest.raises(SchemaMismatch, match=complaint):
        await schema.check(shop_url, sql, declarations.ALL)
