"""What is asked of the big database: for each file of sql/ that wants values, queries whose row holds them, by name.

Each query makes one case: the first a usual one, others the busiest person, the last page, a rare state.
The queries are in views.py, operations.py and statements.py.
"""

# ruff: noqa: E501 - queries, where a line is a thought

from __future__ import annotations

from typing import Final

from tests.postgres.cases import OWNER, PERSON, Ask
from tests.postgres.operations import OPERATIONS
from tests.postgres.statements import STATEMENTS
from tests.postgres.views import VIEWS

STAFF: Final = ("admin/", "console/", "broadcasts/", "disputes/queue", "support/queue")
STAFF_PERSON: Final = (f"SELECT {OWNER} AS user_id",)
# What counts everybody and every event, out of indexes, every ten minutes; what reads everything there is (once an hour, or when an owner thinks of telling everybody something), or only the settings.
ALLOWED_MS: Final = {"console/roll": 300}
EXEMPT: Final = {
    "audit/report", "broadcasts/audiences", "broadcasts/start", "terms/crossing", "terms/outside", "terms/save",
}  # fmt: skip
KNOWN: Final = {**VIEWS, **OPERATIONS, **STATEMENTS}


def asked(file: str, keys: tuple[str, ...], is_view: bool) -> Ask | None:
    """What is asked of a file; None: nobody has said. A view without keys needs a person alone."""
    if is_view and not keys:
        return Ask(STAFF_PERSON if file.startswith(STAFF) else PERSON)
    return KNOWN.get(file)
