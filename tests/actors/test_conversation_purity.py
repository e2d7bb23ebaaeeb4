"""Every conversation of the areas is pure: no clock, no chance, no I/O."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import lockbay

FORBIDDEN = {
    "time",
    "random",
    "uuid",
    "secrets",
    "os",
    "io",
    "trio",
    "httpx",
    "asyncpg",
    "socket",
    "datetime",
    "pathlib",
    "threading",
}
FORBIDDEN_CALLS = {"open", "input", "print", "eval", "exec"}
CONVERSATIONS = sorted((Path(lockbay.__file__).parent / "areas").glob("*/conversations.py"))


def offences(tree: ast.AST) -> Iterator[str]:
    """Clock, randomness, I/O, awaits in a finally block: what would make a replay another conversation."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name.split(".")[0] in FORBIDDEN)
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] in FORBIDDEN:
                yield from (
                    f"{module}.{alias.name}" for alias in names if alias.name not in ("datetime", "timedelta", "UTC")
                )
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                yield name
            case ast.Attribute(attr="now" | "utcnow" | "today", value=ast.Name(id="datetime" | "date")):
                yield "datetime.now"
            case ast.Try(finalbody=final):
                yield from (
                    "await in finally" for step in final for part in ast.walk(step) if isinstance(part, ast.Await)
                )


def test_there_are_conversations_to_check() -> None:
    assert CONVERSATIONS


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.parent.name)
def test_a_conversation_has_no_clock_no_chance_and_no_io(path: Path) -> None:
    assert list(offences(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import random",
        "from time import sleep",
        "datetime.now()",
        "open('x')",
        "async def f():\n try: pass\n finally: await g()",
    ],
)
def test_the_check_finds_what_it_looks_for(code: str) -> None:
    assert list(offences(ast.parse(code)))
