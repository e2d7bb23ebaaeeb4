"""Whatever the staff's log and lists can name has words, and so a translation: else it is said as the column has it."""

from __future__ import annotations

import re

from lockbay.areas.admin.acts import ACTS
from lockbay.areas.admin.layout import STATES
from lockbay.areas.admin.transaction_screens import STATES as LISTED
from lockbay.postgres import files

RECORDED = re.compile(r"admin_record\([^,]+,([^,]+),")
INSERTED = re.compile(r"admin_actions \([^)]*\)\s*(?:VALUES \(|SELECT )[^,]+,\s*'([a-z_]+)'")
QUOTED = re.compile(r"'([a-z_]+)'")


def recorded() -> set[str]:
    """What the statements write into the log; of what they put together the part that stands there."""
    sources = [path.read_text(encoding="utf-8") for path in files.sql_folder().rglob("*.sql")]
    made = {word for text in sources for argument in RECORDED.findall(text) for word in QUOTED.findall(argument)}
    return made | {word for text in sources for word in INSERTED.findall(text)}


def test_every_act_of_the_log_has_words() -> None:
    known = {"give_role", "console_entered", "take_dispute", "_cashout", "unapplied_"}
    assert recorded() >= known, "the acts are found in the statements"
    assert [word for word in sorted(recorded()) if not any(_is(word, act) for act in ACTS)] == []


def _is(word: str, act: str) -> bool:
    return act == word or (word.startswith("_") and act.endswith(word)) or (word.endswith("_") and act.startswith(word))


def test_every_state_of_a_transaction_has_words() -> None:
    listed = {state for states in LISTED.values() for state in states}
    assert sorted((listed | {"noted", "credited", "refunded", "attached"}) - STATES.keys()) == []
