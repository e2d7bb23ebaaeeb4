"""Reading sql/: placeholders and functions."""

from __future__ import annotations

import pytest

from lockbay.errors import SchemaMismatch
from lockbay.postgres import files
from lockbay.postgres.files import Command, Function, SqlFile


def compiled(text: str) -> tuple[str, tuple[str, ...]]:
    command = files.command(SqlFile("a/b", text), ())
    return command.sql, command.parameters


def test_placeholders_are_numbered_by_first_use() -> None:
    assert compiled("SELECT :b, :a, :b::text") == ("SELECT $1, $2, $1::text", ("b", "a"))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'a:b', ':a', 'it''s :a', E'\\':a', date'2026-01-01', \":a\"",
        "SELECT 1 -- :a and 'quotes",
        "SELECT /* :a ' */ 1",
        "SELECT $$ :a ' $$, $q$ :a $$ $q$",
        "SELECT now()::text, x[1:n]",
        "DO $$ DECLARE a int := 1; BEGIN END $$",
    ],
)
def test_what_only_looks_like_a_placeholder_stays(text: str) -> None:
    assert compiled(text) == (text, ())


def test_a_placeholder_behind_quotes_is_found() -> None:
    assert compiled("SELECT 'it''s' || :a -- :b\n, $$x$$ || :c") == (
        "SELECT 'it''s' || $1 -- :b\n, $$x$$ || $2",
        ("a", "c"),
    )


FUNCTION = """-- Pays. CREATE FUNCTION in a comment (p_not int) is none.
CREATE FUNCTION trades_pay(
    p_request_key text, p_amount numeric(30, 8), p_note text DEFAULT concat('a', 'b'), OUT id int  -- p_no, p_nor
) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
"""


def test_a_functions_parameters_are_those_of_its_declaration() -> None:
    kinds = {"request_key": "text", "amount": "numeric(30, 8)", "note": "text"}
    expected = Function("trades_pay", kinds, frozenset({"note"}), returns_rows=False)
    assert files.find_function("trades/pay", FUNCTION) == expected


def test_a_function_is_called_by_name_and_a_default_is_left_to_it() -> None:
    file = SqlFile("trades/pay", FUNCTION)
    assert files.command(file, ("request_key", "amount")) == Command(
        "trades/pay", "SELECT trades_pay(p_request_key => $1, p_amount => $2)", ("request_key", "amount")
    )
    assert files.command(file, ("request_key", "amount", "note")).parameters == ("request_key", "amount", "note")


def test_a_function_of_rows_is_a_table() -> None:
    text = "-- Due.\nCREATE FUNCTION clock_due(p_at timestamptz) RETURNS TABLE (id int) LANGUAGE sql AS ''"
    file = SqlFile("clock/due", text)
    assert files.command(file, ("at",)).sql == "SELECT * FROM clock_due(p_at => $1)"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("CREATE FUNCTION pay() RETURNS int", "must create the function trades_pay and no other"),
        (FUNCTION + "CREATE FUNCTION trades_more() RETURNS int", "must create the function trades_pay and no other"),
        ("CREATE FUNCTION trades_pay(amount int) RETURNS int", "the parameter amount must start with p_"),
    ],
)
def test_a_function_file_that_breaks_the_rules_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(SchemaMismatch, match=complaint):
        files.find_function("trades/pay", text)
