"""The log of a service that was killed in the middle of a line is read to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.chaos.service import Service

WHOLE = '{"event": "serving", "level": "info"}'


@pytest.mark.parametrize(
    ("line", "levels"),
    [
        (WHOLE, ["info"]),
        (WHOLE + WHOLE, ["info", "info"]),  # killed before the end of the line was written
        ('{"event": "statement_sl' + WHOLE, ["torn", "info"]),
        ('{"args": {"a": 1}, "event' + WHOLE, ["torn", "info"]),
        ('{"event": "turn_failed", "level": "error", "exc' + WHOLE, ["crash", "info"]),
        ('{"event": "statement_sl', ["torn"]),
        ("Traceback (most recent call last):", ["crash"]),
        ("Fatal Python error" + WHOLE, ["crash", "info"]),
    ],
)
def test_each_entry_is_told_and_what_was_cut_off_is_no_error_unless_it_was_one(
    line: str, levels: list[str], tmp_path: Path
) -> None:
    log = tmp_path / "service.log"
    log.write_text(f"{line}\n{WHOLE}\n")
    assert [entry["level"] for entry in Service({}, ("127.0.0.1", 0), log).logged()] == [*levels, "info"]
