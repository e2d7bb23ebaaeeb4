"""The README and docs/ show the code as it is, and the code names nothing of theirs that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.process import REPOSITORY

PAGES = [REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
FILE = re.compile(r"`([\w./-]+\.(?:py|sql|sh|md|toml|yml|json|html|css|js|service))`")
SECTION = re.compile(r"docs/(\w+)\.md §(\d+(?:\.\d+)?)")
WRITTEN_BY_OTHERS = {"lockbay.toml", "run.py"}  # by the operator; by who compares bots
OURS = [path for folder in ("docs", "lockbay", "scripts", "sql", "tests") for path in (REPOSITORY / folder).rglob("*")]


def test_the_conversation_in_the_readme_is_one_of_ours() -> None:
    [shown] = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(), flags=re.DOTALL)
    assert shown in (REPOSITORY / "lockbay" / "areas" / "trades" / "conversations.py").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text()
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []
    named = set(FILE.findall(text)) - WRITTEN_BY_OTHERS
    assert [file for file in sorted(named) if not any(str(path).endswith(f"/{file}") for path in OURS)] == []


def test_every_section_that_the_code_names_is_there() -> None:
    named = {
        section for path in OURS if path.suffix in (".py", ".sql") for section in SECTION.findall(path.read_text())
    }
    assert len(named) > 10
    for page, number in named:
        text = (REPOSITORY / "docs" / f"{page}.md").read_text()
        assert re.search(rf"^(?:## |\*\*){re.escape(number)}\.? ", text, re.MULTILINE), (page, number)
