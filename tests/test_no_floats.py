"""Floats never touch money: neither in the areas nor in SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lockbay
from lockbay.postgres.files import sql_folder

PACKAGE = Path(lockbay.__file__).parent
PAPER = PACKAGE / "areas" / "history" / "paper.py"  # millimetres: its amounts come as texts
MONEY = sorted({PACKAGE / "money.py", PACKAGE / "audit.py", *(PACKAGE / "areas").rglob("*.py")} - {PAPER})
STATEMENTS = sorted(sql_folder().rglob("*.sql"))
INEXACT = re.compile(r"\b(real|float[48]?|double\s+precision)\b|::\s*money\b", re.IGNORECASE)


def floats(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()) | ast.Name(id="float"):
                yield f"line {node.lineno}"


def inexact(sql: str) -> list[str]:
    code = re.sub(r"--[^\n]*|'[^']*'", "", sql)
    return [match[0] for match in INEXACT.finditer(code) if not code[: match.start()].endswith(".")]


@pytest.mark.parametrize("path", MONEY, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_float_where_money_is(path: Path) -> None:
    assert list(floats(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_inexact_type_in_sql(path: Path) -> None:
    assert inexact(path.read_text()) == []


@pytest.mark.parametrize("code", ["x = 1.5", "float('1')", "def f(x: float): ..."])
def test_the_check_of_python_finds_floats(code: str) -> None:
    assert list(floats(ast.parse(code)))


@pytest.mark.parametrize("code", ["SELECT x::double precision", "amount real NOT NULL", "CAST(x AS float8)"])
def test_the_check_of_sql_finds_floats(code: str) -> None:
    assert inexact(code)
