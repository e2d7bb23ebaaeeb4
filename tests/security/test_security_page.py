"""docs/security.md names tests that exist."""

from __future__ import annotations

import re

from tests.process import REPOSITORY

NAMED = re.compile(r"`(\w+/\w+)::(test_\w+)`")
PAGE = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = NAMED.findall(PAGE)
    missing = []
    for file, name in named:
        path = REPOSITORY / "tests" / f"{file}.py"
        if not path.exists() or not re.search(
            rf"^(?:async )?def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            missing.append(f"{file}::{name}")
    assert missing == []
    assert len(named) > 40


def test_every_threat_says_what_is_open() -> None:
    table = PAGE.partition("## What an attacker may hold")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| **")]
    assert len(rows) >= 20
    assert [row for row in rows if len(row.strip("|").split(" | ")) != 5 or not row.rstrip("| ").strip()] == []
